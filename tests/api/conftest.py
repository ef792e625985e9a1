"""An application with nothing but the API, on a county that has its units, its accounts and the shipped procedure."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import api
from engine import clock as clocks
from engine import db
from engine.bpmn.bundle import load_directory
from engine.demo import seed
from engine.models.calendar import CalendarDay
from engine.models.people import Account
from engine.services import people, procedures
from tests.api.callers import Caller, do, submit
from tests.conftest import START
from tests.conftest import _PostgreSQLDatabases as Databases
from tests.servers import Servers

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"

Staff = Callable[[str], Caller]


def furnish(url: str) -> None:
    """Give a migrated database units, accounts and the procedure."""
    db.configure(url)
    with clocks.use(clocks.ManualClock(START)), db.unit_of_work() as session:
        seed.load_reference(session)
        # reading twenty years of days anew in every test would take longer than the test
        lived_in = CalendarDay.day.between(date(2019, 12, 1), date(2020, 12, 31))
        session.execute(sa.delete(CalendarDay).where(sa.not_(lived_in)))
        seed.load_accounts(session)
        procedures.publish(session, files=load_directory(WORKFLOWS / "petition"), actor="editor1", note="初版")
    db.dispose()
    db.configure(None)


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    furnished = tmp_path_factory.mktemp("furnished") / "template.db"
    shutil.copyfile(sqlite_template, furnished)
    furnish(f"sqlite:///{furnished}")
    return furnished


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_databases: Databases) -> Iterator[str]:
    name = postgresql_databases.create(migrated=True)
    furnish(postgresql_databases.url_of(name))
    yield name
    postgresql_databases.drop(name)


@pytest.fixture
def postgresql_url(postgresql_databases: Databases, furnished_postgresql: str, servers: Servers) -> Iterator[str]:
    name = f"{furnished_postgresql}_copy"
    with psycopg.connect(servers.postgresql, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_postgresql}"')
    yield postgresql_databases.url_of(name)
    db.dispose()
    postgresql_databases.drop(name)


@pytest.fixture
def app(database_url: str, clock: clocks.ManualClock) -> Flask:
    app = Flask("wenzheng")
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    api.register(app)
    return app


@pytest.fixture
def citizen(app: Flask) -> Caller:
    return Caller(app.test_client())


@pytest.fixture
def staff(app: Flask, uow: Callable[[], AbstractContextManager[Session]]) -> Staff:
    """Return the caller of a demo account, by its user name."""

    def call_as(username: str) -> Caller:
        with uow() as session:
            account = session.scalars(sa.select(Account).where(Account.username == username)).one()
            token, _row = people.issue_token(session, account=account)
        return Caller(app.test_client(), token)

    return call_as


@pytest.fixture
def receipt(citizen: Caller) -> dict[str, str]:
    """Number and query code of a letter that nobody has looked at yet."""
    return submit(citizen)


@pytest.fixture
def forwarded(receipt: dict[str, str], staff: Staff) -> str:
    """The number of a case that is with 城关镇 (T01) for acceptance."""
    number = receipt["number"]
    classified = {"petition_type": "help", "category": "city_management", "classification": "forward"}
    do(staff("intake1"), number, "classify", **classified)
    do(staff("dispatcher1"), number, "forward", dispatching="forward", unit="T01")
    return number
