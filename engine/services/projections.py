"""Projections: a case's user tasks and timers as indexed tables, written in the command's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.db import table_of
from engine.models.process import Timer, UserTask
from engine.vocabulary import TaskStatus, TimerStatus

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.bpmn.runner import Advance, OpenTask, WaitingTimer

_TASKS, _TIMERS = table_of(UserTask), table_of(Timer)
_CLOSE_TASKS = (
    _TASKS.update().where(_TASKS.c.id.in_(sa.bindparam("ids", expanding=True))).values(status=TaskStatus.CANCELLED)
)
_CLOSE_TIMERS = (
    _TIMERS.update().where(_TIMERS.c.id.in_(sa.bindparam("ids", expanding=True))).values(status=TimerStatus.CANCELLED)
)
_MOVE_TASK = _TASKS.update().where(_TASKS.c.id == sa.bindparam("identity")).values(due_at=sa.bindparam("due"))
_MOVE_TIMER = (
    _TIMERS.update()
    .where(_TIMERS.c.id == sa.bindparam("identity"))
    .values(due_at=sa.bindparam("due"), status=sa.bindparam("armed"))
)
_OPEN_TASK, _ARM_TIMER = _TASKS.insert(), _TIMERS.insert()


def write(session: Session, *, instance_id: int, advance: Advance, now: datetime) -> None:
    """Write what a command changed: at most one statement per table and kind of change."""
    _write_tasks(session, instance_id, advance, now)
    _write_timers(session, instance_id, advance, now)


def cancel_all(session: Session, *, instance_id: int) -> None:
    """Cancel whatever is still open or waiting in a case."""
    connection = session.connection()
    open_tasks = (_TASKS.c.instance_id == instance_id, _TASKS.c.status == TaskStatus.OPEN)
    waiting = (_TIMERS.c.instance_id == instance_id, _TIMERS.c.status.in_([TimerStatus.ARMED, TimerStatus.SLEEPING]))
    connection.execute(sa.update(_TASKS).where(*open_tasks).values(status=TaskStatus.CANCELLED))
    connection.execute(sa.update(_TIMERS).where(*waiting).values(status=TimerStatus.CANCELLED))


def _write_tasks(session: Session, instance_id: int, advance: Advance, now: datetime) -> None:
    connection = session.connection()
    if advance.closed:
        connection.execute(_CLOSE_TASKS, {"ids": advance.closed})
    if advance.moved:
        connection.execute(_MOVE_TASK, [{"identity": identity, "due": due} for identity, due in advance.moved.items()])
    if advance.opened:
        connection.execute(_OPEN_TASK, [_task_row(task, instance_id, now) for task in advance.opened])


def _task_row(task: OpenTask, instance_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id": task.id,
        "instance_id": instance_id,
        "process_id": task.process,
        "element_id": task.element,
        "name": task.name,
        "role": task.role,
        "unit_code": task.unit,
        "form": task.form,
        "not_done_by": task.not_done_by,
        "context": dict(task.context),
        "opened_at": now,
        "due_at": task.due_at,
        "status": TaskStatus.OPEN,
    }


def _write_timers(session: Session, instance_id: int, advance: Advance, now: datetime) -> None:
    connection = session.connection()
    if advance.disarmed:
        connection.execute(_CLOSE_TIMERS, {"ids": advance.disarmed})
    if advance.rearmed:
        moved = [{"identity": identity, "due": due, "armed": _armed(due)} for identity, due in advance.rearmed.items()]
        connection.execute(_MOVE_TIMER, moved)
    if advance.armed:
        connection.execute(_ARM_TIMER, [_timer_row(timer, instance_id, now) for timer in advance.armed])


def _timer_row(timer: WaitingTimer, instance_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id": timer.id,
        "instance_id": instance_id,
        "process_id": timer.process,
        "element_id": timer.element,
        "name": timer.name,
        "expression": timer.text,
        "status": _armed(timer.due_at),
        "due_at": timer.due_at,
        "armed_at": now,
    }


def _armed(due: datetime | None) -> TimerStatus:
    return TimerStatus.SLEEPING if due is None else TimerStatus.ARMED
