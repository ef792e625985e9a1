"""Effects from receipt to forwarding, and the ways a letter ends without a unit's reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import InvalidInput
from engine.models.people import Unit
from engine.models.petition import Assignment, Petition, Reply
from engine.services import ledger
from engine.services.commands import Command, effect
from engine.services.notes import add_note
from engine.vocabulary import DeadlineKind, PetitionType, Result, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


@effect
def register_case(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Start the statute's two clocks (条例 22, 23, 34)."""
    ledger.grant(command, DeadlineKind.STATUTORY_ACCEPT, step="statutory_accept", reason="received")
    ledger.grant(command, DeadlineKind.STATUTORY_CONCLUDE, step="statutory_conclude", reason="received")
    petition = command.petition
    command.record(
        "received", number=petition.number, channel=petition.channel, type=petition.type, topic=petition.topic_code
    )
    return {}


@effect
def mark_urgent(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Put the case on the urgent limits."""
    command.petition.urgent = True
    command.record("marked_urgent")
    return {"urgent": True}


@effect
def forward_petition(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Forward (转办) to the lead and assisting units; the unit's clocks start now, not at acceptance."""
    keep_classification(command)
    petition, variables = command.petition, command.variables
    unit = assignable_unit(command, str(variables["unit"] or ""))
    assisting = [
        assignable_unit(command, code, field="assisting_units").code
        for code in variables["assisting_units"] or []
        if code != unit.code
    ]
    assign(command, unit, assisting)
    petition.forwarded_at = command.now
    petition.stage = Stage.FORWARDED
    command.variables = {**variables, "multi_unit": bool(assisting)}
    command.record(
        "forwarded",
        unit=unit.code,
        unit_name=unit.name,
        topic=petition.topic_code,
        assisting=assisting or None,
        opinion=command.text("opinion") or None,
    )
    accept_due = ledger.grant(command, DeadlineKind.ACCEPT, step="accept", reason="forwarded", unit=unit.code)
    reply_due = ledger.grant(command, DeadlineKind.REPLY, step="reply", reason="forwarded", unit=unit.code)
    return {
        "assisting_units": assisting,
        "multi_unit": bool(assisting),
        "accept_due": accept_due.isoformat(),
        "reply_due": reply_due.isoformat(),
    }


def keep_classification(command: Command) -> None:
    """Copy what intake decided from the case's variables to the petition."""
    petition, variables = command.petition, command.variables
    petition.type = str(variables["petition_type"] or petition.type)
    petition.category_code = variables["category"] or petition.category_code
    petition.topic_code = variables["topic"] or None


def assignable_unit(command: Command, code: str, *, field: str = "unit") -> Unit:
    """Return the unit a case may be given to.

    Raises:
        InvalidInput: it does not exist, no longer works, or is the one complained of (举报 [domain: duties]).

    """
    unit = command.session.get(Unit, code) if code else None
    message = None
    if unit is None:
        message = ("Choose a unit.", "请选择承办单位。")
    elif not unit.active:
        message = (f"{unit.name} no longer takes cases.", f"“{unit.name}”已撤并,请选择其承接单位。")
    elif unit.code == command.petition.complained_unit_code and command.petition.type == PetitionType.ACCUSATION:
        message = (f"{unit.name} is the unit complained of.", f"“{unit.name}”是被反映单位,不能承办本件。")
    if unit is None or message is not None:
        english, chinese = message or ("", "")
        raise InvalidInput(english, message_zh=chinese, errors={field: chinese})
    return unit


def assign(command: Command, unit: Unit, assisting: list[str]) -> None:
    """End the present assignments and give the case to ``unit``, with ``assisting`` units beside it."""
    petition = command.petition
    running = sa.update(Assignment).where(Assignment.petition_id == petition.id, Assignment.ended_at.is_(None))
    command.session.execute(
        running.values(ended_at=command.now, end_reason="reassigned"), execution_options={"synchronize_session": False}
    )
    for code, lead in [(unit.code, True), *((each, False) for each in assisting)]:
        command.session.add(
            Assignment(
                petition_id=petition.id, unit_code=code, lead=lead, assigned_at=command.now, assigned_by=command.actor
            )
        )
    petition.unit_code = unit.code


@effect
def request_correction(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Ask the petitioner for what is missing (补正)."""
    keep_classification(command)
    command.petition.stage = Stage.CORRECTION
    add_note(command, "correction_request", command.text("reason"), public=True)
    command.record("correction_requested", reason=command.text("reason"))
    return {}


@effect
def close_unanswered_correction(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Treat a correction nobody answered as a withdrawal, with notice."""
    add_note(command, "notice", "您未在规定期限内补充材料,本件按撤回处理。如仍需反映,可重新提交。", public=True)
    close(command, Result.WITHDRAWN)
    command.record("treated_as_withdrawn")
    return {"result": Result.WITHDRAWN, "handling_result": Result.WITHDRAWN}


@effect
def notify_rejection(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Tell the petitioner why the letter is not taken up (不予受理告知)."""
    return _end_with_notice(command, Result.REJECTED, "rejected", command.text("reason"))


@effect
def notify_transfer(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Tell the petitioner who the letter was handed to (移送告知)."""
    return _end_with_notice(
        command, Result.TRANSFERRED, "transferred", f"{command.text('transfer_to')}:{command.text('reason')}"
    )


@effect
def close_spam(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """End an invalid letter; the reason is logged, nobody is told."""
    keep_classification(command)
    add_note(command, "spam", command.text("reason"))
    close(command, Result.SPAM)
    command.record("spam", reason=command.text("reason"))
    return {"result": Result.SPAM}


@effect
def merge_petition(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Merge (并案) into an earlier letter of the same person and matter."""
    target = command.session.scalars(
        sa.select(Petition).where(Petition.number == command.text("target_number"))
    ).first()
    if target is None or target.id == command.petition.id:
        zh = "没有找到要并入的信件编号,请核对。"
        raise InvalidInput(
            "There is no letter of that number to merge into.", message_zh=zh, errors={"target_number": zh}
        )
    command.petition.merged_into_id = target.id
    return _end_with_notice(
        command, Result.MERGED, "merged", f"您的来信已并入 {target.number} 一并办理。", target=target.number
    )


def _end_with_notice(command: Command, result: Result, kind: str, text: str, **data: object) -> dict[str, Any]:
    keep_classification(command)
    add_note(command, "notice", text, public=True)
    close(command, result)
    command.record(kind, reason=text, **data)
    return {"result": result}


def close(command: Command, result: Result) -> None:
    """Mark the petition closed with ``result``; open deadlines end with it."""
    petition = command.petition
    petition.result = result
    petition.closed_at = command.now
    petition.stage = Stage.CLOSED
    for kind in DeadlineKind:
        row = ledger.in_force(command, kind)
        if row is not None and row.met_at is None:
            row.met_at = command.now


@effect
def record_direct_reply(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep intake's own answer to a simple letter (直接答复)."""
    keep_classification(command)
    write_reply(command, unit=None)
    command.petition.replied_at = command.now
    ledger.meet(command, DeadlineKind.STATUTORY_ACCEPT)
    ledger.meet(command, DeadlineKind.STATUTORY_CONCLUDE)
    command.record("replied_directly")
    return {"result": Result.DIRECT}


def write_reply(command: Command, *, unit: str | None) -> Reply:
    """Keep a new version of the reply from what was submitted."""
    petition = command.petition
    last = command.session.scalar(sa.select(sa.func.max(Reply.version)).where(Reply.petition_id == petition.id))
    reply = Reply(
        petition_id=petition.id,
        version=(last or 0) + 1,
        unit_code=unit,
        **{
            name: command.text(name)
            for name in ("facts", "basis", "action", "next_step", "contact", "outcome", "public_text")
        },
        drafted_by=command.actor,
        drafted_at=command.now,
    )
    command.session.add(reply)
    return reply
