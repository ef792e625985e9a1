"""The ticker goes on whatever happens to the database, to Redis or to a single timer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from engine import db, jobs, queue, schedule
from engine.cli.bench.six_tasks import six_tasks
from engine.clock import ManualClock
from engine.errors import NotFound
from engine.models.jobs import Incident
from engine.models.process import ProcessInstance, Timer
from engine.services import incidents, procedures, processes
from engine.settings import settings
from engine.vocabulary import TimerStatus

Uow = Callable[[], AbstractContextManager[Session]]

#: Nobody listens on port 1.
LOST_DATABASE = "postgresql://nobody@127.0.0.1:1/lost"
LOST_REDIS = "redis://127.0.0.1:1/0"
BROKEN_STATE = b"\x63broken"


class Waits(threading.Event):
    """Waits that pass at once: each is noted, then what is to happen at its end happens."""

    def __init__(self, happenings: dict[int, Callable[[], None]], last: int) -> None:
        super().__init__()
        self.seconds: list[float | None] = []
        self._happenings, self._last = happenings, last

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        self._happenings.get(len(self.seconds), lambda: None)()
        if len(self.seconds) == self._last:
            self.set()
        return self.is_set()


@pytest.fixture
def cases(uow: Uow, clock: ManualClock) -> list[int]:
    """Three cases, each waiting at its first task with a timer due in two days."""
    with uow() as session:
        deployment = procedures.publish(session, files=six_tasks(), actor="editor", note="first")
        return [
            processes.start_instance(
                session, deployment=deployment, business_key=str(number), variables={}, actor="test"
            ).instance_id
            for number in range(3)
        ]


@pytest.fixture
def lost_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WENZHENG_REDIS_URL", LOST_REDIS)
    settings.cache_clear()
    queue.connection.cache_clear()
    yield
    queue.connection().close()
    settings.cache_clear()
    queue.connection.cache_clear()


def statuses(uow: Uow) -> list[str]:
    with uow() as session:
        return list(session.scalars(sa.select(Timer.status).order_by(Timer.instance_id)))


def break_case(uow: Uow, instance_id: int) -> bytes:
    """Make a case unreadable; return what it was before."""
    with uow() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        good, instance.state = instance.state, BROKEN_STATE
    return good


def fail_until_exhausted(clock: ManualClock) -> None:
    for wait in (*jobs.RETRIES, timedelta()):
        schedule.tick()
        clock.advance(wait)


def only_incident(uow: Uow) -> Incident:
    with uow() as session:
        return session.scalars(sa.select(Incident)).one()


def test_a_lost_database_is_waited_for_longer_and_longer_and_then_gone_on_with(
    uow: Uow, database_url: str, cases: list[int], clock: ManualClock
) -> None:
    clock.advance(timedelta(days=2))
    db.configure(LOST_DATABASE)
    stop = Waits(
        {7: lambda: db.configure(database_url), 8: lambda: db.configure(LOST_DATABASE)},
        last=9,
    )
    with capture_logs() as logs:
        schedule.run(stop, pause=0.5)
    assert stop.seconds == [2, 4, 8, 16, 32, 60, 60, 0.5, 2]
    db.configure(database_url)
    assert statuses(uow) == [TimerStatus.FIRED] * 3
    failures = [entry for entry in logs if entry["event"] == "round_failed"]
    assert len(failures) == 8
    assert "OperationalError" in failures[0]["error"]
    assert logs[-1]["event"] == "ticker_stopped"


def test_without_the_redis_it_was_promised_the_ticker_fires_by_itself_and_says_so_once(
    uow: Uow, cases: list[int], clock: ManualClock, lost_redis: None
) -> None:
    clock.advance(timedelta(days=2))
    break_case(uow, cases[0])
    handover = schedule.Handover()
    with capture_logs() as logs:
        assert schedule.tick(handover) == 3
        clock.advance(jobs.RETRIES[0])
        assert schedule.tick(handover) == 1, "the broken one is tried again"
    assert statuses(uow) == [TimerStatus.ARMED, TimerStatus.FIRED, TimerStatus.FIRED]
    assert [entry["event"] for entry in logs].count("redis_away") == 1


def test_a_round_goes_past_its_first_batch(
    uow: Uow, cases: list[int], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(timedelta(days=2))
    monkeypatch.setattr(schedule, "BATCH", 2)
    with uow() as session:
        first = schedule.due_timers(session, limit=2)
        rest = schedule.due_timers(session, after=first[-1], limit=2)
    assert (len(first), len(rest)) == (2, 1)
    assert not set(first) & set(rest)
    assert schedule.tick() == 3


def test_a_ticker_told_to_stop_leaves_the_rest_of_its_round(uow: Uow, cases: list[int], clock: ManualClock) -> None:
    clock.advance(timedelta(days=2))
    handover = schedule.Handover()
    handover.stop.set()
    assert schedule.tick(handover) == 0
    with uow() as session:
        assert handover.take(schedule.due_timers(session)) == 0


def test_the_incident_of_a_timer_cancelled_since_is_settled_by_the_next_round(
    uow: Uow, cases: list[int], clock: ManualClock
) -> None:
    good = break_case(uow, cases[0])
    clock.advance(timedelta(days=2))
    schedule.tick()
    with uow() as session:
        session.get_one(ProcessInstance, cases[0]).state = good
        processes.cancel_instance(session, instance_id=cases[0], actor="admin1", reason="opened by mistake")
        assert len(incidents.list_open(session)) == 1
    schedule.tick()
    with uow() as session:
        assert incidents.list_open(session) == []


def test_retrying_tells_fired_failed_and_nothing_to_fire_apart(uow: Uow, cases: list[int], clock: ManualClock) -> None:
    good = break_case(uow, cases[0])
    clock.advance(timedelta(days=2))
    schedule.tick()
    incident = only_incident(uow)
    assert jobs.retry_incident(incident.id) is jobs.Outcome.FAILED
    assert only_incident(uow).attempts == 2
    with uow() as session:
        session.get_one(ProcessInstance, cases[0]).state = good
    assert jobs.retry_incident(incident.id) is jobs.Outcome.FIRED
    assert jobs.retry_incident(incident.id) is jobs.Outcome.IDLE
    with pytest.raises(NotFound):
        jobs.retry_incident(incident.id + 1)


def test_retrying_what_was_cancelled_resolves_its_incident(uow: Uow, cases: list[int], clock: ManualClock) -> None:
    good = break_case(uow, cases[0])
    clock.advance(timedelta(days=2))
    schedule.tick()
    with uow() as session:
        session.get_one(ProcessInstance, cases[0]).state = good
        processes.cancel_instance(session, instance_id=cases[0], actor="admin1", reason="opened by mistake")
    assert jobs.retry_incident(only_incident(uow).id) is jobs.Outcome.IDLE
    assert only_incident(uow).resolved_at is not None


def test_an_exhausted_incident_does_not_hold_up_the_timer_once_it_is_due_at_another_time(
    uow: Uow, cases: list[int], clock: ManualClock
) -> None:
    good = break_case(uow, cases[0])
    clock.advance(timedelta(days=2))
    fail_until_exhausted(clock)
    assert only_incident(uow).retry_at is None
    assert schedule.tick() == 0, "it waits for a person"
    with uow() as session:
        session.get_one(ProcessInstance, cases[0]).state = good
        timer = session.scalars(sa.select(Timer).where(Timer.instance_id == cases[0])).one()
        timer.due_at = clock.now() + timedelta(days=1)
    clock.advance(timedelta(days=1))
    assert schedule.tick() == 1
    assert statuses(uow)[0] == TimerStatus.FIRED
    assert only_incident(uow).resolved_at is not None


def test_a_timer_that_fails_at_its_new_due_date_has_all_its_tries_again(
    uow: Uow, cases: list[int], clock: ManualClock
) -> None:
    break_case(uow, cases[0])
    clock.advance(timedelta(days=2))
    fail_until_exhausted(clock)
    with uow() as session:
        timer = session.scalars(sa.select(Timer).where(Timer.instance_id == cases[0])).one()
        timer.due_at = clock.now()
    schedule.tick()
    incident = only_incident(uow)
    assert (incident.attempts, incident.resolved_at, incident.due_at) == (1, None, clock.now())
    assert incident.retry_at == clock.now() + jobs.RETRIES[0]


def test_what_failed_for_a_timer_that_waits_no_longer_leaves_no_incident(uow: Uow, cases: list[int]) -> None:
    assert jobs.try_timer("0" * 32) is jobs.Outcome.IDLE
    with uow() as session:
        assert incidents.list_open(session) == []
