"""What a county starts with: its units, topics, categories and calendar; and the accounts of the demo.

The names themselves are data beside this module. Reference data suits production as well; the accounts share a password
everybody knows and are for the demo alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from argon2 import PasswordHasher

from engine import clock
from engine.models.people import Account, AccountRole, Unit
from engine.models.petition import Category, Topic
from engine.services.calendars import seed_calendar
from engine.vocabulary import Role, UnitGroup

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: The password of every demo account.
PASSWORD: Final = "wenzheng-demo"  # noqa: S105 - printed for everybody who tries the demo


@dataclass(frozen=True)
class DemoUnit:
    """A unit of the county and the two people who work on its letters."""

    code: str
    group: UnitGroup
    name: str
    aliases: tuple[str, ...]
    handler: str
    head: str


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV table of the demo's data."""
    text = (resources.files("engine.demo") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def demo_units() -> tuple[DemoUnit, ...]:
    """Return the county's 37 units in the order of their codes."""
    return tuple(
        DemoUnit(
            code=row["code"],
            group=UnitGroup(row["group"]),
            name=row["name"],
            aliases=tuple(row["aliases"].split(";")),
            handler=row["handler"],
            head=row["head"],
        )
        for row in read_table("units.csv")
    )


def load_reference(session: Session) -> None:
    """Add the units, topics, categories and calendar days that are missing; what the county has changed stays."""
    units = [
        {"code": unit.code, "name": unit.name, "group": unit.group, "aliases": list(unit.aliases)}
        for unit in demo_units()
    ]
    topics = [{"code": row["code"], "name": row["name"]} for row in read_table("topics.csv")]
    categories = [
        {"code": row["code"], "name": row["name"], "topic_code": row["topic"] or None, "position": position}
        for position, row in enumerate(read_table("categories.csv"), start=1)
    ]
    for model, rows in ((Unit, units), (Topic, topics), (Category, categories)):
        _add_missing(session, model, rows)
    seed_calendar(session)


def _add_missing(session: Session, model: type[Unit | Topic | Category], rows: list[dict[str, Any]]) -> None:
    known = set(session.scalars(sa.select(model.code)))
    session.add_all(model(**row) for row in rows if row["code"] not in known)
    # Rows of the next table refer to these.
    session.flush()


def load_accounts(session: Session) -> None:
    """Add the demo accounts that are missing: one for every role of the centre, a handler and a head for every unit."""
    known = set(session.scalars(sa.select(Account.username)))
    missing = [account for account in _accounts() if account["username"] not in known]
    if not missing:
        return
    # The hash is slow on purpose; eighty accounts with one password need it once.
    password_hash = PasswordHasher().hash(PASSWORD)
    now = clock.now()
    for fields in missing:
        roles = [AccountRole(role=role) for role in fields.pop("roles")]
        session.add(Account(**fields, password_hash=password_hash, created_at=now, roles=roles))
    session.flush()


def _accounts() -> list[dict[str, Any]]:
    accounts: list[dict[str, Any]] = [
        {"username": row["username"], "display_name": row["display_name"], "roles": [Role(row["role"])]}
        for row in read_table("accounts.csv")
    ]
    for unit in demo_units():
        place = {"unit_code": unit.code}
        handler = {"username": unit.code.lower(), "display_name": unit.handler, "roles": [Role.HANDLER]}
        head = {"username": f"{unit.code.lower()}head", "display_name": unit.head, "roles": [Role.UNIT_HEAD]}
        accounts += [{**handler, **place}, {**head, **place}]
    return accounts
