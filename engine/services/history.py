"""History: append to a case's hash chain, read it, verify it. Nothing anywhere changes a row once written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.db import table_of
from engine.models.history import HistoryEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


_INSERT = sa.insert(table_of(HistoryEvent))


@dataclass(frozen=True)
class Entry:
    """Something that happened, before it is given its place in the chain."""

    kind: str
    at: datetime
    actor: str
    unit: str | None = None
    process: str | None = None
    element: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold."""

    seq: int
    reason: str


def link(head: str, instance_id: int, seq: int, entry: Entry) -> str:
    """Return the hash of ``entry`` as link ``seq`` after ``head`` (SHA-256, hex)."""
    content = [
        head,
        instance_id,
        seq,
        entry.at.isoformat(),
        entry.kind,
        entry.process,
        entry.element,
        entry.actor,
        entry.unit,
        entry.data,
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def append(session: Session, *, instance_id: int, seq: int, head: str, entries: Sequence[Entry]) -> tuple[int, str]:
    """Insert ``entries`` after link ``seq`` with hash ``head`` in one statement; return the new last seq and hash."""
    rows = []
    for entry in entries:
        seq += 1
        head = link(head, instance_id, seq, entry)
        rows.append(
            {
                "instance_id": instance_id,
                "seq": seq,
                "at": entry.at,
                "kind": entry.kind,
                "process_id": entry.process,
                "element_id": entry.element,
                "actor": entry.actor,
                "unit_code": entry.unit,
                "data": entry.data,
                "hash": head,
            }
        )
    if rows:
        session.connection().execute(_INSERT, rows)
    return seq, head


def of_instance(session: Session, *, instance_id: int) -> Sequence[HistoryEvent]:
    """Return the whole chain of a case, oldest first."""
    return session.scalars(
        sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)
    ).all()


def verify(session: Session, *, instance_id: int, head: str) -> Break | None:
    """Recompute a case's chain and compare it with the stored hashes and ``head``; ``None`` means it holds."""
    previous, seq = "", 0
    for event in of_instance(session, instance_id=instance_id):
        seq += 1
        if event.seq != seq:
            return Break(seq, "missing")
        entry = Entry(
            event.kind, event.at, event.actor, event.unit_code, event.process_id, event.element_id, event.data
        )
        previous = link(previous, instance_id, seq, entry)
        if previous != event.hash:
            return Break(seq, "changed")
    return None if previous == head else Break(seq + 1, "missing")
