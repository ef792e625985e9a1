"""Who asks: sign-in by session cookie or bearer token, roles a view requires, and protection against forged requests.

Whether somebody may see a case or do a task is not asked here but in the services, on every call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPMethod
from typing import Final, Literal, ParamSpec, TypeVar, cast

from flask import Flask, Request, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from api.messages import PREFIX
from engine.db import unit_of_work
from engine.errors import Forbidden, NotFound, WenzhengError
from engine.models.people import Account
from engine.rules.access import Principal
from engine.services import people
from engine.settings import settings
from engine.vocabulary import Role

SESSION_LIFE: Final = timedelta(hours=12)
SAFE_METHODS: Final = frozenset({HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS})

_NEEDING_NO_TOKEN: Final = frozenset({"Signing in.sign_in", "Signing in.issue_token"})

#: Set up by ``register``; pages are protected by it without doing anything.
csrf: Final = CSRFProtect()

P = ParamSpec("P")
R = TypeVar("R")


class SignInRequired(WenzhengError):
    """Only somebody who has signed in may ask for this."""

    code = "sign_in_required"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """An account that has signed in, and by what means; what Flask-Login calls the user."""

    principal: Principal
    display_name: str
    via: Literal["session", "token"]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def username(self) -> str:
        """Return the name signed in with."""
        return self.principal.username

    @property
    def unit(self) -> str | None:
        """Return the code of the unit the account belongs to."""
        return self.principal.unit

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles of the account."""
        return self.principal.roles

    def get_id(self) -> str:
        """Return what the session cookie keeps."""
        return str(self.principal.account_id)


def current_account() -> SignedIn:
    """Return who has signed in.

    Raises:
        SignInRequired: nobody has.

    """
    if not current_user.is_authenticated:
        raise SignInRequired(
            "Sign in first, or send a valid bearer token.", message_zh="请先登录,或提供有效的访问令牌。"
        )
    # the proxy's object is typed as anything
    return cast("SignedIn", current_user._get_current_object())  # noqa: SLF001 - how Flask-Login unwraps it


def current_principal() -> Principal:
    """Return who has signed in, as access rules see them.

    Raises:
        SignInRequired: nobody has.

    """
    return current_account().principal


def require(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be called only by who has signed in and holds one of ``roles`` (any, when none is named).

    Goes right under the route, so that strangers learn nothing from how their input is checked.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*arguments: P.args, **named: P.kwargs) -> R:
            held = current_principal().roles
            if roles and held.isdisjoint(roles):
                raise Forbidden(
                    "Your role may not do this.", message_zh="您的岗位不能进行此操作。", roles=sorted(roles)
                )
            return view(*arguments, **named)

        guarded.required_roles = tuple(sorted(roles))  # type: ignore[attr-defined] # read by the documentation
        return guarded

    return decorate


def sign_in_browser(account: Account) -> None:
    """Let the browser that asks be signed in as ``account``, in a session of its own."""
    cookie.clear()
    cookie.permanent = True
    login_user(_signed_in(account, "session"))


def sign_out_browser() -> None:
    """End the browser's session."""
    logout_user()
    cookie.clear()


def bearer_token(asked: Request) -> str | None:
    """Return the bearer token sent with a request; empty when the header is there and holds none."""
    header = asked.headers.get("Authorization")
    if header is None:
        return None
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _refuse_forgery() -> None:
    # Pages are checked by the extension itself. Signing in anew needs no token: forms cannot send JSON.
    if request.method in SAFE_METHODS or not request.path.startswith(PREFIX) or request.endpoint in _NEEDING_NO_TOKEN:
        return
    if current_user.is_authenticated and current_user.via == "session":
        csrf.protect()


def register(app: Flask) -> None:
    """Set up sign-in, session cookie and CSRF protection of ``app``."""
    app.secret_key = app.secret_key or settings().secret_key
    app.permanent_session_lifetime = SESSION_LIFE
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SECURE=settings().production
    )
    # A token is as good as the session it belongs to: somebody may have a page open for hours.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    app.before_request(_refuse_forgery)
    manager = LoginManager()
    manager.user_loader(_load_by_cookie)
    manager.request_loader(_load_by_token)
    manager.init_app(app)


def _load_by_cookie(account_id: str) -> SignedIn | None:
    # A token, even a wrong one, was sent on purpose and counts; the cookie came along by itself.
    if bearer_token(request) is not None:
        return None
    try:
        with unit_of_work(read_only=True) as session:
            return _signed_in(people.get_account(session, account_id=int(account_id)), "session")
    except NotFound:
        return None


def _load_by_token(asked: Request) -> SignedIn | None:
    token = bearer_token(asked)
    if not token:
        return None
    with unit_of_work(read_only=True) as session:
        account = people.account_of_token(session, token=token)
        return None if account is None else _signed_in(account, "token")


def _signed_in(account: Account, via: Literal["session", "token"]) -> SignedIn:
    return SignedIn(principal=people.principal_of(account), display_name=account.display_name, via=via)
