"""The deadline ledger: every due date of a case as a row that explains itself, and its history entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.bpmn.durations import add_duration, parse_duration
from engine.errors import Misconfigured
from engine.models.petition import Deadline
from engine.rules import deadlines
from engine.rules.deadlines import days_overdue
from engine.vocabulary import DeadlineKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from engine.services.commands import Command

_STATUTORY = frozenset({DeadlineKind.STATUTORY_ACCEPT, DeadlineKind.STATUTORY_CONCLUDE})


def limit(command: Command, step: str) -> str:
    """Return the limit of ``step`` from the case's own ``time_limits`` table, as a duration text.

    Raises:
        Misconfigured: the table has no answer for the step.

    """
    answer = command.decide("time_limits", step=step)
    if answer is None:
        raise Misconfigured(
            f"The table time_limits has no limit for the step {step}.",
            message_zh=f"时限表 time_limits 没有环节“{step}”的时限，请联系流程管理员。",
            step=step,
        )
    return str(answer)


def grant(command: Command, kind: DeadlineKind, *, step: str, reason: str, unit: str | None = None) -> datetime:
    """Start a deadline now, as long as the time limits table says for ``step``; return when it is due."""
    rule = limit(command, step)
    duration = parse_duration(rule)
    explanation = None
    if kind in _STATUTORY:
        # The statute counts whole calendar days and moves a last day of rest (民法典 201, 203).
        told = deadlines.statutory(command.now, duration.days, command.calendar)
        due, explanation = told.due, told.as_record()
    else:
        due = add_duration(command.now, duration, command.calendar)
    enter(command, kind, due=due, rule=rule, reason=reason, unit=unit, start=command.now, explanation=explanation)
    return due


def enter(
    command: Command,
    kind: DeadlineKind,
    *,
    due: datetime | None,
    rule: str,
    reason: str,
    unit: str | None = None,
    start: datetime | None = None,
    explanation: Mapping[str, Any] | None = None,
) -> None:
    """Put a line into the ledger in place of that kind's line in force; ``due`` is ``None`` while a clock is paused."""
    session = command.session
    start = start or command.now
    in_force = sa.update(Deadline).where(*_in_force(command, kind))
    session.execute(in_force.values(replaced_at=command.now), execution_options={"synchronize_session": False})
    if explanation is None:
        explanation = {} if due is None else _explain(command, start, due)
    session.add(
        Deadline(
            petition_id=command.petition.id,
            kind=kind,
            unit_code=unit,
            rule=rule,
            reason=reason,
            started_at=start,
            due_at=due,
            explanation=dict(explanation),
        )
    )
    command.record(
        "deadline_set", clock=kind, due=None if due is None else due.isoformat(), rule=rule, reason=reason, unit=unit
    )


def meet(command: Command, kind: DeadlineKind) -> int:
    """Mark the deadline of ``kind`` in force as met now; return by how many calendar days it was late."""
    row = in_force(command, kind)
    if row is None:
        return 0
    # Met once is met: a redo does not move the day on which the statute was satisfied.
    row.met_at = row.met_at or command.now
    return 0 if row.due_at is None else days_overdue(row.due_at, command.now)


def in_force(command: Command, kind: DeadlineKind) -> Deadline | None:
    """Return the line of ``kind`` that counts now."""
    command.session.flush()
    query = sa.select(Deadline).where(*_in_force(command, kind)).order_by(Deadline.id.desc()).limit(1)
    return command.session.scalars(query.execution_options(populate_existing=True)).first()


def of_petition(session: Session, *, petition_id: int) -> Sequence[Deadline]:
    """Return the whole ledger of a case, oldest first."""
    return session.scalars(sa.select(Deadline).where(Deadline.petition_id == petition_id).order_by(Deadline.id)).all()


def _in_force(command: Command, kind: DeadlineKind) -> tuple[sa.ColumnElement[bool], ...]:
    return (Deadline.petition_id == command.petition.id, Deadline.kind == kind, Deadline.replaced_at.is_(None))


def _explain(command: Command, start: datetime, due: datetime) -> dict[str, Any]:
    told = command.calendar.explain(start, due)
    return {
        "counted": [day.isoformat() for day in told.counted],
        "skipped": [[day.isoformat(), name] for day, name in told.skipped],
        "estimated": told.estimated,
    }
