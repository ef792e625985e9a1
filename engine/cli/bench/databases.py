"""Scratch databases for measurements."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from engine import db

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_database(target: str) -> Iterator[str]:
    """Create an empty, migrated database on ``target`` (``sqlite`` or a server's URL), yield its URL, drop it."""
    if target == "sqlite":
        with tempfile.TemporaryDirectory(prefix="wenzheng-bench-") as directory:
            url = f"sqlite:///{Path(directory) / 'bench.db'}"
            db.upgrade(url)
            yield url
            db.dispose()
        return
    name = f"wenzheng_bench_{os.getpid()}"
    admin = sa.create_engine(make_url(target), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            url = make_url(target).set(database=name).render_as_string(hide_password=False)
            db.upgrade(url)
            yield url
        finally:
            db.dispose()
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    admin.dispose()
