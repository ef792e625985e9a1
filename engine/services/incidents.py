"""Incidents: timers that failed, from the first failure until they fire or no longer wait.

When a timer is tried again is the caller's policy; here is only what is known about its failures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import clock
from engine.errors import NotFound
from engine.models.jobs import Incident
from engine.models.process import Timer
from engine.vocabulary import TimerStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from sqlalchemy.orm import Session

_OPEN = Incident.resolved_at.is_(None)


def list_open(session: Session) -> Sequence[Incident]:
    """Return the incidents nobody and nothing has resolved yet, oldest first."""
    return session.scalars(sa.select(Incident).where(_OPEN).order_by(Incident.raised_at, Incident.id)).all()


def timer_of(session: Session, *, incident_id: int) -> str:
    """Return the id of the timer an incident is about.

    Raises:
        NotFound: there is no such incident.

    """
    timer_id = session.scalar(sa.select(Incident.timer_id).where(Incident.id == incident_id))
    if timer_id is None:
        raise NotFound(
            f"There is no incident {incident_id}.",
            message_zh=f"没有编号为 {incident_id} 的故障。",
            incident=incident_id,
        )
    return timer_id


def record_failure(session: Session, *, timer_id: str, message: str, waits: Sequence[timedelta]) -> bool:
    """Keep a timer's failure and when it is tried next: after ``waits``, one by one, then when a person says so.

    Return whether there is anything to try again: a timer that waits no longer has no incident.
    """
    timer = session.get(Timer, timer_id)
    if timer is None or timer.status != TimerStatus.ARMED or timer.due_at is None:
        resolve(session, timer_id=timer_id)
        return False
    now = clock.now()
    incident = session.scalars(sa.select(Incident).where(Incident.timer_id == timer_id)).first()
    if incident is None:
        incident = Incident(instance_id=timer.instance_id, timer_id=timer_id, resolved_at=now)
        session.add(incident)
    if incident.resolved_at is not None or incident.due_at != timer.due_at:
        incident.due_at, incident.attempts, incident.raised_at, incident.resolved_at = timer.due_at, 0, now, None
    incident.message = message
    incident.retry_at = now + waits[incident.attempts] if incident.attempts < len(waits) else None
    incident.attempts += 1
    return True


def resolve(session: Session, *, timer_id: str) -> None:
    """Close the open incident of a timer, if there is one: it fired, or waits no longer."""
    session.execute(sa.update(Incident).where(Incident.timer_id == timer_id, _OPEN).values(resolved_at=clock.now()))


def resolve_moot(session: Session) -> None:
    """Close what has settled itself: the timer was cancelled, sleeps, or is due at another time than when it failed."""
    waits = sa.exists().where(
        Timer.id == Incident.timer_id, Timer.status == TimerStatus.ARMED, Timer.due_at == Incident.due_at
    )
    session.execute(sa.update(Incident).where(_OPEN, ~waits).values(resolved_at=clock.now()))
