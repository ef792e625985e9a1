"""Put the application together: the API, the pages, their languages, headers and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Flask

import api
from webui import filters, labels, languages, navigation, pages, security, views

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Addresses of built files change with the files, so that browsers may keep them; in seconds.
_A_YEAR: Final = 365 * 24 * 3600


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the web application; ``config`` overrides Flask's settings."""
    app = Flask("webui")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _A_YEAR
    app.config.update(config or {})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (security, languages, filters, labels, navigation, pages):
        part.register(app)
    api.register(app, render_page=pages.show_problem)
    views.register(app)
    return app
