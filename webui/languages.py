"""Which language and which theme a page is shown in: what was chosen, else Chinese and what the device prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, request
from flask_babel import Babel

from engine.clock import ZONE

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

#: Our short names and what Babel and HTML call them.
LOCALES: Final = {"zh": "zh_Hans_CN", "en": "en"}
TAGS: Final = {"zh": "zh-CN", "en": "en"}
THEMES: Final = ("light", "dark")
#: How long a choice of language or theme is remembered, in seconds.
_A_YEAR: Final = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Let ``app`` speak both languages; the API reads ``g.language`` as well."""
    Babel(app, default_locale=LOCALES["zh"], default_timezone=str(ZONE), locale_selector=lambda: LOCALES[g.language])
    app.before_request(_choose)
    app.jinja_env.globals["language_tags"] = TAGS


def _choose() -> None:
    chosen = request.cookies.get("language")
    g.language = chosen if chosen in LOCALES else "zh"
    theme = request.cookies.get("theme")
    g.theme = theme if theme in THEMES else None


def remember(response: Response, name: str, value: str) -> Response:
    """Keep a choice in a cookie that says nothing about anybody."""
    response.set_cookie(name, value, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
