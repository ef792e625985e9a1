"""Cases for the staff: find, read, unmask, and write what may be written on one at any time."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.auth import current_principal, require
from api.blueprints import Blueprint, done, reply
from api.schemas.cases import (
    CaseFileSchema,
    CasePageSchema,
    CaseQuerySchema,
    ConcernSchema,
    HistorySchema,
    InstructionSchema,
    ReasonSchema,
    UnmaskedSchema,
)
from engine.db import unit_of_work
from engine.services import cases, history, petitions
from engine.vocabulary import Role

blueprint = Blueprint("Cases", __name__, url_prefix="/petitions", description="What the staff sees of petitions.")

#: Who meets the petitioner or the letter at work; auditors change nothing.
CONCERNED = (
    Role.INTAKE,
    Role.DISPATCHER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.REVIEWER,
    Role.FINAL_REVIEWER,
    Role.FOLLOW_UP,
    Role.SUPERVISOR,
    Role.LEADER,
    Role.CONFIDENTIAL_OFFICER,
)


@blueprint.at("")
@require()
@blueprint.query(CaseQuerySchema)
@blueprint.answers(CasePageSchema)
def list_petitions(query: dict[str, Any]) -> Response:
    """List the cases one may see, newest first."""
    page = {"limit": query.pop("limit"), "offset": query.pop("offset")}
    wanted = cases.CaseFilter(**query)
    with unit_of_work(read_only=True) as session:
        found = cases.list_cases(session, principal=current_principal(), query=wanted, **page)
        return reply(CasePageSchema().dump({"items": found.rows, "total": found.total, **page}))


@blueprint.at("/<string:number>")
@require()
@blueprint.answers(CaseFileSchema)
def get_petition(number: str) -> Response:
    """Read a case whole; the petitioner is masked."""
    with unit_of_work(read_only=True) as session:
        petition = cases.get_case(session, number=number, principal=current_principal())
        return reply(CaseFileSchema().dump(cases.open_file(session, petition=petition)))


@blueprint.at("/<string:number>/history")
@require()
@blueprint.answers(HistorySchema)
def get_petition_history(number: str) -> Response:
    """Read a case's history, oldest first."""
    with unit_of_work(read_only=True) as session:
        petition = cases.get_case(session, number=number, principal=current_principal())
        events = history.of_instance(session, instance_id=petition.instance_id or 0)
        return reply(HistorySchema().dump({"items": events, "total": len(events)}))


@blueprint.at("/<string:number>/unmask", "POST")
@require()
@blueprint.body(ReasonSchema)
@blueprint.answers(UnmaskedSchema)
def unmask_petitioner(given: dict[str, Any], number: str) -> Response:
    """Read who wrote in clear.

    That one looked, and why, is written into the case's history.
    """
    who = current_principal()
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=who)
        shown = cases.unmask_petitioner(session, petition=petition, principal=who, reason=given["reason"])
    return reply(UnmaskedSchema().dump(dict(zip(("name", "phone", "address"), shown, strict=True))))


@blueprint.at("/<string:number>/instruction", "POST")
@require(Role.LEADER)
@blueprint.body(InstructionSchema)
@blueprint.answers(None, status=204)
def instruct(given: dict[str, Any], number: str) -> Response:
    """Write a leader's instruction on a case."""
    who = current_principal()
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=who)
        petitions.instruct(session, petition=petition, text=given["text"], actor=who.username)
    return done()


@blueprint.at("/<string:number>/crisis", "POST")
@require(*CONCERNED)
@blueprint.body(ConcernSchema)
@blueprint.answers(None, status=204)
def report_crisis(given: dict[str, Any], number: str) -> Response:
    """Report that somebody may end their life; a person confirms it within half an hour."""
    who = current_principal()
    with unit_of_work() as session:
        petition = cases.get_case(session, number=number, principal=who)
        petitions.report_crisis(session, petition=petition, text=given["text"], actor=who.username)
    return done()
