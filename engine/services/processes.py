"""Load, lock, advance, save: the one road from the database into ``engine.bpmn.runner`` and back.

Every function is one command on one case. It takes the row lock, lets the runner act, and writes state, user tasks,
timers and history in a fixed number of statements (see tests/services/test_statements.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import clock
from engine.bpmn import runner
from engine.bpmn.case import Environment
from engine.db import table_of
from engine.errors import Conflict, NotFound
from engine.models.process import Deployment, ProcessInstance, Timer, UserTask
from engine.services import history, procedures, projections
from engine.services.calendars import working_calendar
from engine.services.commands import EFFECTS, SYSTEM, Command
from engine.services.history import Entry
from engine.vocabulary import InstanceStatus, TaskStatus, TimerStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Row
    from sqlalchemy.orm import Session

    from engine.bpmn.parser import Procedure


@dataclass(frozen=True)
class Started:
    """A case that has just been started."""

    instance_id: int
    advance: runner.Advance


@dataclass(frozen=True)
class Locked:
    """An instance row under lock, as the command found it."""

    id: int
    deployment_id: int
    business_key: str
    state: bytes
    revision: int
    history_seq: int
    history_head: str


# Statements are built once: on the hot path building them would cost more than running them.
_INSTANCE = (
    ProcessInstance.id,
    ProcessInstance.deployment_id,
    ProcessInstance.business_key,
    ProcessInstance.state,
    ProcessInstance.revision,
    ProcessInstance.history_seq,
    ProcessInstance.history_head,
    ProcessInstance.status,
    Deployment.content_hash,
)
_LOCK_INSTANCE = (
    sa.select(*_INSTANCE)
    .join(Deployment, Deployment.id == ProcessInstance.deployment_id)
    .with_for_update(of=ProcessInstance)
)
_LOCK_BY_ID = _LOCK_INSTANCE.where(ProcessInstance.id == sa.bindparam("identity"))
_LOCK_BY_TASK = (
    _LOCK_INSTANCE.add_columns(
        *(each.label(f"task_{each.key}") for each in (UserTask.element_id, UserTask.process_id, UserTask.context))
    )
    .join(UserTask, UserTask.instance_id == ProcessInstance.id)
    .where(UserTask.id == sa.bindparam("identity"))
)
_LOCK_BY_TIMER = (
    _LOCK_INSTANCE.add_columns(
        *(each.label(f"timer_{each.key}") for each in (Timer.due_at, Timer.element_id, Timer.process_id))
    )
    .join(Timer, Timer.instance_id == ProcessInstance.id)
    .where(Timer.id == sa.bindparam("identity"))
)
_TASKS, _TIMERS, _INSTANCES = table_of(UserTask), table_of(Timer), table_of(ProcessInstance)
_COMPLETE_TASK = (
    sa.update(_TASKS)
    .where(
        _TASKS.c.id == sa.bindparam("identity"),
        _TASKS.c.status == TaskStatus.OPEN,
        sa.or_(_TASKS.c.assignee.is_(None), _TASKS.c.assignee == sa.bindparam("completed_by")),
    )
    .values(
        status=sa.bindparam("done"),
        completed_at=sa.bindparam("completed_at"),
        completed_by=sa.bindparam("completed_by"),
        submission=sa.bindparam("submission"),
    )
)
_DUE = (_TIMERS.c.status == TimerStatus.ARMED, _TIMERS.c.due_at <= sa.bindparam("now"))
_FIRE_TIMER = (
    sa.update(_TIMERS)
    .where(_TIMERS.c.id == sa.bindparam("identity"), *_DUE)
    .values(status=TimerStatus.FIRED, fired_at=sa.bindparam("now"))
)
_WRITE_INSTANCE = (
    sa.update(_INSTANCES)
    .where(_INSTANCES.c.id == sa.bindparam("identity"), _INSTANCES.c.revision == sa.bindparam("found"))
    .values(
        {
            name: sa.bindparam(name)
            for name in ("revision", "state", "status", "ended_at", "history_seq", "history_head")
        }
    )
)


def start_instance(
    session: Session, *, deployment: Deployment, business_key: str, variables: Mapping[str, Any], actor: str
) -> Started:
    """Start a case on ``deployment`` and run it to its first wait states."""
    procedure = procedures.parsed(session, deployment_id=deployment.id, content_hash=deployment.content_hash)
    now = clock.now()
    instance = ProcessInstance(deployment_id=deployment.id, business_key=business_key, state=b"", started_at=now)
    session.add(instance)
    session.flush()
    command = Command(session, procedure, working_calendar(session), now, business_key, actor)
    locked = Locked(instance.id, deployment.id, business_key, b"", instance.revision, 0, "")
    advance = runner.start(procedure, _environment(command), variables)
    _save(
        command,
        locked,
        advance,
        Entry("case_started", now, actor, data={"version": deployment.version, "path": advance.path}),
    )
    session.expire(instance)
    return Started(locked.id, advance)


def complete_user_task(
    session: Session,
    *,
    task_id: str,
    actor: str,
    unit: str | None,
    submission: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> runner.Advance:
    """Complete an open user task with what was submitted; ``variables`` are the routing choices among it.

    Raises:
        NotFound: there is no such task.
        Conflict: it is no longer open.

    """
    row, procedure = _lock(session, _LOCK_BY_TASK, what="task", identity=task_id)
    command = _command(session, row, procedure, actor, unit)
    command.submission, command.context = submission, row.task_context
    done = {"done": TaskStatus.COMPLETED, "completed_at": command.now, "completed_by": actor, "submission": submission}
    # The row was read before the lock was ours, so the update itself has to ask whether the task is still open.
    if session.connection().execute(_COMPLETE_TASK, {"identity": task_id, **done}).rowcount != 1:
        raise Conflict(
            "This task has already been dealt with.", message_zh="该任务已被办理,请刷新页面查看最新状态。", task=task_id
        )
    advance = runner.complete(procedure, _environment(command), row.state, task_id, variables)
    entry = Entry(
        "task_completed",
        command.now,
        actor,
        unit,
        row.task_process_id,
        row.task_element_id,
        {"path": advance.path, "task": task_id, "submission_sha256": history.digest(dict(submission))},
    )
    advance.closed = [each for each in advance.closed if each != task_id]
    _save(command, _locked(row), advance, entry)
    return advance


def send_message(
    session: Session,
    *,
    instance_id: int,
    message: str,
    actor: str,
    unit: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> runner.Advance:
    """Deliver ``message`` with ``payload`` (read by the effects that follow) to a case.

    Raises:
        runner.NobodyWaits: the case does not wait for it.

    """
    row, procedure = _lock(session, _LOCK_BY_ID, what="instance", identity=instance_id)
    command = _command(session, row, procedure, actor, unit)
    command.submission = payload or {}
    advance = runner.catch(procedure, _environment(command), row.state, message)
    entry = Entry(
        "message_received",
        command.now,
        actor,
        unit,
        data={"message": message, "path": advance.path, "payload_sha256": history.digest(dict(payload or {}))},
    )
    _save(command, _locked(row), advance, entry)
    return advance


def fire_timer(session: Session, *, timer_id: str) -> runner.Advance | None:
    """Fire a due timer; ``None`` when it no longer waits or is not due (fired before, cancelled or moved meanwhile)."""
    row, procedure = _lock(session, _LOCK_BY_TIMER, what="timer", identity=timer_id, must_run=False)
    command = _command(session, row, procedure, SYSTEM, None)
    if row.status != InstanceStatus.ACTIVE:
        return None
    if session.connection().execute(_FIRE_TIMER, {"identity": timer_id, "now": command.now}).rowcount != 1:
        return None
    advance = runner.fire(procedure, _environment(command), row.state, timer_id)
    data = {"path": advance.path, "due": row.timer_due_at.isoformat()}
    entry = Entry("timer_fired", command.now, SYSTEM, None, row.timer_process_id, row.timer_element_id, data)
    advance.disarmed = [each for each in advance.disarmed if each != timer_id]
    _save(command, _locked(row), advance, entry)
    return advance


def note_in_history(
    session: Session, *, instance_id: int, kind: str, actor: str, unit: str | None = None, **data: object
) -> None:
    """Add an event to a case's history that does not move the case, under the same lock as one that does."""
    query = sa.select(ProcessInstance).where(ProcessInstance.id == instance_id).with_for_update()
    instance = session.scalars(query.execution_options(populate_existing=True)).one()
    entry = Entry(kind, clock.now(), actor, unit, data=data)
    seq, head = instance.history_seq, instance.history_head
    seq, head = history.append(session, instance_id=instance_id, seq=seq, head=head, entries=[entry])
    instance.history_seq, instance.history_head = seq, head
    instance.revision += 1


def cancel_instance(session: Session, *, instance_id: int, actor: str, reason: str) -> None:
    """End a case without running it on: its tasks and timers are cancelled, the reason is kept."""
    row, procedure = _lock(session, _LOCK_BY_ID, what="instance", identity=instance_id)
    command = _command(session, row, procedure, actor, None)
    now = command.now
    entry = Entry("case_cancelled", now, actor, data={"reason": reason})
    seq, head = history.append(session, instance_id=row.id, seq=row.history_seq, head=row.history_head, entries=[entry])
    projections.cancel_all(session, instance_id=row.id)
    _write_instance(
        session,
        _locked(row),
        state=row.state,
        status=InstanceStatus.CANCELLED,
        ended_at=now,
        history_seq=seq,
        history_head=head,
    )


def _lock(
    session: Session, query: sa.Select[*tuple[Any, ...]], *, what: str, identity: object, must_run: bool = True
) -> tuple[Row[*tuple[Any, ...]], Procedure]:
    row = session.execute(query, {"identity": identity}).one_or_none()
    if row is None:
        raise NotFound(f"There is no {what} {identity}.", message_zh="没有找到该任务或案件。", **{what: identity})
    if must_run and row.status != InstanceStatus.ACTIVE:
        raise Conflict("This case has ended.", message_zh="该件已办结,不能再办理。", instance=row.id)
    return row, procedures.parsed(session, deployment_id=row.deployment_id, content_hash=row.content_hash)


def _locked(row: Row[*tuple[Any, ...]]) -> Locked:
    return Locked(
        row.id, row.deployment_id, row.business_key, row.state, row.revision, row.history_seq, row.history_head
    )


def _command(
    session: Session, row: Row[*tuple[Any, ...]], procedure: Procedure, actor: str, unit: str | None
) -> Command:
    return Command(session, procedure, working_calendar(session), clock.now(), row.business_key, actor, unit)


def _environment(command: Command) -> Environment:
    def perform(
        name: str, parameters: Mapping[str, object], variables: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        command.variables = variables
        return EFFECTS[name](command, parameters)

    return Environment(command.now, command.calendar, perform)


def _save(command: Command, locked: Locked, advance: runner.Advance, entry: Entry) -> None:
    """Write everything a command changed: at most one statement per table and kind of change."""
    session, now = command.session, command.now
    entries = [entry, *command.entries]
    if advance.ended:
        entries.append(Entry("case_ended", now, command.actor))
    session.flush()
    projections.write(session, instance_id=locked.id, advance=advance, now=now)
    seq, head = history.append(
        session, instance_id=locked.id, seq=locked.history_seq, head=locked.history_head, entries=entries
    )
    _write_instance(
        session,
        locked,
        state=advance.state,
        status=InstanceStatus.ENDED if advance.ended else InstanceStatus.ACTIVE,
        ended_at=now if advance.ended else None,
        history_seq=seq,
        history_head=head,
    )


def _write_instance(session: Session, locked: Locked, **values: object) -> None:
    found = {"identity": locked.id, "found": locked.revision, "revision": locked.revision + 1}
    if session.connection().execute(_WRITE_INSTANCE, {**found, **values}).rowcount != 1:
        raise Conflict(
            "Somebody else changed this case meanwhile.",
            message_zh="该件刚被他人处理,请刷新后重试。",
            instance=locked.id,
        )
