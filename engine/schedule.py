"""The ticker: finds due timers and has them fired, here or by a worker. Any number of tickers may run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from engine import clock, db, jobs, queue
from engine.db import unit_of_work
from engine.models.jobs import Incident
from engine.models.process import ProcessInstance, Timer
from engine.services import facts
from engine.settings import settings
from engine.vocabulary import TimerStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

log = structlog.get_logger()

#: Timers looked at in one round.
BATCH = 200
#: Seconds between rounds when there is nothing to do.
PAUSE = 2.0


def prepare_process() -> None:
    """Set the clock of this process: the machine's, or the demo's where the database holds one."""
    with unit_of_work(read_only=True) as session:
        if not sa.inspect(session.connection()).has_table("fact"):
            return
        demo = facts.demo_clock(session)
    if demo is not None:
        clock.install(demo)


def due_timers(session: Session, *, limit: int = BATCH) -> list[str]:
    """Return the ids of timers to fire now, soonest first, less those whose case somebody is working on this moment.

    Cases under lock are skipped rather than waited for (``FOR UPDATE SKIP LOCKED``): the next round finds them again.
    """
    now = clock.now()
    waiting = sa.select(Incident.timer_id).where(
        Incident.timer_id == Timer.id,
        Incident.resolved_at.is_(None),
        sa.or_(Incident.retry_at.is_(None), Incident.retry_at > now),
    )
    query = (
        sa.select(Timer.id)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(Timer.status == TimerStatus.ARMED, Timer.due_at <= now, ~waiting.exists())
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
        .with_for_update(of=ProcessInstance, skip_locked=True)
    )
    return list(session.scalars(query))


def tick() -> int:
    """Do one round: fire every due timer, or hand it to the workers when Redis is there; return how many were due."""
    with unit_of_work() as session:
        due = due_timers(session)
    if settings().uses_redis:
        queue.enqueue("engine.jobs.fire_timer", due)
    else:
        for timer_id in due:
            jobs.fire_timer(timer_id)
    return len(due)


def run(stop: threading.Event, *, pause: float = PAUSE, on_tick: Callable[[int], None] | None = None) -> None:
    """Tick until ``stop`` is set."""
    log.info("ticker_started", redis=settings().uses_redis)
    while not stop.is_set():
        due = tick()
        if on_tick is not None:
            on_tick(due)
        if due < BATCH:
            stop.wait(pause)
    log.info("ticker_stopped")


def work() -> None:
    """Run an RQ worker until it is told to stop."""
    # RQ's worker brings a process of its own machinery along; only this command needs it.
    from rq import Worker  # noqa: PLC0415

    # RQ forks for every job: no connection to the database may be open when it does.
    db.dispose()
    connection = queue.connection()
    Worker([queue.QUEUE], connection=connection).work()
