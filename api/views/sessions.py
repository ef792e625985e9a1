"""Signing in and out, with a cookie or a bearer token; who one is."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_wtf.csrf import generate_csrf

from api import auth
from api.blueprints import Blueprint, done, reply
from api.limits import limit_guesses, limit_guesses_from_one_place
from api.schemas.people import AccountSchema, CredentialsSchema, TokenSchema
from engine.db import unit_of_work
from engine.services import people

blueprint = Blueprint("Signing in", __name__, description="With a cookie or a bearer token.")


@blueprint.at("/session", "POST", public=True)
@limit_guesses
@limit_guesses_from_one_place
@blueprint.body(CredentialsSchema)
@blueprint.answers(AccountSchema, status=201)
def sign_in(credentials: dict[str, Any]) -> Response:
    """Sign in with a cookie."""
    with unit_of_work(read_only=True) as session:
        account = people.sign_in(session, **credentials)
        auth.sign_in_browser(account)
    return reply(_describe(auth.current_account()), 201)


@blueprint.at("/session", "DELETE")
@auth.require()
@blueprint.answers(None, status=204)
def sign_out() -> Response:
    """Sign out and forget the cookie."""
    auth.sign_out_browser()
    return done()


@blueprint.at("/tokens", "POST", public=True)
@limit_guesses
@limit_guesses_from_one_place
@blueprint.body(CredentialsSchema)
@blueprint.answers(TokenSchema, status=201)
def issue_token(credentials: dict[str, Any]) -> Response:
    """Ask for a bearer token.

    It works for twelve hours or until it is revoked.
    """
    with unit_of_work() as session:
        account = people.sign_in(session, **credentials)
        token, row = people.issue_token(session, account=account)
    return reply(TokenSchema().dump({"token": token, "token_type": "Bearer", "expires_at": row.expires_at}), 201)


@blueprint.at("/tokens/current", "DELETE")
@auth.require()
@blueprint.answers(None, status=204)
def revoke_token() -> Response:
    """Revoke the token that the request is made with."""
    token = auth.bearer_token(request)
    if not token:
        raise auth.SignInRequired(
            "Send the token to revoke as bearer.", message_zh="请以 Bearer 方式带上要作废的令牌。"
        )
    with unit_of_work() as session:
        people.revoke_token(session, token=token)
    return done()


@blueprint.at("/me")
@auth.require()
@blueprint.answers(AccountSchema)
def read_me() -> Response:
    """Read who one is."""
    return reply(_describe(auth.current_account()))


def _describe(account: auth.SignedIn) -> Any:  # noqa: ANN401 - plain data
    token = generate_csrf() if account.via == "session" else None
    names = ("username", "display_name", "unit")
    known = {name: getattr(account, name) for name in names} | {"roles": sorted(account.roles), "csrf_token": token}
    return AccountSchema().dump(known)
