"""With Redis configured, workers fire what the ticker finds; the database stays the truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine import queue, schedule
from engine.cli.bench.six_tasks import six_tasks
from engine.models.process import Timer
from engine.services import calendars, history, procedures, processes
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
        calendars.seed_calendar(session)
        deployment = procedures.publish(session, files=six_tasks(), actor="editor", note="first")
        return [
            processes.start_instance(
                session, deployment=deployment, business_key=str(number), variables={}, actor="test"
            ).instance_id
            for number in range(3)
        ]


def start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from engine import schedule; schedule.prepare_process(); schedule.work()"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stderr=subprocess.DEVNULL)


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
