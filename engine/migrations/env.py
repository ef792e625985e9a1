"""Alembic's entry: run the migrations on the URL that ``engine.db.upgrade`` hands over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from engine import models
from engine.db import Model, UTCDateTime, create_engine_for, database_url

assert models.__all__  # noqa: S101 - importing registers the tables


def render(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:  # noqa: ANN401 - Alembic's signature
    """Write our own column types into a new migration by their names."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "UTCDateTime()"
    if kind == "type" and isinstance(item, sa.JSON):
        return "Json"
    return False


url = context.config.attributes.get("url") or database_url()
engine = create_engine_for(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        render_as_batch=True,
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
