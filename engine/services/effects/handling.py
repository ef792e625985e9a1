"""Effects of the responsible unit's work: acceptance, returns, extension, pause, drafting, sign-off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.bpmn.durations import add_duration, parse_duration
from engine.errors import InvalidInput
from engine.models.petition import Assignment, Reply
from engine.rules import deadlines
from engine.services import ledger
from engine.services.commands import Command, effect
from engine.services.effects.intake import assign, assignable_unit, assisting_units, write_reply
from engine.services.notes import add_note
from engine.vocabulary import DeadlineKind, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping


@effect
def record_acceptance(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep that the unit accepts (受理)."""
    petition = command.petition
    petition.accepted_at = command.now
    petition.stage = Stage.ACCEPTED
    late = ledger.meet(command, DeadlineKind.ACCEPT)
    ledger.meet(command, DeadlineKind.STATUTORY_ACCEPT)
    command.record("accepted", unit=petition.unit_code, late_days=late or None)
    return {"acceptance_result": "accepted"}


@effect
def record_return(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep that the unit objects (申请退件), within five working days of being given the case (条例 23)."""
    petition = command.petition
    assigned = command.session.scalar(
        sa.select(Assignment.assigned_at).where(
            Assignment.petition_id == petition.id, Assignment.lead.is_(True), Assignment.ended_at.is_(None)
        )
    )
    last_moment = add_duration(
        assigned or command.now, parse_duration(ledger.limit(command, "return_request")), command.calendar
    )
    if command.now > last_moment:
        zh = "已超过申请退件的期限，请受理并办理。"
        raise InvalidInput(
            "The time to return this case is over; accept and handle it.", message_zh=zh, errors={"acceptance": zh}
        )
    petition.return_count += 1
    command.record(
        "return_requested",
        unit=petition.unit_code,
        reason=command.text("return_reason"),
        basis=command.text("return_basis"),
        suggested=command.text("suggested_unit") or None,
        count=petition.return_count,
    )
    return {"return_count": petition.return_count}


@effect
def reject_return(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Refuse the return (驳回); the same unit goes on, on the same clock."""
    command.record("return_rejected", unit=command.petition.unit_code, reason=command.text("opinion"))
    return {}


@effect
def reassign_unit(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Give the case to another unit (改派 / 裁定): a new acceptance clock for it, the case's own clock is not reset."""
    petition, variables = command.petition, command.variables
    previous = petition.unit_code
    unit = assignable_unit(command, str(variables["unit"] or ""))
    assisting = assisting_units(command, lead=unit.code)
    assign(command, unit, assisting)
    petition.stage = Stage.FORWARDED
    command.record(
        "reassigned", unit=unit.code, unit_name=unit.name, previous=previous, opinion=command.text("opinion") or None
    )
    due = ledger.grant(command, DeadlineKind.ACCEPT, step="accept", reason="reassigned", unit=unit.code)
    return {
        "accept_due": due.isoformat(),
        "acceptance_result": "reassigned",
        "assisting_units": assisting,
        "multi_unit": bool(assisting),
    }


@effect
def record_assist_opinion(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what an assisting unit answered (协办意见)."""
    add_note(command, "assist_opinion", command.text("opinion"))
    command.record("assisted", unit=command.unit)
    return {}


@effect
def record_assistance(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Close assistance (协办): the units have answered or run out of time, the lead goes on."""
    command.record("assistance_ended", units=command.variables["assisting_units"])
    return {"assistance_done": True}


@effect
def grant_extension(command: Command, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Extend the unit's deadline (延期): once, and only if asked before it ran out."""
    petition = command.petition
    row = ledger.in_force(command, DeadlineKind.REPLY)
    days = int(command.variables["extension_days"] or 0)
    if row is None or row.due_at is None or petition.extension_count:
        zh = "本件已延期一次或时限已暂停，不能再延期。"
        raise InvalidInput(
            "This case was extended before or is paused.", message_zh=zh, errors={"extension_centre": zh}
        )
    extended = deadlines.extend(row.due_at, days, command.calendar)
    petition.extension_count += 1
    ledger.enter(
        command,
        DeadlineKind.REPLY,
        due=extended.due,
        rule=f"P{days}WD",
        reason="extension",
        unit=petition.unit_code,
        start=row.started_at,
        explanation=extended.as_record(),
    )
    add_note(command, "notice", str(parameters["notice"]).format(days=days), public=True)
    command.record("extension_granted", unit=petition.unit_code, days=days)
    return {"reply_due": extended.due.isoformat(), "extension_count": petition.extension_count}


@effect
def reject_extension(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Refuse the extension; the deadline stands."""
    command.record("extension_rejected", unit=command.petition.unit_code, reason=command.text("opinion"))
    return {}


@effect
def pause_clock(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Pause the unit's clock while the petitioner adds what is missing (暂停待补正)."""
    petition = command.petition
    row = ledger.in_force(command, DeadlineKind.REPLY)
    if row is None or row.due_at is None:
        return {}
    reason = command.text("pause_reason")
    petition.stage = Stage.CORRECTION
    held = {"paused_due": row.due_at.isoformat(), "paused_at": command.now.isoformat()}
    ledger.enter(
        command,
        DeadlineKind.REPLY,
        due=None,
        rule=row.rule,
        reason="paused",
        unit=petition.unit_code,
        start=row.started_at,
        explanation=held,
    )
    add_note(command, "correction_request", reason, public=True)
    command.record("clock_paused", unit=petition.unit_code, reason=reason)
    return {"reply_due": None}


@effect
def resume_clock(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Go on after the petitioner answered: the deadline moves by the working days the pause lasted."""
    petition = command.petition
    row = ledger.in_force(command, DeadlineKind.REPLY)
    petition.stage = Stage.ACCEPTED
    if row is None or row.due_at is not None:
        return {}
    held = row.explanation
    shifted = deadlines.shift_for_pause(
        datetime.fromisoformat(held["paused_due"]),
        datetime.fromisoformat(held["paused_at"]),
        command.now,
        command.calendar,
    )
    _move_reply_due(command, shifted, rule=row.rule, reason="resumed", start=row.started_at)
    command.record("clock_resumed", unit=petition.unit_code, days=shifted.days)
    return {"reply_due": shifted.due.isoformat()}


def _move_reply_due(command: Command, shifted: deadlines.DueTime, *, rule: str, reason: str, start: datetime) -> None:
    unit = command.petition.unit_code
    explanation = shifted.as_record()
    ledger.enter(
        command,
        DeadlineKind.REPLY,
        due=shifted.due,
        rule=rule,
        reason=reason,
        unit=unit,
        start=start,
        explanation=explanation,
    )


@effect
def record_draft(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep the drafted reply (拟复)."""
    reply = write_reply(command, unit=command.petition.unit_code)
    command.petition.stage = Stage.SIGNING
    command.record("reply_drafted", unit=command.petition.unit_code, version=reply.version)
    return {}


@effect
def record_sign_off(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what the unit's head said of the draft (单位审签)."""
    if command.variables["sign_off"] != "approve":
        command.petition.stage = Stage.ACCEPTED
        command.record("draft_sent_back", unit=command.petition.unit_code, reason=command.text("opinion") or None)
    return {}


@effect
def send_up_reply(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Send the signed reply up. This moment decides whether the reply is on time."""
    petition = command.petition
    latest_reply(command).sent_up_at = command.now
    petition.replied_at = command.now
    petition.stage = Stage.REVIEW
    late = ledger.meet(command, DeadlineKind.REPLY)
    command.record("reply_sent_up", unit=petition.unit_code, late_days=late or None)
    return {"handling_result": "replied"}


def latest_reply(command: Command) -> Reply:
    """Return the newest version of the reply."""
    command.session.flush()
    query = sa.select(Reply).where(Reply.petition_id == command.petition.id).order_by(Reply.version.desc()).limit(1)
    return command.session.scalars(query).one()


def give_back(command: Command, opinion: str) -> dict[str, Any]:
    """Hand a reply back to the unit; the days under review are not the unit's (review time is measured apart)."""
    petition = command.petition
    row = ledger.in_force(command, DeadlineKind.REPLY)
    sent_up = petition.replied_at
    petition.replied_at = None
    petition.stage = Stage.ACCEPTED
    command.record("reply_given_back", unit=petition.unit_code, reason=opinion)
    values: dict[str, Any] = {"review_result": "returned"}
    if row is not None and row.due_at is not None and sent_up is not None:
        row.met_at = None
        shifted = deadlines.shift_for_pause(row.due_at, sent_up, command.now, command.calendar)
        if shifted.days:
            _move_reply_due(command, shifted, rule=row.rule, reason="under_review", start=row.started_at)
            values["reply_due"] = shifted.due.isoformat()
    return values
