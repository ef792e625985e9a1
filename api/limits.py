"""How often strangers may ask, and how much may be sent.

Pages and REST share the limits, which are counted in memory or, where there are several nodes, in Redis. They guard
what is open to everybody; whoever has signed in works as fast as they like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from engine.settings import settings

#: A bundle of models is larger than anything else one may send, and only editors send one.
LARGEST_BUNDLE: Final = 16 * 1024 * 1024
LARGEST_REQUEST: Final = 2 * 1024 * 1024
_WITH_BUNDLES: Final = frozenset({"Procedures.publish_definition", "Procedures.lint_definition"})
_REFUSED: Final = frozenset({401, 404, 422})

limiter: Final = Limiter(get_remote_address, strategy="moving-window", in_memory_fallback_enabled=True)


def _was_refused(response: Response) -> bool:
    return response.status_code in _REFUSED


def _name_tried() -> str:
    sent = request.get_json(silent=True) if request.is_json else request.form
    name = sent.get("username", "") if isinstance(sent, Mapping | MultiDict) else ""
    return f"{get_remote_address()} {str(name)[:64].lower()}"


#: Guessing passwords: of one account from one place, and of many accounts from one place (an office shares an address).
limit_guesses = limiter.shared_limit("10 per 5 minutes", "guesses", key_func=_name_tried, deduct_when=_was_refused)
limit_guesses_from_one_place = limiter.shared_limit("100 per 5 minutes", "guessers", deduct_when=_was_refused)
#: Letters from one place: a village may share an address, a script that floods the intake may not.
limit_letters = limiter.shared_limit(
    "30 per 10 minutes; 200 per day", "letters", exempt_when=lambda: bool(current_user.is_authenticated)
)
#: Guessing query codes.
limit_tracking = limiter.shared_limit("30 per 10 minutes", "tracking", deduct_when=_was_refused)


def register(app: Flask) -> None:
    """Count the requests of ``app``; ``RATELIMIT_ENABLED`` in its configuration switches that off."""
    app.config.setdefault("RATELIMIT_ENABLED", True)
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings().redis_url or "memory://")
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", True)
    limiter.init_app(app)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_CONTENT_LENGTH"] or LARGEST_REQUEST
    app.before_request(_take_bundles)


def _take_bundles() -> None:
    if request.endpoint in _WITH_BUNDLES:
        request.max_content_length = LARGEST_BUNDLE
