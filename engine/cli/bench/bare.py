"""The baseline: the rows one completion writes, in one transaction, through the plain driver and nothing else."""

from __future__ import annotations

import time
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from engine import clock, db
from engine.models.process import ProcessInstance, Timer, UserTask

# Table and column names stand in the text below, every value is a parameter.
_TASK = (
    "INSERT INTO user_task (id, instance_id, process_id, element_id, name, role, context, status, opened_at, due_at)"
    " VALUES ({0}, {0}, 'six_tasks', 'task_1', 'Task 1', 'handler', '{{}}', 'open', {0}, {0})"
)
_TIMER = (
    "INSERT INTO timer (id, instance_id, process_id, element_id, name, expression, status, due_at, armed_at)"
    " VALUES ({0}, {0}, 'six_tasks', 'timer_1', 'timer_1', 'P2D', 'armed', {0}, {0})"
)
_LOCK = {
    "sqlite": "SELECT state, revision FROM process_instance WHERE id = ?",
    "postgresql": "SELECT state, revision FROM process_instance WHERE id = %s FOR UPDATE",
}
_DONE = "UPDATE user_task SET status = 'completed', completed_at = {0} WHERE id = {0}"
_CANCEL = "UPDATE timer SET status = 'cancelled' WHERE id = {0}"
_SAVE = "UPDATE process_instance SET state = {0}, revision = revision + 1 WHERE id = {0}"
_HISTORY = (
    "INSERT INTO history_event (instance_id, seq, at, kind, actor, data, hash)"
    " VALUES ({0}, {0}, {0}, 'task_completed', 'bench', '{{}}', {0})"
)


def bare_transactions(url: str, count: int, state_bytes: int) -> float:
    """Write ``count`` times what a completion writes, state included; return transactions per second."""
    db.configure(url)
    engine = db.engine()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    instance, task, timer, seq = _first_rows(state_bytes)
    moment: Any = clock.now()
    if engine.dialect.name == "sqlite":
        moment = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    state = b"x" * state_bytes
    raw = engine.raw_connection()
    begin = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else None
    cursor = raw.cursor()
    started = time.perf_counter()
    for _ in range(count):
        if begin:
            cursor.execute(begin)
        following, alarm, seq = uuid4().hex, uuid4().hex, seq + 1
        cursor.execute(_LOCK[engine.dialect.name], (instance,))
        cursor.fetchone()
        cursor.execute(_DONE.format(mark), (moment, task))
        cursor.execute(_TASK.format(mark), (following, instance, moment, moment))
        cursor.execute(_CANCEL.format(mark), (timer,))
        cursor.execute(_TIMER.format(mark), (alarm, instance, moment, moment))
        cursor.execute(_HISTORY.format(mark), (instance, seq, moment, uuid4().hex + uuid4().hex))
        cursor.execute(_SAVE.format(mark), (state, instance))
        cursor.execute("COMMIT") if begin else raw.commit()
        task, timer = following, alarm
    seconds = time.perf_counter() - started
    cursor.close()
    raw.close()
    return count / seconds


def _first_rows(state_bytes: int) -> tuple[int, str, str, int]:
    now = clock.now()
    with db.unit_of_work() as session:
        deployment = session.scalar(sa.text("SELECT max(id) FROM deployment"))
        instance = ProcessInstance(
            deployment_id=deployment, business_key="bare", state=b"x" * state_bytes, started_at=now
        )
        session.add(instance)
        session.flush()
        task, timer = uuid4().hex, uuid4().hex
        common = {"instance_id": instance.id, "process_id": "six_tasks"}
        session.add(
            UserTask(id=task, **common, element_id="task_1", name="Task 1", role="handler", context={}, opened_at=now)
        )
        due = now + timedelta(days=2)
        session.add(
            Timer(id=timer, **common, element_id="timer_1", name="timer_1", expression="P2D", due_at=due, armed_at=now)
        )
        return instance.id, task, timer, 0
