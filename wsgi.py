"""The application for WSGI servers: ``gunicorn wsgi:app``."""

from __future__ import annotations

import webui

app = webui.create_app()
