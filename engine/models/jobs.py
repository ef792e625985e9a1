"""What went wrong in background work and waits for a person, and the small facts one database keeps about itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Model


class Incident(Model):
    """A timer that could not fire when it was due (``due_at``): kept, shown and retried, never swallowed.

    A timer that has been given another due date since is no longer held up by it.
    """

    __tablename__ = "incident"
    __table_args__ = (sa.Index("ix_incident_open", "raised_at", postgresql_where=sa.text("resolved_at IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"))
    timer_id: Mapped[str] = mapped_column(sa.ForeignKey("timer.id"), unique=True)
    due_at: Mapped[datetime]
    message: Mapped[str] = mapped_column(sa.Text)
    attempts: Mapped[int] = mapped_column(default=1)
    raised_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]


class Fact(Model):
    """A named fact about this database, such as the demo clock's offset."""

    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[dict[str, Any]]
