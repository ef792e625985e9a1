"""Cases from the staff's side: find them, read them whole, see them on the diagram, unmask the petitioner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine.errors import Forbidden, NotFound
from engine.models.petition import Assignment, Escalation, Petition, Rating, Reply
from engine.models.process import Deployment, ProcessInstance, UserTask
from engine.rules.access import CaseFacts, Principal, may_see_identity
from engine.rules.masking import mask_name, mask_phone
from engine.services import history, ledger, notes, procedures, processes
from engine.services.scopes import visible_petitions
from engine.vocabulary import PetitionType, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine.models.history import HistoryEvent
    from engine.models.petition import Deadline, Note


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What to look for; empty fields do not narrow."""

    text: str = ""
    stage: str | None = None
    unit: str | None = None
    type: str | None = None
    topic: str | None = None
    received_from: datetime | None = None
    received_before: datetime | None = None
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CasePage:
    """A page of cases and how many there are in all."""

    rows: Sequence[Petition]
    total: int


@dataclass(frozen=True)
class CaseFile:
    """Everything the case page shows."""

    petition: Petition
    tasks: Sequence[UserTask]
    history: Sequence[HistoryEvent]
    deadlines: Sequence[Deadline]
    replies: Sequence[Reply]
    notes: Sequence[Note]
    escalations: Sequence[Escalation]
    ratings: Sequence[Rating]
    assignments: Sequence[Assignment]


@dataclass(frozen=True)
class Sheet:
    """One process of the procedure as a drawing, with the nodes passed and the nodes where the case stands now."""

    process: str
    name: str
    file: str
    passed: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)


def list_cases(
    session: Session, *, principal: Principal, query: CaseFilter, limit: int = 50, offset: int = 0
) -> CasePage:
    """Return the cases ``principal`` may see that match ``query``, newest first."""
    where = [visible_petitions(principal), *_conditions(query)]
    total = session.scalar(sa.select(sa.func.count()).select_from(Petition).where(*where)) or 0
    rows = (
        sa.select(Petition)
        .where(*where)
        .order_by(Petition.received_at.desc(), Petition.id.desc())
        .limit(limit)
        .offset(offset)
    )
    related = (joinedload(Petition.unit), joinedload(Petition.category), joinedload(Petition.topic))
    return CasePage(session.scalars(rows.options(*related)).unique().all(), total)


def _conditions(query: CaseFilter) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if query.text:
        literal = query.text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = f"%{literal}%"
        columns = (Petition.number, Petition.title, Petition.content)
        where.append(sa.or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    for column, value in (
        (Petition.stage, query.stage),
        (Petition.unit_code, query.unit),
        (Petition.type, query.type),
        (Petition.topic_code, query.topic),
    ):
        if value:
            where.append(column == value)
    if query.received_from is not None:
        where.append(Petition.received_at >= query.received_from)
    if query.received_before is not None:
        where.append(Petition.received_at < query.received_before)
    if query.numbers:
        where.append(Petition.number.in_(query.numbers))
    return where


def get_case(session: Session, *, number: str, principal: Principal) -> Petition:
    """Return a case ``principal`` may see.

    Raises:
        NotFound: there is none, or it is none of their business.

    """
    query = sa.select(Petition).where(Petition.number == number, visible_petitions(principal))
    petition = session.scalars(query).first()
    if petition is None:
        raise NotFound(f"There is no case {number}.", message_zh="没有找到该信件,或您无权查看。", number=number)
    return petition


def open_file(session: Session, *, petition: Petition) -> CaseFile:
    """Return everything that hangs on a case."""
    instance = petition.instance_id or 0
    tasks = sa.select(UserTask).where(UserTask.instance_id == instance).order_by(UserTask.opened_at, UserTask.id)

    def mine(model: type[Any]) -> Sequence[Any]:
        return session.scalars(sa.select(model).where(model.petition_id == petition.id).order_by(model.id)).all()

    return CaseFile(
        petition=petition,
        tasks=session.scalars(tasks).all(),
        history=history.of_instance(session, instance_id=instance),
        deadlines=ledger.of_petition(session, petition_id=petition.id),
        replies=mine(Reply),
        notes=notes.of_petition(session, petition_id=petition.id),
        escalations=mine(Escalation),
        ratings=mine(Rating),
        assignments=mine(Assignment),
    )


def sheets_of(session: Session, *, file: CaseFile) -> list[Sheet]:
    """Return the drawings the case has touched, the one where it stands first."""
    procedure = procedures.of_instance(session, instance_id=file.petition.instance_id or 0)
    nodes = procedure.nodes
    names = {node.process: node.file for node in nodes.values()}
    sheets = {process: Sheet(process, procedure.titles[process], source) for process, source in names.items()}
    for event in file.history:
        for element in event.data.get("path", ()):
            if element in nodes and element not in sheets[nodes[element].process].passed:
                sheets[nodes[element].process].passed.append(element)
    for task in file.tasks:
        if task.status == TaskStatus.OPEN:
            sheets[nodes[task.element_id].process].current.append(task.element_id)
    touched = [sheet for sheet in sheets.values() if sheet.passed or sheet.current]
    return sorted(touched, key=lambda sheet: (not sheet.current, sheet.process))


def diagram(session: Session, *, petition: Petition, file: str) -> str:
    """Return a drawing (BPMN XML) of the version a case runs on.

    Raises:
        NotFound: the version has no such file.

    """
    query = sa.select(Deployment.files).join(ProcessInstance, ProcessInstance.deployment_id == Deployment.id)
    files = session.scalars(query.where(ProcessInstance.id == petition.instance_id)).one()
    if file not in files or not file.endswith(".bpmn"):
        raise NotFound(f"There is no diagram {file}.", message_zh="没有该流程图。", file=file)
    return str(files[file])


def facts_of(session: Session, *, petition: Petition) -> CaseFacts:
    """Return what access to a case depends on."""
    rows = session.execute(
        sa.select(Assignment.unit_code, Assignment.ended_at).where(Assignment.petition_id == petition.id)
    ).all()
    return CaseFacts(
        petition_type=PetitionType(petition.type),
        units=frozenset(code for code, ended in rows if ended is None),
        past_units=frozenset(code for code, ended in rows if ended is not None),
        complained_unit=petition.complained_unit_code,
    )


def masked_petitioner(petition: Petition) -> tuple[str, str]:
    """Return name and phone as shown by default; of who accuses (举报) nothing at all."""
    person = petition.petitioner
    if person is not None and petition.type == PetitionType.ACCUSATION:
        return "保密", ""
    return ("匿名", "") if person is None else (mask_name(person.name), mask_phone(person.phone))


def unmask_petitioner(
    session: Session, *, petition: Petition, principal: Principal, reason: str
) -> tuple[str, str, str]:
    """Return name, phone and address in clear, and log who looked and why (个人信息保护法).

    Raises:
        Forbidden: ``principal`` has no business with the petitioner's identity.

    """
    if not may_see_identity(principal, facts_of(session, petition=petition)):
        raise Forbidden("You may not see who wrote this letter.", message_zh="您无权查看来信人身份信息。")
    processes.note_in_history(
        session,
        instance_id=petition.instance_id or 0,
        kind="petitioner_unmasked",
        actor=principal.username,
        unit=principal.unit,
        reason=reason,
    )
    person = petition.petitioner
    return ("匿名", "", "") if person is None else (person.name, person.phone, person.address)
