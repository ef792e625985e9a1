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
    petition, variables = command.petition, command.variables
    unit = assignable_unit(command, str(variables["unit"] or ""))
    assisting = assisting_units(command, lead=unit.code)
    assign(command, unit, assisting)
    petition.forwarded_at = command.now
    petition.stage = Stage.FORWARDED
    command.variables = {**variables, "multi_unit": bool(assisting)}
    command.record(
        "forwarded",
        unit=unit.code,
        unit_name=unit.name,
        topic=petition.topic_code or "",
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


@effect
def record_classification(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what intake decided the letter is, the moment it is classified (甄别分类)."""
    petition, variables = command.petition, command.variables
    petition.type = str(variables["petition_type"] or petition.type)
    petition.category_code = variables["category"] or petition.category_code
    petition.topic_code = variables["topic"] or None
    if petition.type == PetitionType.ACCUSATION:
        petition.complained_unit_code = command.text("complained_unit") or petition.complained_unit_code
    return {}


def assisting_units(command: Command, *, lead: str) -> list[str]:
    """Return the assisting units asked for, each once and without the lead.

    Raises:
        InvalidInput: one of them may not be given the case.

    """
    codes = dict.fromkeys(code for code in command.variables["assisting_units"] or [] if code != lead)
    return [assignable_unit(command, code, field="assisting_units").code for code in codes]


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
    end_assignments(command, "reassigned")
    for code, lead in [(unit.code, True), *((each, False) for each in assisting)]:
        command.session.add(
            Assignment(
                petition_id=petition.id, unit_code=code, lead=lead, assigned_at=command.now, assigned_by=command.actor
            )
        )
    petition.unit_code = unit.code


def end_assignments(command: Command, reason: str) -> None:
    """End the units' present assignments: from now on they may read the case, not the petitioner's identity."""
    running = (Assignment.petition_id == command.petition.id, Assignment.ended_at.is_(None))
    ended = sa.update(Assignment).where(*running).values(ended_at=command.now, end_reason=reason)
    command.session.execute(ended, execution_options={"synchronize_session": False})


@effect
def request_correction(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Ask the petitioner for what is missing (补正)."""
    command.petition.stage = Stage.CORRECTION
    add_note(command, "correction_request", command.text("reason"), public=True)
    command.record("correction_requested", reason=command.text("reason"))
    return {}


@effect
def close_unanswered_correction(command: Command, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Treat a correction nobody answered as a withdrawal, with notice."""
    add_note(command, "notice", str(parameters["notice"]), public=True)
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
    add_note(command, "spam", command.text("reason"))
    close(command, Result.SPAM)
    command.record("spam", reason=command.text("reason"))
    return {"result": Result.SPAM}


@effect
def merge_petition(command: Command, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Merge (并案) into an earlier letter of the same person and matter."""
    number = command.text("target_number").upper()
    target = command.session.scalars(sa.select(Petition).where(Petition.number == number)).first()
    refusal = _why_not_merge(command.petition, target)
    if target is None or refusal is not None:
        english, chinese = refusal or ("", "")
        raise InvalidInput(english, message_zh=chinese, errors={"target_number": chinese})
    command.petition.merged_into_id = target.id
    # The other letter may be another citizen's: its number is for the staff alone.
    return _end_with_notice(command, Result.MERGED, "merged", str(parameters["notice"]), target=target.number)


def _why_not_merge(petition: Petition, target: Petition | None) -> tuple[str, str] | None:
    """Say why ``petition`` cannot be merged into ``target``: somebody has to be answered in the end."""
    if target is None or target.id == petition.id:
        return "There is no letter of that number to merge into.", "没有找到要并入的信件编号，请核对。"
    if target.merged_into_id is not None or target.result not in {None, Result.REPLIED, Result.DIRECT}:
        return "That letter has ended without an answer of its own.", "要并入的信件已并案或未经答复结案，不能并入。"
    if target.id > petition.id:
        return "Merge the later letter into the earlier one.", "请将后收到的信件并入先收到的信件。"
    if PetitionType.ACCUSATION in {petition.type, target.type} and (petition.type, petition.complained_unit_code) != (
        target.type,
        target.complained_unit_code,
    ):
        return "An accusation merges only with one against the same unit.", "举报件只能并入反映同一单位的举报件。"
    return None


def _end_with_notice(command: Command, result: Result, kind: str, text: str, **data: object) -> dict[str, Any]:
    add_note(command, "notice", text, public=True)
    close(command, result)
    command.record(kind, reason=text, **data)
    return {"result": result}


def close(command: Command, result: Result) -> None:
    """Mark the petition closed with ``result``; the units' time on it ends."""
    petition = command.petition
    petition.result = result
    petition.closed_at = command.now
    petition.stage = Stage.CLOSED
    end_assignments(command, "closed")


@effect
def record_direct_reply(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep intake's own answer to a simple letter (直接答复)."""
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
