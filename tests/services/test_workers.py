"""With Redis configured, workers fire what the ticker finds; the database stays the truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from engine import clock as clocks
from engine import queue, schedule
from engine.cli.bench.six_tasks import six_tasks
from engine.models.process import Timer
from engine.services import history, procedures, processes
from engine.settings import settings
from engine.vocabulary import TimerStatus

ROOT = Path(__file__).resolve().parents[2]
Uow = Callable[[], AbstractContextManager[Session]]

pytestmark = [pytest.mark.redis, pytest.mark.slow]


@pytest.fixture
def with_redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("WENZHENG_REDIS_URL", redis_url)
    settings.cache_clear()
    queue.connection.cache_clear()
    yield redis_url
    queue.connection().close()
    settings.cache_clear()
    queue.connection.cache_clear()


@pytest.fixture
def due_timers(uow: Uow, with_redis: str) -> list[int]:
    """Three cases whose boundary timers have been due for a day by the machine's own clock, which workers live by."""
    three_days_ago = clocks.ManualClock(datetime.now(UTC) - timedelta(days=3))  # noqa: TID251
    with clocks.use(three_days_ago), uow() as session:
        deployment = procedures.publish(session, files=six_tasks(), actor="editor", note="first")
        return [
            processes.start_instance(
                session, deployment=deployment, business_key=str(number), variables={}, actor="test"
            ).instance_id
            for number in range(3)
        ]


def start_worker() -> subprocess.Popen[bytes]:
    command = [Path(sys.executable).with_name("wenzheng"), "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stderr=subprocess.DEVNULL)


class StopAtFirstWait(threading.Event):
    """Told to stop as soon as anybody waits for it."""

    waited: float | None = None

    def wait(self, timeout: float | None = None) -> bool:
        self.waited = timeout
        self.set()
        return True


def fired(uow: Uow) -> int:
    with uow() as session:
        query = sa.select(sa.func.count()).select_from(Timer).where(Timer.status == TimerStatus.FIRED)
        return session.scalar(query) or 0


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_worker_fires_what_the_ticker_hands_over_once(uow: Uow, due_timers: list[int]) -> None:
    assert schedule.tick() == 3
    assert fired(uow) == 0, "the ticker itself fires nothing when there are workers"
    schedule.tick()
    worker = start_worker()
    try:
        assert wait_for(lambda: fired(uow) == 3)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    with uow() as session:
        for instance_id in due_timers:
            kinds = [event.kind for event in history.of_instance(session, instance_id=instance_id)]
            assert kinds.count("timer_fired") == 1


def test_a_ticker_with_nothing_new_to_hand_over_pauses_and_sees_past_what_is_queued(
    uow: Uow, due_timers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "BATCH", 2)
    assert schedule.tick() == 3, "the first batch is not all there is"
    assert schedule.tick() == 0, "they are queued already, which is nothing new"
    stop = StopAtFirstWait()
    schedule.run(stop, pause=1.5)
    assert stop.waited == 1.5


def test_redis_that_comes_back_takes_over_again(uow: Uow, due_timers: list[int], with_redis: str) -> None:
    handover = schedule.Handover(redis_away=True)
    with capture_logs() as logs:
        assert schedule.tick(handover) == 3
    assert [entry["event"] for entry in logs] == ["redis_back"]
    assert fired(uow) == 0, "left to the workers"


def test_wiping_redis_loses_nothing(uow: Uow, due_timers: list[int], with_redis: str) -> None:
    assert schedule.tick() == 3
    with redis.Redis.from_url(with_redis) as client:
        client.flushdb()
    assert schedule.tick() == 3
    worker = start_worker()
    try:
        assert wait_for(lambda: fired(uow) == 3)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)


def test_a_killed_worker_is_recovered_from(uow: Uow, due_timers: list[int]) -> None:
    schedule.tick()
    killed = start_worker()
    time.sleep(0.3)
    killed.kill()
    killed.wait(20)
    worker = start_worker()
    try:
        assert wait_for(lambda: schedule.tick() >= 0 and fired(uow) == 3)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
