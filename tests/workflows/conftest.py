"""A county with the shipped procedure, and a hand that walks letters through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine import jobs
from engine.bpmn.bundle import load_directory
from engine.clock import ManualClock
from engine.demo.seed import load_reference
from engine.models.petition import Deadline, Escalation, Petition
from engine.models.process import Timer, UserTask
from engine.rules.access import Principal
from engine.services import cases, notes, petitions, procedures, tasks
from engine.vocabulary import DeadlineKind, PetitionType, Role, TaskStatus, TimerStatus

SHIPPED = Path(__file__).resolve().parents[2] / "workflows" / "petition"

REPLY = {
    "handling": "draft",
    "facts": "经核实，路灯线路老化。",
    "basis": "《城市道路照明设施管理规定》",
    "action": "已更换线路和灯具。",
    "next_step": "每周巡查一次。",
    "contact": "镇规划办 0719-1234567",
    "outcome": "support",
    "public_text": "路灯已修复。",
}
Uow = Callable[[], AbstractContextManager[Session]]


def moment(text: str) -> datetime:
    """A local time such as ``2020-03-02 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=clocks.ZONE)


class Letter:
    """One letter on its way; every step is a command in a transaction of its own."""

    def __init__(self, uow: Uow, clock: ManualClock, content: str, kind: PetitionType, **more: str | bool) -> None:
        self.uow, self.clock = uow, clock
        with uow() as session:
            letter = petitions.Letter(
                title="路灯不亮", content=content, type=kind, name="王小明", phone="13800000000", **more
            )
            receipt = petitions.submit_petition(session, letter=letter)
            self.number, self.query_code = receipt.petition.number, receipt.query_code
            self.id, self.instance_id = receipt.petition.id, receipt.petition.instance_id

    def petition(self) -> Petition:
        with self.uow() as session:
            return session.get_one(Petition, self.id)

    def open_tasks(self) -> list[UserTask]:
        with self.uow() as session:
            query = sa.select(UserTask).where(
                UserTask.instance_id == self.instance_id, UserTask.status == TaskStatus.OPEN
            )
            return list(session.scalars(query.order_by(UserTask.opened_at, UserTask.element_id)))

    def open(self) -> list[str]:
        return [task.element_id for task in self.open_tasks()]

    def task(self, element: str) -> UserTask:
        return next(task for task in self.open_tasks() if task.element_id == element)

    def do(self, element: str, by: str | None = None, **submission: object) -> None:
        """Complete the open task ``element`` as somebody of its role and unit."""
        task = self.task(element)
        who = by or f"{task.role}{task.unit_code or ''}"
        with self.uow() as session:
            principal = Principal(1, who, frozenset({Role(task.role)}), task.unit_code)
            tasks.complete_task(session, task_id=task.id, principal=principal, submission=submission)

    def to_unit(self, unit: str = "T01", *assisting: str, classification: str = "forward") -> None:
        """Classify and forward."""
        self.do("classify", petition_type="help", category="transport", topic=None, classification=classification)
        self.do("forward", dispatching="forward", unit=unit, assisting_units=list(assisting), opinion="请办理")

    def to_handling(self, unit: str = "T01") -> None:
        self.to_unit(unit)
        self.do("accept", acceptance="accept")

    def to_review(self) -> None:
        self.do("investigate", **REPLY)
        self.do("sign_off", sign_off="approve")

    def through_review(self, *, publish: bool = True) -> None:
        self.do("first_review", first_review="pass")
        self.do("final_review", final_review="pass", publish=publish)

    def tell(self, action: Callable[..., object], **more: str) -> None:
        with self.uow() as session:
            action(session, petition=session.get_one(Petition, self.id), **more)

    def wait_until(self, text: str) -> list[str]:
        """Let time pass, firing every timer of the case when it is due; return the timers that fired, in order."""
        end, fired = moment(text), []
        while timer := self._next_timer(end):
            self.clock.set(max(timer.due_at, self.clock.now()))  # type: ignore[type-var]
            assert jobs.fire_timer(timer.id)
            fired.append(timer.element_id)
        self.clock.set(end)
        return fired

    def _next_timer(self, end: datetime) -> Timer | None:
        with self.uow() as session:
            due = (Timer.instance_id == self.instance_id, Timer.status == TimerStatus.ARMED, Timer.due_at <= end)
            return session.scalars(sa.select(Timer).where(*due).order_by(Timer.due_at, Timer.id).limit(1)).first()

    def deadline(self, kind: DeadlineKind) -> datetime | None:
        """The deadline of ``kind`` in force."""
        with self.uow() as session:
            query = sa.select(Deadline).where(
                Deadline.petition_id == self.id, Deadline.kind == kind, Deadline.replaced_at.is_(None)
            )
            row = session.scalars(query.order_by(Deadline.id.desc()).limit(1)).one()
            return None if row.due_at is None else clocks.local(row.due_at)

    def rungs(self) -> list[tuple[str, str]]:
        with self.uow() as session:
            query = sa.select(Escalation).where(Escalation.petition_id == self.id).order_by(Escalation.id)
            return [(each.clock, each.rung) for each in session.scalars(query)]

    def notes(self, kind: str) -> list[str]:
        with self.uow() as session:
            return [note.text for note in notes.of_petition(session, petition_id=self.id) if note.kind == kind]

    def history(self) -> list[str]:
        with self.uow() as session:
            return [
                event.kind for event in cases.open_file(session, petition=session.get_one(Petition, self.id)).history
            ]

    def data(self, kind: str) -> Mapping[str, Any]:
        """The data of the last history event of ``kind``."""
        with self.uow() as session:
            events = cases.open_file(session, petition=session.get_one(Petition, self.id)).history
            return [event.data for event in events if event.kind == kind][-1]


@pytest.fixture
def county(uow: Uow, clock: ManualClock) -> Uow:
    """Units, categories, calendar and the shipped procedure; it is Monday, 2 March 2020, nine o'clock."""
    clock.set(moment("2020-03-02 09:00"))
    with uow() as session:
        load_reference(session)
        procedures.publish(session, files=load_directory(SHIPPED), actor="editor1", note="shipped")
    return uow


@pytest.fixture
def submit(county: Uow, clock: ManualClock) -> Callable[..., Letter]:
    """Submit a letter to the county."""

    def submit(
        content: str = "村口路灯坏了一个月。", kind: PetitionType = PetitionType.HELP, **more: str | bool
    ) -> Letter:
        return Letter(county, clock, content, kind, **more)

    return submit
