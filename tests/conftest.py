"""Fixtures for every test: a clock that stands still, clean databases, Redis, a browser.

What only one folder needs belongs in that folder's own conftest.py.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine import db
from engine.services import calendars
from tests.servers import Servers, UnavailableError

ROOT = Path(__file__).resolve().parent.parent
SERVERS = pytest.StashKey[Servers]()
NOT_AVAILABLE = "not available: "

#: The first working day of 2020, nine in the morning in the county.
START = datetime(2020, 1, 2, 9, tzinfo=clocks.ZONE)

#: Redis databases that tests may flush, one for each parallel worker; never 0, where a developer's own data is.
REDIS_DATABASES = (13, 14, 15, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)


def pytest_configure(config: pytest.Config) -> None:
    """Find the servers once, for all parallel workers."""
    config.stash[SERVERS] = servers = Servers()
    config.add_cleanup(servers.close)
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        servers.share_with_workers()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List in red what could not be run because a server is missing."""
    missing: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if NOT_AVAILABLE in reason:
            missing.setdefault(reason.partition(NOT_AVAILABLE)[2], []).append(report.nodeid)
    if not missing:
        return
    terminalreporter.section("could not be run", red=True, bold=True)
    for reason, tests in sorted(missing.items()):
        terminalreporter.write_line(f"{reason}: {len(tests)} tests", red=True, bold=True)
        for nodeid in tests:
            terminalreporter.write_line(f"  {nodeid}", red=True)


def _give_up(error: UnavailableError) -> NoReturn:
    # A developer without Chromium may go on; continuous integration may not pass for want of a server.
    if os.environ.get("CI"):
        pytest.fail(f"{NOT_AVAILABLE}{error}", pytrace=False)
    pytest.skip(f"{NOT_AVAILABLE}{error}")


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    return request.config.stash[SERVERS]


@pytest.fixture
def clock() -> Iterator[clocks.ManualClock]:
    """The clock of the whole process, threads included, standing at ``START`` until the test moves it."""
    before = clocks.current()
    manual = clocks.ManualClock(START)
    clocks.install(manual)
    yield manual
    clocks.install(before)


def _prepare(url: str) -> None:
    """Do what ``wenzheng db upgrade`` does: the schema, and the calendar no deadline can do without."""
    db.upgrade(url)
    engine = db.create_engine_for(url)
    with Session(engine) as session:
        calendars.seed_calendar(session)
        session.commit()
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sqlite")
    migrated, template = directory / "migrated.db", directory / "template.db"
    _prepare(f"sqlite:///{migrated}")
    # One file that holds everything, whatever is still in the write-ahead log.
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("VACUUM INTO ?", (str(template),))
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A clean, migrated SQLite database."""
    path = tmp_path / "wenzheng.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


class _PostgreSQLDatabases:
    """Databases of one run on one server: a migrated template and its copies."""

    def __init__(self, server: str, run: str) -> None:
        self.template = f"wenzheng_test_{run}"
        self._names = (f"{self.template}_{number}" for number in itertools.count(1))
        self._server = server
        self._connection = psycopg.connect(server, autocommit=True)

    def url_of(self, name: str) -> str:
        parts = urlsplit(self._server)
        return urlunsplit(("postgresql", parts.netloc, f"/{name}", parts.query, ""))

    def create(self, *, migrated: bool) -> str:
        name = next(self._names) if migrated else self.template
        source = f'"{self.template}"' if migrated else "template0 ENCODING 'UTF8'"
        self._connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {source}')
        return name

    def drop(self, name: str) -> None:
        self._connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        self.drop(self.template)
        self._connection.close()


@pytest.fixture(scope="session")
def postgresql_databases(servers: Servers, worker_id: str) -> Iterator[_PostgreSQLDatabases]:
    try:
        databases = _PostgreSQLDatabases(servers.postgresql, f"{os.getpid()}_{worker_id}")
    except UnavailableError as error:
        _give_up(error)
    databases.create(migrated=False)
    try:
        _prepare(databases.url_of(databases.template))
        yield databases
    finally:
        databases.close()


@pytest.fixture
def postgresql_url(postgresql_databases: _PostgreSQLDatabases) -> Iterator[str]:
    """A clean, migrated PostgreSQL database."""
    name = postgresql_databases.create(migrated=True)
    yield postgresql_databases.url_of(name)
    postgresql_databases.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The process's database, clean and migrated: the test runs once on each kind.

    A test to which the kind is all one asks for one of them:
    ``@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)``.
    """
    url = request.getfixturevalue(f"{request.param}_url")
    monkeypatch.setenv("WENZHENG_DATABASE_URL", url)  # for the programs that a test starts
    db.configure(url)
    yield url
    db.configure(None)
    db.dispose()


@pytest.fixture
def uow(database_url: str) -> Callable[[], AbstractContextManager[Session]]:
    """The unit of work on ``database_url``; every ``with uow() as session:`` is one transaction."""
    return db.unit_of_work


@pytest.fixture
def session(uow: Callable[[], AbstractContextManager[Session]]) -> Iterator[Session]:
    """One session on ``database_url`` for the whole test; what the test does not commit is rolled back."""
    with uow() as session:
        yield session
        session.rollback()


@pytest.fixture
def redis_url(servers: Servers, worker_id: str) -> str:
    """An empty Redis database."""
    try:
        server = servers.redis
    except UnavailableError as error:
        _give_up(error)
    worker = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    url = urlunsplit(urlsplit(server)._replace(path=f"/{REDIS_DATABASES[worker]}"))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def chromium(servers: Servers) -> str:
    """The path of a Chromium."""
    try:
        return servers.chromium
    except UnavailableError as error:
        _give_up(error)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*quiet, "--disable-sync", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh browser context in the county: its language, its time zone, an ordinary desk screen."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def find_barriers() -> Callable[[Page], list[str]]:
    """A function that lists what axe-core finds wrong with a page for people who see, hear or move differently."""
    script = (ROOT / "webui" / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def find(page: Page) -> list[str]:
        page.evaluate(script)  # evaluated, not added: the page's content security policy stays as it is
        violations: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
        return [
            f"{violation['id']}: {violation['help']}: {node['html']}"
            for violation in violations
            for node in violation["nodes"]
        ]

    return find
