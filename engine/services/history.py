"""History: append to a case's hash chain, read it, verify it. Nothing anywhere changes a row once written.

What people wrote stands with their tasks; the chain holds its digest, so that a change there shows as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.db import table_of
from engine.models.history import HistoryEvent
from engine.models.process import UserTask
from engine.vocabulary import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


_INSERT = sa.insert(table_of(HistoryEvent))
#: Where an entry of a completed task keeps the digest of what was submitted, and which task it was.
_DIGEST, _TASK = "submission_sha256", "task"


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
    """The first place where a chain does not hold.

    ``reason``: ``missing`` link, ``changed`` link, or changed ``submission`` of the task that the link tells of.
    """

    seq: int
    reason: str


def digest(value: object) -> str:
    """Return the SHA-256 of ``value`` as canonical JSON (hex); equal data gives equal digests on every database."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Write whole numbers as integers: PostgreSQL gives 1e16 back as an integer, SQLite as it was."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
    """Recompute a case's chain and compare it with the stored hashes, ``head`` and what people submitted.

    ``None`` means it holds. Entries from before submissions were digested vouch for themselves only.
    """
    events = of_instance(session, instance_id=instance_id)
    told = any(_DIGEST in event.data for event in events)
    submitted = _submitted(session, instance_id) if told else {}
    previous = ""
    for seq, event in enumerate(events, start=1):
        if event.seq != seq:
            return Break(seq, "missing")
        entry = Entry(
            event.kind, event.at, event.actor, event.unit_code, event.process_id, event.element_id, event.data
        )
        previous = link(previous, instance_id, seq, entry)
        if previous != event.hash:
            return Break(seq, "changed")
        if _DIGEST in event.data and event.data[_DIGEST] != submitted.get(event.data.get(_TASK)):
            return Break(seq, "submission")
    return None if previous == head else Break(len(events) + 1, "missing")


def _submitted(session: Session, instance_id: int) -> dict[str | None, str]:
    """Return the digests of what is kept now of a case's completed tasks, by task."""
    query = sa.select(UserTask.id, UserTask.submission)
    completed = (UserTask.instance_id == instance_id, UserTask.status == TaskStatus.COMPLETED)
    return {task: digest(submission) for task, submission in session.execute(query.where(*completed))}
