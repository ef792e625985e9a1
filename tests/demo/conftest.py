from __future__ import annotations

from tests.demo.quarter import quarter, quarter_copy, quarter_file, quarter_postgresql_url, quarter_sqlite_url

__all__ = ["quarter", "quarter_copy", "quarter_file", "quarter_postgresql_url", "quarter_sqlite_url"]
