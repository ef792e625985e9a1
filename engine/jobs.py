"""Jobs: what workers run, by dotted name. Each is one unit of work and may run twice without harm.

This is the one place where every error is caught: it becomes an incident that a person sees, with a later retry.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

import structlog
from sqlalchemy.exc import DBAPIError

from engine.db import unit_of_work
from engine.services import incidents, processes

log = structlog.get_logger()

#: Waits before the next try of a timer that failed; after the last one a person has to look.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))


class Outcome(StrEnum):
    """What came of trying a timer; ``IDLE``: it no longer waits, or is not due."""

    FIRED = "fired"
    IDLE = "idle"
    FAILED = "failed"


def fire_timer(timer_id: str) -> bool:
    """Fire a due timer; return whether it fired. A failure is kept as an incident and tried again later."""
    return try_timer(timer_id) is Outcome.FIRED


def try_timer(timer_id: str) -> Outcome:
    """Fire a due timer; return what came of it. A failure is kept as an incident and tried again later."""
    try:
        with unit_of_work() as session:
            fired = processes.fire_timer(session, timer_id=timer_id) is not None
            # What no longer waits is as settled as what has fired.
            incidents.resolve(session, timer_id=timer_id)
            return Outcome.FIRED if fired else Outcome.IDLE
    except Exception as error:
        log.exception("timer_failed", timer=timer_id)
        # SQLAlchemy's own text repeats the statement's values, which may be a citizen's letter.
        text = error.orig if isinstance(error, DBAPIError) else error
        with unit_of_work() as session:
            kept = incidents.record_failure(
                session, timer_id=timer_id, message=f"{type(error).__name__}: {text}", waits=RETRIES
            )
        return Outcome.FAILED if kept else Outcome.IDLE


def retry_incident(incident_id: int) -> Outcome:
    """Try an incident's timer again now.

    Raises:
        NotFound: there is no such incident.

    """
    with unit_of_work(read_only=True) as session:
        timer_id = incidents.timer_of(session, incident_id=incident_id)
    return try_timer(timer_id)
