"""Completions per second through the engine, and of the bare rows beside it."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from engine import clock, db
from engine.cli.bench.bare import bare_transactions
from engine.cli.bench.databases import scratch_database
from engine.cli.bench.six_tasks import TASKS, six_tasks
from engine.models.process import Deployment, ProcessInstance, UserTask
from engine.services import calendars, procedures, processes
from engine.vocabulary import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Callable

_WARM_UP = 2


@dataclass(frozen=True)
class Sample:
    """What one process measured: wall seconds, seconds per completion, statements, bytes of state."""

    seconds: float
    each: list[float]
    statements: int
    state_bytes: int


def measure(target: str, *, count: int, processes: int, report: Callable[[str], None]) -> dict[str, Any]:
    """Measure on ``target`` and return the figures as plain data."""
    with scratch_database(target) as url:
        db.configure(url)
        with db.unit_of_work() as session:
            calendars.seed_calendar(session)
            deployment = procedures.publish(session, files=six_tasks(), actor="bench", note="bench")
            deployment_id = deployment.id
        db.dispose()
        report(f"engine: {count} completions in each of {processes} processes")
        samples = _in_processes(_complete_many, processes, (url, deployment_id, count))
        report(f"baseline: {count} bare transactions with the same rows in one process")
        baseline = _in_processes(bare_transactions, 1, (url, count, samples[0].state_bytes))[0]
        db.configure(None)
    each = sorted(seconds for sample in samples for seconds in sample.each)
    seconds = max(sample.seconds for sample in samples)
    per_second = len(each) / seconds
    return {
        "name": "completions",
        "database": "sqlite" if target == "sqlite" else sa.engine.make_url(target).get_backend_name(),
        "processes": processes,
        "count": len(each),
        "seconds": round(seconds, 3),
        "per_second": round(per_second, 1),
        "p50_ms": round(statistics.median(each) * 1000, 2),
        "p99_ms": round(each[int(len(each) * 0.99) - 1] * 1000, 2),
        "statements": round(sum(sample.statements for sample in samples) / len(each), 2),
        "baseline_per_second": round(baseline, 1),
        "ratio_to_baseline": round(per_second / baseline, 3),
        "state_bytes": max(sample.state_bytes for sample in samples),
    }


def _in_processes(function: Callable[..., Any], number: int, arguments: tuple[Any, ...]) -> list[Any]:
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(function, *arguments) for _ in range(number)]]


def _complete_many(url: str, deployment_id: int, count: int) -> Sample:
    """Start as many cases as it takes, then complete their tasks one transaction each, going round the cases."""
    db.configure(url)
    cases = max(1, count // TASKS) + _WARM_UP
    instances = [_start(deployment_id, number) for number in range(cases)]
    for instance in instances[:_WARM_UP]:
        _complete_next(instance)
    statements = 0

    def count_statement(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        nonlocal statements
        statements += not statement.startswith("BEGIN")

    event.listen(db.engine(), "before_cursor_execute", count_statement)
    each: list[float] = []
    while len(each) < count:
        for instance in instances[_WARM_UP:]:
            task_id = _open_task(instance)
            statements -= 1  # looking for the task is the bench's own doing
            started = time.perf_counter()
            _complete(task_id)
            each.append(time.perf_counter() - started)
            if len(each) == count:
                break
    seconds = sum(each)
    event.remove(db.engine(), "before_cursor_execute", count_statement)
    with db.unit_of_work(read_only=True) as session:
        size = session.scalar(sa.select(sa.func.max(sa.func.length(ProcessInstance.state)))) or 0
    return Sample(seconds, each, statements, size)


def _start(deployment_id: int, number: int) -> int:
    with db.unit_of_work() as session:
        deployment = session.get_one(Deployment, deployment_id)
        key = f"bench-{number}-{clock.now().timestamp()}"
        return processes.start_instance(
            session, deployment=deployment, business_key=key, variables={}, actor="bench"
        ).instance_id


def _open_task(instance_id: int) -> str:
    with db.unit_of_work(read_only=True) as session:
        query = sa.select(UserTask.id).where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
        return session.scalars(query).one()


def _complete(task_id: str) -> None:
    with db.unit_of_work() as session:
        processes.complete_user_task(
            session,
            task_id=task_id,
            actor="bench",
            unit=None,
            submission={"opinion": "agreed"},
            variables={"decision": "go"},
        )


def _complete_next(instance_id: int) -> None:
    _complete(_open_task(instance_id))
