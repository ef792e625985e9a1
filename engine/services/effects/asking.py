"""Effects that look at what a unit asks for (延期, 协办, 暂停) while it asks, and refuse what it may not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import sqlalchemy as sa

from engine.bpmn.durations import parse_duration
from engine.errors import InvalidInput
from engine.models.petition import Assignment
from engine.services import ledger
from engine.services.commands import Command, effect
from engine.services.effects.intake import assisting_units
from engine.vocabulary import DeadlineKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@effect
def check_handling(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Check the unit's choice at 调查办理; give the units asked to assist their part in the case."""
    checks = {"extension": _check_extension, "assist": _ask_assistance, "pause": _check_pause}
    check = checks.get(str(command.variables["handling"]))
    return {} if check is None else check(command)


def _check_extension(command: Command) -> dict[str, Any]:
    """Require that it is asked before the deadline, once, and within the limit of the time limits table."""
    row = ledger.in_force(command, DeadlineKind.REPLY)
    longest = parse_duration(ledger.limit(command, "extension")).working_days
    if command.petition.extension_count:
        _refuse("handling", "This case was extended before.", "本件已延期一次，不能再延期。")
    if row is None or row.due_at is None or row.due_at < command.now:
        _refuse("handling", "An extension is asked for before the deadline.", "延期须在时限届满前申请。")
    if not 0 < int(command.variables["extension_days"] or 0) <= longest:
        _refuse("extension_days", f"At most {longest} working days.", f"最多延期 {longest} 个工作日。")
    return {}


def _ask_assistance(command: Command) -> dict[str, Any]:
    petition = command.petition
    units = assisting_units(command, lead=petition.unit_code or "")
    if not units:
        _refuse("assisting_units", "Choose another unit to assist.", "请选择本单位以外的协办单位。")
    running = (Assignment.petition_id == petition.id, Assignment.ended_at.is_(None))
    known = set(command.session.scalars(sa.select(Assignment.unit_code).where(*running)))
    command.session.add_all(
        Assignment(
            petition_id=petition.id, unit_code=code, lead=False, assigned_at=command.now, assigned_by=command.actor
        )
        for code in units
        if code not in known
    )
    command.record("assistance_requested", units=units, request=command.text("assist_request") or None)
    return {"assisting_units": units}


def _check_pause(command: Command) -> dict[str, Any]:
    """Refuse to stop a clock that has run out."""
    row = ledger.in_force(command, DeadlineKind.REPLY)
    if row is None or row.due_at is None or row.due_at < command.now:
        _refuse("handling", "The deadline has passed; the clock cannot be paused.", "已超过答复时限，不能再暂停。")
    return {}


def _refuse(field: str, english: str, chinese: str) -> NoReturn:
    raise InvalidInput(english, message_zh=chinese, errors={field: chinese})
