"""The database: engine, session, unit of work and the column types every table shares.

Here belongs what all tables need and nothing about any of them. Only edges (views, commands, jobs) open a unit of work.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

from engine.settings import ROOT, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
    from sqlalchemy.pool import ConnectionPoolEntry


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment: ``timestamptz`` on PostgreSQL, naive UTC text on SQLite, always aware UTC in Python."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}: every moment carries its zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: JSON that PostgreSQL keeps as jsonb.
Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Model(DeclarativeBase):
    """The declarative base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime, dict[str, Any]: Json, list[str]: Json, list[Any]: Json}  # noqa: RUF012


def table_of(model: type[Model]) -> sa.Table:
    """Return the table behind a model, for statements that are built once and run often."""
    table = model.__table__
    if not isinstance(table, sa.Table):
        raise TypeError(model)
    return table


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def create_engine_for(url: str) -> Engine:
    """Create an engine for ``url`` with the listeners SQLite needs for real transactions."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            parsed, json_serializer=_dumps, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=8
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        parsed, json_serializer=_dumps, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _prepare_sqlite_connection(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late and is deferred: switch it off and begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    # A writer that starts deferred and upgrades later loses updates or fails with "database is locked".
    mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


_engines: dict[str, Engine] = {}
_configured_url: str | None = None


def configure(url: str | None) -> None:
    """Make ``url`` the database of this process, instead of the one in the settings; ``None`` undoes that."""
    global _configured_url  # noqa: PLW0603 - one database per process
    _configured_url = url


def database_url() -> str:
    """Return the URL of the database in force."""
    return _configured_url or settings().database_url


def engine() -> Engine:
    """Return the engine of the database in force, one per process and URL."""
    url = database_url()
    if url not in _engines:
        _engines[url] = create_engine_for(url)
    return _engines[url]


def dispose() -> None:
    """Close every pooled connection of this process."""
    for known in _engines.values():
        known.dispose()
    _engines.clear()


@contextmanager
def unit_of_work(*, read_only: bool = False) -> Iterator[Session]:
    """Open a session, commit at the end of the block, roll back on any error.

    With ``read_only`` SQLite takes no write lock, and nothing is committed.
    """
    with Session(engine(), expire_on_commit=False) as session:
        if read_only:
            session.connection(execution_options={"read_only": True})
            yield session
            session.rollback()
            return
        yield session
        session.commit()


def upgrade(url: str | None = None) -> None:
    """Bring the schema of ``url`` (default: the database in force) to the newest version."""
    # Alembic is a tool of the edges; importing it costs time that no request should pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "migrations"))
    config.attributes["url"] = url or database_url()
    command.upgrade(config, "head")
