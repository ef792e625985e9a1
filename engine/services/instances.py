"""Read one process instance as the engine sees it: where it stands, on which version, what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import NotFound
from engine.models.petition import Petition
from engine.models.process import Deployment, ProcessInstance, Timer, UserTask
from engine.services.scopes import visible_petitions
from engine.vocabulary import TaskStatus, TimerStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.rules.access import Principal


@dataclass(frozen=True)
class Standing:
    """An instance, its version and petition, and the tasks and timers it waits for."""

    instance: ProcessInstance
    deployment: Deployment
    petition: Petition
    tasks: Sequence[UserTask]
    timers: Sequence[Timer]


def get_standing(session: Session, *, instance_id: int, principal: Principal) -> Standing:
    """Return where an instance of a case ``principal`` may see stands, what is due soonest first.

    Raises:
        NotFound: there is none, or it is none of their business.

    """
    query = (
        sa.select(ProcessInstance, Deployment, Petition)
        .join(Deployment, Deployment.id == ProcessInstance.deployment_id)
        .join(Petition, Petition.instance_id == ProcessInstance.id)
        .where(ProcessInstance.id == instance_id, visible_petitions(principal))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no instance {instance_id}.", message_zh="没有该流程实例。", instance=instance_id)
    tasks = sa.select(UserTask).where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
    waiting = Timer.status.in_([TimerStatus.ARMED, TimerStatus.SLEEPING])
    timers = sa.select(Timer).where(Timer.instance_id == instance_id, waiting)
    return Standing(
        *row,
        tasks=session.scalars(tasks.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)).all(),
        timers=session.scalars(timers.order_by(Timer.due_at.is_(None), Timer.due_at, Timer.id)).all(),
    )
