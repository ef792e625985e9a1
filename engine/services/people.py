"""Accounts and units: sign-in, API tokens, the units a case may be given to."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from engine import clock
from engine.errors import NotFound, WenzhengError
from engine.models.people import Account, AccountRole, ApiToken, Unit
from engine.rules.access import Principal
from engine.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

TOKEN_LIFE = timedelta(hours=12)
_hasher = PasswordHasher()


class SignInRefused(WenzhengError):
    """User name and password do not go together, or the account is closed; which of them is not told."""

    code = "sign_in_refused"


def sign_in(session: Session, *, username: str, password: str) -> Account:
    """Return the account if the password is right.

    Raises:
        SignInRefused: it is not.

    """
    account = session.scalars(sa.select(Account).where(Account.username == username)).first()
    try:
        _hasher.verify(account.password_hash if account is not None else _nobody(), password)
    except VerifyMismatchError:
        account = None
    if account is None or not account.active:
        raise SignInRefused("User name or password is wrong.", message_zh="用户名或密码不正确。")
    return account


@cache
def _nobody() -> str:
    """Return what is verified against when the user name is unknown, so that both failures take the same time."""
    return _hasher.hash(secrets.token_urlsafe())


def create_account(
    session: Session,
    *,
    username: str,
    display_name: str,
    password: str,
    roles: Collection[Role],
    unit: str | None = None,
) -> Account:
    """Create an account."""
    account = Account(
        username=username,
        display_name=display_name,
        password_hash=_hasher.hash(password),
        unit_code=unit,
        created_at=clock.now(),
        roles=[AccountRole(role=role) for role in sorted(roles)],
    )
    session.add(account)
    session.flush()
    return account


def get_account(session: Session, *, account_id: int) -> Account:
    """Return an active account.

    Raises:
        NotFound: there is none of that id, or it is closed.

    """
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise NotFound("There is no such account.", message_zh="账号不存在或已停用。")
    return account


def principal_of(account: Account) -> Principal:
    """Return what access rules need to know about an account."""
    return Principal(
        account.id, account.username, frozenset(Role(each.role) for each in account.roles), account.unit_code
    )


def display_names(session: Session, *, usernames: Collection[str]) -> dict[str, str]:
    """Return the names people are shown by, by user name; unknown ones are missing."""
    query = sa.select(Account.username, Account.display_name).where(Account.username.in_(usernames))
    return {row.username: row.display_name for row in session.execute(query)}


def issue_token(session: Session, *, account: Account) -> tuple[str, ApiToken]:
    """Return a new bearer token and its row; the token itself is not kept."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = ApiToken(account_id=account.id, token_hash=_digest(token), created_at=now, expires_at=now + TOKEN_LIFE)
    session.add(row)
    session.flush()
    return token, row


def account_of_token(session: Session, *, token: str) -> Account | None:
    """Return the account a valid bearer token stands for."""
    query = sa.select(Account).join(ApiToken, ApiToken.account_id == Account.id)
    valid = (ApiToken.token_hash == _digest(token), ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
    return session.scalars(query.where(*valid, Account.active.is_(True))).first()


def revoke_token(session: Session, *, token: str) -> None:
    """Make a bearer token worthless."""
    session.execute(sa.update(ApiToken).where(ApiToken.token_hash == _digest(token)).values(revoked_at=clock.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def list_units(session: Session, *, active_only: bool = False) -> Sequence[Unit]:
    """Return units by group and code: towns first."""
    query = sa.select(Unit).order_by(Unit.group.desc(), Unit.code)
    return session.scalars(query.where(Unit.active.is_(True)) if active_only else query).all()
