"""The ticker: finds due timers and has them fired, here or by a worker. Any number of tickers may run."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from engine import clock, db, jobs, queue
from engine.db import unit_of_work
from engine.errors import Misconfigured
from engine.models.jobs import Incident
from engine.models.process import ProcessInstance, Timer
from engine.services import facts, incidents
from engine.settings import settings
from engine.vocabulary import InstanceStatus, TimerStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

log = structlog.get_logger()

#: Timers looked at in one transaction.
BATCH = 200
#: Seconds between rounds when there is nothing to do.
PAUSE = 2.0
#: Seconds to wait after a round that failed: at first, and at most; each failure in a row doubles the wait.
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0


@dataclass
class Handover:
    """How one ticker passes due timers on: to the workers while Redis answers, else to nobody but itself."""

    stop: threading.Event = field(default_factory=threading.Event)
    redis_away: bool = False

    def take(self, timer_ids: Sequence[str]) -> int:
        """Have the timers fired; return how many of them were tried here or newly queued."""
        if settings().uses_redis:
            try:
                new = queue.enqueue("engine.jobs.fire_timer", timer_ids)
            except RedisError as error:
                if not self.redis_away:
                    log.warning("redis_away", error=str(error), timers="fired by this process")
                self.redis_away = True
            else:
                if self.redis_away:
                    log.info("redis_back")
                self.redis_away = False
                return new
        return sum(jobs.try_timer(each) is not jobs.Outcome.IDLE for each in timer_ids if not self.stop.is_set())


def prepare_process() -> bool:
    """Set the clock of this process: the machine's, or the demo's where the database holds one.

    Return whether the database has its tables.
    """
    with unit_of_work(read_only=True) as session:
        if not sa.inspect(session.connection()).has_table("fact"):
            return False
        demo = facts.demo_clock(session)
    if demo is not None:
        clock.install(demo)
    return True


def due_timers(session: Session, *, after: str | None = None, limit: int = BATCH) -> list[str]:
    """Return the ids of timers to fire now, soonest first, less those whose case somebody is working on this moment.

    Cases under lock are skipped rather than waited for (``FOR UPDATE SKIP LOCKED``): the next round finds them again.
    ``after`` is the last timer of the page before.
    """
    now = clock.now()
    # An incident holds up the due date it is about: a timer that was moved since starts afresh.
    held_up = sa.exists().where(
        Incident.timer_id == Timer.id,
        Incident.due_at == Timer.due_at,
        Incident.resolved_at.is_(None),
        sa.or_(Incident.retry_at.is_(None), Incident.retry_at > now),
    )
    query = (
        sa.select(Timer.id)
        .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
        .where(Timer.status == TimerStatus.ARMED, Timer.due_at <= now, ~held_up)
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
        .with_for_update(of=ProcessInstance, skip_locked=True)
    )
    if after is not None:
        last = aliased(Timer)
        query = query.join(last, last.id == after).where(
            sa.tuple_(Timer.due_at, Timer.id) > sa.tuple_(last.due_at, last.id)
        )
    return list(session.scalars(query))


def tick(handover: Handover | None = None) -> int:
    """Do one round over every due timer, a page at a time; return how many were tried here or newly queued.

    Timers that wait in the queue already, or that somebody else fires meanwhile, do not count.
    """
    handover = handover or Handover()
    moved, after = 0, None
    with unit_of_work() as session:
        incidents.resolve_moot(session)
    while not handover.stop.is_set():
        with unit_of_work() as session:
            page = due_timers(session, after=after, limit=BATCH)
        moved += handover.take(page)
        if len(page) < BATCH:
            break
        after = page[-1]
    return moved


def run(stop: threading.Event, *, pause: float = PAUSE) -> None:
    """Tick until ``stop`` is set, whatever becomes of the database and Redis meanwhile."""
    log.info("ticker_started", redis=settings().uses_redis)
    handover, wait = Handover(stop), FIRST_WAIT
    while not stop.is_set():
        try:
            moved = tick(handover)
        except (DBAPIError, RedisError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            log.warning("round_failed", error=f"{type(error).__name__}: {cause}", next_try_in=wait)
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            continue
        wait = FIRST_WAIT
        if not moved:
            stop.wait(pause)
    log.info("ticker_stopped")


def work() -> None:
    """Run an RQ worker until it is told to stop.

    Raises:
        Misconfigured: no Redis is configured, or it does not answer when the worker starts.

    """
    # RQ's worker brings a process of its own machinery along; only this command needs it.
    from rq import Worker  # noqa: PLC0415

    # RQ forks for every job: no connection to the database may be open when it does.
    db.dispose()
    connection = queue.connection()
    try:
        Worker([queue.QUEUE], connection=connection).work()
    except RedisError as error:
        raise Misconfigured(
            f"Redis does not answer: {error}",
            message_zh=f"无法连接 Redis:{error}",
            name="WENZHENG_REDIS_URL",
        ) from error
