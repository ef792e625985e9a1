"""Serve the REST interface under /api/v1: parse, call one service, dump."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider

from api import auth, errors, limits
from api.blueprints import new_api
from api.views import cases, documents, health, letters, lists, procedures, reports, sessions, tasks
from engine.errors import NotFound

VERSION_PREFIX: Final = "/api/v1"
_VIEWS: Final = (sessions, letters, cases, tasks, procedures, lists, reports)


def register(app: Flask, *, render_page: errors.RenderPage | None = None) -> None:
    """Put the API, sign-in, CSRF protection, limits and the answers to errors on ``app``.

    Errors outside /api are shown by ``render_page``; without it they are problem details there too.
    """
    limits.register(app)
    auth.register(app)
    errors.register(app, render_page)
    if isinstance(app.json, DefaultJSONProvider):
        app.json.ensure_ascii = app.json.sort_keys = False
    app.before_request(_refuse_unprintable_addresses)
    api = new_api()
    api.init_app(app)
    for module in _VIEWS:
        auth.csrf.exempt(module.blueprint)  # auth asks for the token where a cookie is what signs in
        api.register_blueprint(module.blueprint, url_prefix=VERSION_PREFIX + (module.blueprint.url_prefix or ""))
    app.register_blueprint(documents.blueprint, url_prefix=VERSION_PREFIX)
    app.register_blueprint(health.blueprint)


def _refuse_unprintable_addresses() -> None:
    # no name of ours holds one, and PostgreSQL does not take NUL in a text
    if "\x00" in request.path:
        raise NotFound("There is nothing at this address.", message_zh="没有这个地址。")
