"""History: what happened, in order, per case; rows are added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Model


class HistoryEvent(Model):
    """One link of a case's hash chain; ``hash`` covers the row and the link before it."""

    __tablename__ = "history_event"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "seq"),
        sa.Index("ix_history_event_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(48))
    process_id: Mapped[str | None] = mapped_column(sa.String(64))
    element_id: Mapped[str | None] = mapped_column(sa.String(64))
    actor: Mapped[str] = mapped_column(sa.String(64))
    unit_code: Mapped[str | None] = mapped_column(sa.String(16))
    data: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(sa.String(64))
