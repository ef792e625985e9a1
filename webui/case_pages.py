"""The page of a case: everything the templates show of it, gathered for whoever asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.rules.access import may_see_identity
from engine.rules.reply import ReplyParts, check_reply
from engine.services import cases, people, procedures
from engine.vocabulary import DeadlineKind, Role, TaskStatus
from webui import task_forms, timeline
from webui.submissions import read_options
from webui.task_forms import REPLY_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from engine.models.petition import Deadline, Petition, Reply
    from engine.models.process import UserTask
    from engine.rules.access import Principal
    from engine.rules.reply import ReplyWarning
    from engine.services.cases import CaseFile, Sheet
    from webui.task_forms import OpenTask
    from webui.timeline import Moment


@dataclass(frozen=True)
class Refused:
    """A submission that was refused: for which task, what was sent, and what is wrong with it."""

    task_id: str
    sent: MultiDict[str, str]
    errors: Mapping[str, str]
    problem: str | None = None


@dataclass(frozen=True)
class CasePage:
    """What the case page shows."""

    file: CaseFile
    petitioner: tuple[str, str]
    tasks: Sequence[OpenTask]
    moments: Sequence[Moment]
    sheets: Sequence[Sheet]
    clocks: Sequence[Deadline]
    names: Mapping[str, str]
    may_unmask: bool
    may_instruct: bool
    may_report: bool

    @property
    def petition(self) -> Petition:
        """Return the letter."""
        return self.file.petition

    @property
    def warnings(self) -> list[ReplyWarning]:
        """Return what the reply rules find in a reply that can still be changed."""
        reply = self.file.replies[-1] if self.file.replies else None
        return [] if reply is None or reply.published_at else check_reply(_parts(reply, self.petition))

    def task(self, task_id: str) -> OpenTask | None:
        """Return an open task; nothing when it was done meanwhile."""
        return next((task for task in self.tasks if task.task.id == task_id), None)

    @property
    def workable(self) -> list[OpenTask]:
        """Return the open tasks with a form to fill in."""
        return [task for task in self.tasks if task.workable]

    @property
    def waiting(self) -> list[OpenTask]:
        """Return the open tasks that are somebody else's."""
        return [task for task in self.tasks if not task.workable]

    @property
    def handed_over(self) -> Moment | None:
        """Return what was done last by whoever handed the case on."""
        return next((moment for moment in self.moments if moment.task), None)

    @property
    def stands(self) -> list[tuple[str, str, int]]:
        """Return the open steps as name, role or unit code, and how often: the diagram's marks in words."""
        where = Counter((task.task.name, task.task.unit_code or task.task.role) for task in self.tasks)
        return [(name, whose, number) for (name, whose), number in where.items()]

    @property
    def walked(self) -> list[str]:
        """Return the names of the steps done, in order: the diagram in words."""
        names = {task.id: task.name for task in self.file.tasks}
        return [names[event.data["task"]] for event in self.file.history if event.kind == "task_completed"]


def open_page(session: Session, *, number: str, principal: Principal, refused: Refused | None = None) -> CasePage:
    """Return the page of a case, with what was refused where something was."""
    petition = cases.get_case(session, number=number, principal=principal)
    file = cases.open_file(session, petition=petition)
    forms = procedures.of_instance(session, instance_id=petition.instance_id or 0).forms
    open_now = [task for task in file.tasks if task.status == TaskStatus.OPEN]
    reads_only = principal.roles <= {Role.AUDITOR}
    return CasePage(
        file=file,
        petitioner=cases.masked_petitioner(petition),
        # What was reached last is answered first: of two rungs of the ladder the higher.
        tasks=[_open(session, task, principal, file, refused) for task in reversed(open_now)],
        moments=timeline.tell(file, forms, read_options(session)),
        sheets=_sheets(session, file),
        clocks=_clocks(file),
        names=_names(session, file),
        may_unmask=petition.petitioner_id is not None
        and may_see_identity(principal, cases.facts_of(session, petition=petition)),
        may_instruct=Role.LEADER in principal.roles and petition.closed_at is None,
        may_report=petition.closed_at is None and not petition.crisis and not reads_only,
    )


def _open(session: Session, task: UserTask, principal: Principal, file: CaseFile, refused: Refused | None) -> OpenTask:
    if refused is None or task.id != refused.task_id:
        return task_forms.open_task(session, task=task, principal=principal, file=file)
    return task_forms.open_task(
        session,
        task=task,
        principal=principal,
        file=file,
        sent=refused.sent,
        errors=refused.errors,
        problem=refused.problem,
    )


def _parts(reply: Reply, petition: Petition) -> ReplyParts:
    person = petition.petitioner
    return ReplyParts(
        **{name: getattr(reply, name) for name in REPLY_PARTS},
        number=petition.number,
        petitioner_name=person.name if person else "",
        petitioner_phone=person.phone if person else "",
    )


def _sheets(session: Session, file: CaseFile) -> list[Sheet]:
    """Return the drawings, the one where the case stands first; of a case that has ended the one most walked."""
    sheets = cases.sheets_of(session, file=file)
    return sorted(sheets, key=lambda sheet: (not sheet.current, 0 if sheet.current else -len(sheet.passed)))


def _clocks(file: CaseFile) -> list[Deadline]:
    """Return the two clocks that run, or the last state of them: the platform's promise and the statute's limit."""
    in_force = {line.kind: line for line in file.deadlines if line.replaced_at is None}
    pairs = (
        (DeadlineKind.ACCEPT, DeadlineKind.REPLY),
        (DeadlineKind.STATUTORY_ACCEPT, DeadlineKind.STATUTORY_CONCLUDE),
    )
    shown = []
    for pair in pairs:
        lines = [in_force[kind] for kind in pair if kind in in_force]
        running = [line for line in lines if line.met_at is None]
        shown += running[:1] or lines[-1:]
    return shown


def _names(session: Session, file: CaseFile) -> Mapping[str, str]:
    actors = {event.actor for event in file.history} | {note.author for note in file.notes}
    actors |= {task.assignee for task in file.tasks if task.assignee}
    actors |= {reply.drafted_by for reply in file.replies}
    actors |= {escalation.answered_by for escalation in file.escalations if escalation.answered_by}
    return people.display_names(session, usernames=actors)
