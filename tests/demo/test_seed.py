from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.demo import seed
from engine.errors import WenzhengError
from engine.models.people import Account, Unit
from engine.models.petition import Category
from engine.rules.access import UNIT_ROLES
from engine.services import people
from engine.vocabulary import Role, UnitGroup

BULLETIN = Path(__file__).parent.parent / "data" / "bulletin-2020q1.csv"


def test_units_are_those_of_the_bulletin_with_codes_in_its_order() -> None:
    with BULLETIN.open(encoding="utf-8") as file:
        printed = [row["unit"] for row in csv.DictReader(file)]

    units = seed.demo_units()

    assert [unit.name for unit in units] == printed
    assert [unit.code for unit in units] == [f"T{n:02}" for n in range(1, 19)] + [f"D{n:02}" for n in range(1, 20)]
    assert all((unit.group == UnitGroup.TOWN) == unit.code.startswith("T") for unit in units)


def test_no_name_or_alias_means_two_units() -> None:
    names = Counter(name for unit in seed.demo_units() for name in (unit.code, unit.name, *unit.aliases))

    assert [name for name, times in names.items() if times > 1] == []


def test_reference_data_loads_once_and_leaves_what_the_county_changed(session: Session) -> None:
    seed.load_reference(session)
    session.get_one(Unit, "D04").name = "自然资源和规划局"
    session.flush()

    seed.load_reference(session)

    assert len(people.list_units(session)) == 37
    assert session.get_one(Unit, "D04").name == "自然资源和规划局"
    assert (
        session.scalar(sa.select(sa.func.count()).select_from(Category).where(Category.topic_code == "epidemic")) == 6
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("城关", "T01"),
        ("城关镇政府", "T01"),
        ("自然资源和规划局", "D04"),
        ("生态环境局", "D12"),
        ("夹河镇", "T04"),
        ("河夹镇", "T06"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_units_are_known_by_their_other_names(session: Session, name: str, code: str) -> None:
    seed.load_reference(session)

    units = people.list_units(session)

    assert [unit.code for unit in units if name in {unit.name, *unit.aliases}] == [code]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_demo_accounts_of_every_role_sign_in_with_one_password(session: Session) -> None:
    seed.load_reference(session)
    seed.load_accounts(session)
    seed.load_accounts(session)

    accounts = {account.username: account for account in session.scalars(sa.select(Account))}
    handler = people.sign_in(session, username="t01", password=seed.PASSWORD)

    assert len(accounts) == 12 + 2 * 37
    assert {role for account in accounts.values() for role in people.principal_of(account).roles} == set(Role)
    assert people.principal_of(handler).unit == "T01"
    assert people.principal_of(accounts["d19head"]).roles == {Role.UNIT_HEAD}
    for account in accounts.values():
        principal = people.principal_of(account)
        assert (principal.unit is None) == principal.roles.isdisjoint(UNIT_ROLES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_demo_accounts_do_not_open_with_another_password(session: Session) -> None:
    seed.load_reference(session)
    seed.load_accounts(session)

    with pytest.raises(WenzhengError):
        people.sign_in(session, username="admin1", password="wenzheng")
