"""Run a letter through the real engine under a simulated clock: every step is a command of the services.

What happens when is planned by ``desk``; timers fire when they are due, as the ticker would have them. Nothing is
written here but through the services.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.clock import ManualClock
from engine.demo.desk import Completion, Desk, Remark, Saying
from engine.demo.letters import DemoLetter
from engine.demo.submissions import Work
from engine.models.petition import Escalation, Petition
from engine.models.process import Timer, UserTask
from engine.rules.access import Principal
from engine.services import petitions, processes, tasks
from engine.services.petitions import CITIZEN, Receipt
from engine.vocabulary import Channel, Rung, TaskStatus, TimerStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Who enters a letter that does not come from the citizen's own hand.
_ENTERED_BY: Final[Mapping[str, str]] = {
    Channel.CITY_PORTAL: "import",
    Channel.PHONE: "intake1",
    Channel.VISIT: "intake2",
}
_LEADER: Final = "leader1"

# Built once: they are asked after every command.
_OPEN_TASKS: Final = (
    sa.select(UserTask.id, UserTask.element_id, UserTask.role, UserTask.unit_code, UserTask.opened_at, UserTask.context)
    .where(UserTask.instance_id == sa.bindparam("instance"), UserTask.status == TaskStatus.OPEN)
    .order_by(UserTask.opened_at, UserTask.element_id, UserTask.unit_code)
)
_NEXT_TIMER: Final = (
    sa.select(Timer.id, Timer.due_at)
    .where(
        Timer.instance_id == sa.bindparam("instance"),
        Timer.status == TimerStatus.ARMED,
        Timer.due_at <= sa.bindparam("until"),
    )
    .order_by(Timer.due_at, Timer.element_id)
    .limit(1)
)


@dataclass
class _Case:
    """One letter on its way: what is known of its open tasks and planned for them."""

    session: Session
    clock: ManualClock
    petition: Petition
    desk: Desk
    open: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    agenda: list[tuple[datetime, int, Completion | Remark]] = field(default_factory=list)

    @property
    def instance(self) -> int:
        return self.petition.instance_id or 0


def run_letter(
    session: Session, *, letter: DemoLetter, clock: ManualClock, until: datetime, staff: Mapping[str, Principal]
) -> Receipt:
    """Submit ``letter`` when it was received and let everybody work on it until ``until``; return its receipt."""
    clock.set(letter.received_at)
    target = None if letter.merges_into is None else _number_of(session, letter.merges_into)
    choice = Random(letter.key).choice  # noqa: S311 - the demo's receipts may be known
    actor = _ENTERED_BY.get(letter.letter.channel, CITIZEN)
    receipt = petitions.submit_petition(session, letter=letter.letter, actor=actor, choose=choice)
    case = _Case(session, clock, receipt.petition, Desk(letter, merge_target=target))
    _plan(case)
    while _advance(case, until=until, staff=staff):
        _plan(case)
    return receipt


def _number_of(session: Session, upstream: str) -> str | None:
    return session.scalar(sa.select(Petition.number).where(Petition.upstream_number == upstream))


def _plan(case: _Case) -> None:
    """Put on the agenda what will be done about the tasks that have opened."""
    rows = case.session.execute(_OPEN_TASKS, {"instance": case.instance}).all()
    case.open = {row.id for row in rows}
    for row in rows:
        if row.id not in case.planned:
            case.planned.add(row.id)
            rung = _rung_of(case.session, row.context)
            work = Work(row.id, row.element_id, row.role, row.unit_code, row.opened_at, rung)
            for act in case.desk.plan(work):
                heapq.heappush(case.agenda, (act.at, len(case.planned) * 10 + len(case.agenda), act))


def _rung_of(session: Session, context: Mapping[str, object]) -> Rung | None:
    if "escalation_id" not in context:
        return None
    return Rung(session.scalars(sa.select(Escalation.rung).where(Escalation.id == context["escalation_id"])).one())


def _advance(case: _Case, *, until: datetime, staff: Mapping[str, Principal]) -> bool:
    """Let the next thing happen, if there is one until ``until``."""
    timer = case.session.execute(_NEXT_TIMER, {"instance": case.instance, "until": until}).one_or_none()
    act = case.agenda[0][-1] if case.agenda else None
    if timer is not None and (act is None or timer.due_at <= act.at):
        case.clock.set(max(timer.due_at, case.clock.now()))
        processes.fire_timer(case.session, timer_id=timer.id)
        return True
    if act is None or act.at > until:
        return False
    heapq.heappop(case.agenda)
    case.clock.set(act.at)
    if isinstance(act, Remark):
        _say(case, act)
    elif act.task in case.open:
        tasks.complete_task(case.session, task_id=act.task, principal=staff[act.username], submission=act.submission)
    return True


def _say(case: _Case, remark: Remark) -> None:
    session, petition = case.session, case.petition
    if remark.satisfaction is not None:
        petitions.rate_petition(session, petition=petition, satisfaction=remark.satisfaction, comment=remark.text)
    elif remark.saying == Saying.SUPPLEMENT:
        petitions.supplement_petition(session, petition=petition, text=remark.text)
    elif remark.saying == Saying.WITHDRAWAL:
        petitions.withdraw_petition(session, petition=petition, text=remark.text)
    else:
        petitions.instruct(session, petition=petition, text=remark.text, actor=_LEADER)
