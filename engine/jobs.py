"""Jobs: what workers run, by dotted name. Each is one unit of work and may run twice without harm.

This is the one place where every error is caught: it becomes an incident that a person sees, with a later retry.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog

from engine import clock
from engine.db import unit_of_work
from engine.models.jobs import Incident
from engine.models.process import Timer
from engine.services import processes

log = structlog.get_logger()

#: Waits before the next try of a timer that failed; after the last one a person has to look.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))


def fire_timer(timer_id: str) -> bool:
    """Fire a due timer; return whether it fired. A failure is kept as an incident and tried again later."""
    try:
        with unit_of_work() as session:
            fired = processes.fire_timer(session, timer_id=timer_id) is not None
            if fired:
                session.execute(
                    sa.update(Incident)
                    .where(Incident.timer_id == timer_id, Incident.resolved_at.is_(None))
                    .values(resolved_at=clock.now())
                )
            return fired
    except Exception as error:
        log.exception("timer_failed", timer=timer_id)
        _keep_incident(timer_id, error)
        return False


def _keep_incident(timer_id: str, error: Exception) -> None:
    with unit_of_work() as session:
        incident = session.scalars(sa.select(Incident).where(Incident.timer_id == timer_id)).first()
        if incident is None:
            timer = session.get_one(Timer, timer_id)
            incident = Incident(
                instance_id=timer.instance_id, timer_id=timer_id, message="", attempts=0, raised_at=clock.now()
            )
            session.add(incident)
        incident.message = f"{type(error).__name__}: {error}"
        incident.resolved_at = None
        incident.retry_at = clock.now() + RETRIES[incident.attempts] if incident.attempts < len(RETRIES) else None
        incident.attempts += 1


def retry_incident(incident_id: int) -> bool:
    """Try an incident's timer again now; return whether it fired."""
    with unit_of_work() as session:
        timer_id = session.get_one(Incident, incident_id).timer_id
    return fire_timer(timer_id)
