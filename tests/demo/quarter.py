"""The whole demo, loaded once per run and kind of database, for every test that looks at it.

A conftest or a test module imports the fixtures it wants. Who only reads takes ``quarter``; a program that writes takes
``quarter_copy``, a file of its own.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from engine import db
from engine.demo import load_demo

if TYPE_CHECKING:
    from tests.conftest import _PostgreSQLDatabases


def _load(url: str) -> None:
    db.configure(url)
    load_demo(progress=lambda _done, _total: None)
    db.dispose()
    db.configure(None)


@pytest.fixture(scope="session")
def quarter_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A SQLite file with the whole demo; parallel workers share it, so nobody writes to it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    file, part = shared / "quarter.db", shared / "quarter-loading.db"
    with (shared / "quarter.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            shutil.copyfile(sqlite_template, part)
            _load(f"sqlite:///{part}")
            # One file that holds everything, whatever is still in the write-ahead log.
            with closing(sqlite3.connect(part)) as connection:
                connection.execute("VACUUM INTO ?", (str(file),))
    return file


@pytest.fixture
def quarter_copy(quarter_file: Path, tmp_path: Path) -> Path:
    """A SQLite file with the whole demo that the test may change."""
    return Path(shutil.copyfile(quarter_file, tmp_path / "quarter.db"))


@pytest.fixture(scope="session")
def quarter_sqlite_url(quarter_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The whole demo on SQLite, to be read."""
    own = shutil.copyfile(quarter_file, tmp_path_factory.mktemp("quarter") / "quarter.db")
    return f"sqlite:///{own}"


@pytest.fixture(scope="session")
def quarter_postgresql_url(postgresql_databases: _PostgreSQLDatabases) -> Iterator[str]:
    """The whole demo on PostgreSQL, to be read."""
    name = postgresql_databases.create(migrated=True)
    url = postgresql_databases.url_of(name)
    _load(url)
    yield url
    postgresql_databases.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def quarter(request: pytest.FixtureRequest) -> Iterator[Callable[[], AbstractContextManager[Session]]]:
    """The unit of work on the whole demo, once on each kind of database."""
    db.configure(request.getfixturevalue(f"quarter_{request.param}_url"))
    yield db.unit_of_work
    db.configure(None)
    db.dispose()
