"""What a supervisor watches: deadlines missed or about to be, and the rungs of the ladder that wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import clock
from engine.models.petition import Deadline, Escalation, Petition
from engine.models.process import UserTask
from engine.rules.deadlines import days_overdue
from engine.services.scopes import visible_petitions
from engine.vocabulary import DeadlineKind, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from engine.rules.access import Principal


@dataclass(frozen=True)
class Overdue:
    """A missed deadline of a case: 超期未受理 (accept) or 受理未按时回复 (reply), and by how many calendar days."""

    petition: Petition
    deadline: Deadline
    days: int


@dataclass(frozen=True)
class OpenEscalation:
    """A rung reached and the supervisor's task that answers it, if it is still open."""

    escalation: Escalation
    petition: Petition
    task: UserTask | None


def list_overdue(session: Session, *, principal: Principal, unit: str | None = None) -> list[Overdue]:
    """Return the missed acceptance and reply deadlines of running cases, longest first."""
    now = clock.now()
    query = (
        sa.select(Deadline, Petition)
        .join(Petition, Petition.id == Deadline.petition_id)
        .options(joinedload(Petition.unit))
        .where(
            Deadline.kind.in_([DeadlineKind.ACCEPT, DeadlineKind.REPLY]),
            Deadline.met_at.is_(None),
            Deadline.replaced_at.is_(None),
            Deadline.due_at < now,
            Petition.closed_at.is_(None),
            visible_petitions(principal),
        )
        .order_by(Deadline.due_at, Petition.id)
    )
    if unit is not None:
        query = query.where(Petition.unit_code == unit)
    found: dict[int, Overdue] = {}
    for deadline, petition in session.execute(query):
        # A case not yet accepted is late in accepting; that it is late in replying as well goes without saying.
        known = found.get(petition.id)
        if deadline.due_at is not None and (known is None or deadline.kind == DeadlineKind.ACCEPT):
            found[petition.id] = Overdue(petition, deadline, days_overdue(deadline.due_at, now))
    return list(found.values())


def list_escalations(
    session: Session, *, principal: Principal, answered: bool = False, limit: int = 200
) -> Sequence[OpenEscalation]:
    """Return the rungs reached, unanswered (or answered) ones, newest first."""
    ended = Escalation.answered_at.is_not(None) if answered else Escalation.answered_at.is_(None)
    query = (
        sa.select(Escalation, Petition)
        .join(Petition, Petition.id == Escalation.petition_id)
        .options(joinedload(Petition.unit))
        .where(ended, visible_petitions(principal))
        .order_by(Escalation.raised_at.desc(), Escalation.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    instances = {petition.instance_id for _escalation, petition in rows}
    open_tasks = sa.select(UserTask).where(UserTask.instance_id.in_(instances), UserTask.status == TaskStatus.OPEN)
    by_escalation = {
        task.context["escalation_id"]: task for task in session.scalars(open_tasks) if "escalation_id" in task.context
    }
    return [OpenEscalation(escalation, petition, by_escalation.get(escalation.id)) for escalation, petition in rows]
