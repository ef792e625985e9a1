"""User tasks: the desk's queues, claiming, completing. Who may do what is decided here on every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import clock
from engine.bpmn.forms import Form
from engine.errors import Conflict, Forbidden, NotFound
from engine.models.petition import Petition
from engine.models.process import UserTask
from engine.rules.access import Principal, may_work_task
from engine.services import procedures, processes
from engine.services.scopes import visible_petitions
from engine.vocabulary import Role, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.bpmn.runner import Advance

_UNIT_ROLES = (Role.HANDLER, Role.UNIT_HEAD)


@dataclass(frozen=True)
class DeskRow:
    """An open task with the petition it belongs to, as the desk shows it."""

    task: UserTask
    petition: Petition


@dataclass(frozen=True)
class TaskPage:
    """A page of the desk and how many rows there are in all."""

    rows: Sequence[DeskRow]
    total: int


def list_tasks(
    session: Session,
    *,
    principal: Principal,
    mine: bool = False,
    overdue: bool = False,
    element: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> TaskPage:
    """Return the open tasks ``principal`` may work on, due soonest first, undated last."""
    where = _workable(principal)
    if mine:
        where.append(UserTask.assignee == principal.username)
    if overdue:
        where.append(UserTask.due_at < clock.now())
    if element is not None:
        where.append(UserTask.element_id == element)
    joined = sa.select(UserTask, Petition).join(Petition, Petition.instance_id == UserTask.instance_id).where(*where)
    total = session.scalar(sa.select(sa.func.count()).select_from(joined.subquery())) or 0
    ordered = joined.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(limit).offset(offset)
    shown = ordered.options(joinedload(Petition.category), joinedload(Petition.unit))
    return TaskPage([DeskRow(task, petition) for task, petition in session.execute(shown)], total)


def count_queues(session: Session, *, principal: Principal) -> list[tuple[str, str, int, int]]:
    """Return ``(element, name, open, overdue)`` for every queue of ``principal`` that is not empty, by element."""
    late = sa.func.sum(sa.case((UserTask.due_at < clock.now(), 1), else_=0))
    query = sa.select(UserTask.element_id, sa.func.max(UserTask.name), sa.func.count(), late).where(
        *_workable(principal)
    )
    query = query.join(Petition, Petition.instance_id == UserTask.instance_id)
    grouped = query.group_by(UserTask.element_id).order_by(UserTask.element_id)
    return [(element, name, number, int(overdue or 0)) for element, name, number, overdue in session.execute(grouped)]


def _workable(principal: Principal) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a task is open and ``principal``'s to do."""
    role = UserTask.role.in_(sorted(principal.roles))
    unit = sa.or_(UserTask.unit_code.is_(None), UserTask.unit_code == principal.unit)
    return [UserTask.status == TaskStatus.OPEN, role, unit, visible_petitions(principal, involved_by_task=True)]


def get_task(session: Session, *, task_id: str, principal: Principal) -> DeskRow:
    """Return a task of a case ``principal`` may work on or see.

    Raises:
        NotFound: there is none, or it is none of their business.

    """
    query = (
        sa.select(UserTask, Petition)
        .join(Petition, Petition.instance_id == UserTask.instance_id)
        .where(UserTask.id == task_id)
    )
    row = session.execute(query.where(visible_petitions(principal))).one_or_none()
    if row is None:
        raise NotFound(f"There is no task {task_id}.", message_zh="没有找到该任务。", task=task_id)
    return DeskRow(row[0], row[1])


def may_work(principal: Principal, task: UserTask) -> bool:
    """Tell whether the task is open and ``principal`` of the right role and unit."""
    return task.status == TaskStatus.OPEN and may_work_task(principal, task.role, task.unit_code)


def claim_task(session: Session, *, task_id: str, principal: Principal) -> UserTask:
    """Take a task for oneself (签收).

    Raises:
        Conflict: a colleague has it, or it is no longer open.
        Forbidden: wrong role or unit.

    """
    task = _to_work_on(session, task_id=task_id, principal=principal)
    free = sa.or_(UserTask.assignee.is_(None), UserTask.assignee == principal.username)
    query = sa.update(UserTask).where(UserTask.id == task_id, UserTask.status == TaskStatus.OPEN, free)
    taken = session.execute(query.values(assignee=principal.username, claimed_at=clock.now()))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("A colleague has already taken this task.", message_zh="该任务已被同事签收。", task=task_id)
    session.refresh(task)
    return task


def unclaim_task(session: Session, *, task_id: str, principal: Principal) -> UserTask:
    """Give a task back to the queue; only whoever took it may.

    Raises:
        Conflict: the task is not theirs.

    """
    task = _to_work_on(session, task_id=task_id, principal=principal)
    if task.assignee != principal.username:
        raise Conflict(
            "This task is not yours to give back.", message_zh="该任务不在您名下,不能退回待办。", task=task_id
        )
    task.assignee = None
    task.claimed_at = None
    return task


def complete_task(session: Session, *, task_id: str, principal: Principal, submission: Mapping[str, Any]) -> Advance:
    """Complete a task with a validated submission: the fields the form marks as variables steer the case.

    Raises:
        Forbidden: wrong role or unit, or the four-eyes rule stands in the way.
        Conflict: it is done already, or a colleague has taken it.

    """
    task = _to_work_on(session, task_id=task_id, principal=principal)
    if task.assignee not in (None, principal.username):
        raise Conflict("A colleague has taken this task.", message_zh="该任务已被同事签收,不能代为办理。", task=task_id)
    if task.not_done_by and _has_done(session, task, principal.username):
        raise Forbidden(
            "Whoever did the step before may not do this one on the same case.",
            message_zh="同一件的初审与终审不得由同一人办理。",
            task=task_id,
        )
    form = form_of(session, task=task)
    # A field that was not shown was not answered: what the case knew of it stays.
    steering = form.variables if form is not None else ()
    variables = {field.key: submission[field.key] for field in steering if field.key in submission}
    return processes.complete_user_task(
        session,
        task_id=task_id,
        actor=principal.username,
        unit=principal.unit,
        submission=submission,
        variables=variables,
    )


def form_of(session: Session, *, task: UserTask) -> Form | None:
    """Return the form of a task in the version its case runs on."""
    if task.form is None:
        return None
    return procedures.of_instance(session, instance_id=task.instance_id).forms[task.form]


def _has_done(session: Session, task: UserTask, username: str) -> bool:
    done = (
        UserTask.instance_id == task.instance_id,
        UserTask.element_id == task.not_done_by,
        UserTask.completed_by == username,
    )
    return session.scalar(sa.select(UserTask.id).where(*done).limit(1)) is not None


def _to_work_on(session: Session, *, task_id: str, principal: Principal) -> UserTask:
    query = sa.select(UserTask).join(Petition, Petition.instance_id == UserTask.instance_id)
    query = query.where(UserTask.id == task_id, visible_petitions(principal, involved_by_task=True))
    task = session.scalars(query.execution_options(populate_existing=True)).first()
    if task is None:
        raise NotFound(f"There is no task {task_id}.", message_zh="没有找到该任务。", task=task_id)
    if not may_work_task(principal, task.role, task.unit_code):
        raise Forbidden(
            "This task belongs to another role or unit.", message_zh="该任务不属于您的岗位或单位。", task=task_id
        )
    if task.status != TaskStatus.OPEN:
        raise Conflict(
            "This task has already been dealt with.", message_zh="该任务已被办理,请刷新页面查看最新状态。", task=task_id
        )
    return task


def due_state_counts(session: Session, *, principal: Principal, soon: datetime) -> tuple[int, int, int]:
    """Return how many open tasks of ``principal`` there are in all, due before ``soon``, and overdue."""
    now = clock.now()
    overdue = sa.func.sum(sa.case((UserTask.due_at < now, 1), else_=0))
    near = sa.func.sum(sa.case((sa.and_(UserTask.due_at >= now, UserTask.due_at < soon), 1), else_=0))
    query = sa.select(sa.func.count(), near, overdue).where(*_workable(principal))
    total, close, late = session.execute(query.join(Petition, Petition.instance_id == UserTask.instance_id)).one()
    return int(total), int(close or 0), int(late or 0)
