"""The application for WSGI servers: ``gunicorn wsgi:app``."""

from __future__ import annotations

from werkzeug.middleware.proxy_fix import ProxyFix

import webui
from engine import logs, schedule
from engine.settings import settings

logs.configure()
schedule.prepare_process()
app = webui.create_app()
if proxies := settings().trusted_proxies:
    # Without this everybody behind the proxy would share one address, and with it one rate limit.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
