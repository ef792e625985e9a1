"""Effects of the supervision ladder, of instructions from leaders and of the petitioner's supplements."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.bpmn.durations import add_duration, parse_duration
from engine.models.petition import Escalation
from engine.rules.deadlines import days_overdue
from engine.services import ledger
from engine.services.commands import Command, effect
from engine.services.notes import add_note
from engine.vocabulary import DeadlineKind, Rung

if TYPE_CHECKING:
    from collections.abc import Mapping


@effect
def raise_escalation(command: Command, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Reach a rung of the ladder: once per clock, due date and rung, even when a step is entered again."""
    clock, rung = str(parameters["clock"]), str(parameters["rung"])
    petition = command.petition
    text = command.variables.get(f"{clock}_due")
    due = datetime.fromisoformat(str(text)) if text else None
    same = (Escalation.petition_id == petition.id, Escalation.clock == clock, Escalation.rung == rung)
    known = sa.select(Escalation.id).where(
        *same, Escalation.due_at == due if due is not None else Escalation.due_at.is_(None)
    )
    if _too_early(command, clock, rung) or (due is not None and command.session.scalar(known.limit(1)) is not None):
        return {"escalation_id": None}
    escalation = Escalation(
        petition_id=petition.id, clock=clock, rung=rung, unit_code=petition.unit_code, due_at=due, raised_at=command.now
    )
    command.session.add(escalation)
    command.session.flush()
    late = 0 if due is None else days_overdue(due, command.now)
    command.record(
        "escalation_raised", clock=clock, rung=rung, unit=petition.unit_code, due=text, late_days=late or None
    )
    return {"escalation_id": escalation.id}


def _too_early(command: Command, clock: str, rung: str) -> bool:
    """Tell whether a warning lies before its clock even started, as it would for an urgent letter's two hours."""
    if rung != Rung.WARNING or clock not in set(DeadlineKind):
        return False
    row = ledger.in_force(command, DeadlineKind(clock))
    if row is None or row.due_at is None:
        return False
    warning = parse_duration(ledger.limit(command, f"rung_{rung}"))
    return add_duration(row.due_at, warning, command.calendar) <= row.started_at


@effect
def record_supervision(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what the supervisor did about a rung."""
    escalation = command.session.get_one(Escalation, int(command.context["escalation_id"]))
    escalation.answered_at = command.now
    escalation.answered_by = command.actor
    escalation.action = str(command.submission.get("supervision"))
    escalation.note = command.text("note")
    command.record(
        "supervised", rung=escalation.rung, action=escalation.action, note=escalation.note, unit=escalation.unit_code
    )
    return {}


@effect
def record_supplement(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what the petitioner added (群众补充)."""
    add_note(command, "supplement", command.text("text"), public=True)
    command.record("supplemented")
    return {}


@effect
def record_instruction(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep a leader's instruction (领导批示)."""
    add_note(command, "instruction", command.text("text"))
    command.record("instructed", text=command.text("text"))
    return {}


@effect
def close_instruction(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep how the instruction was carried out."""
    add_note(command, "instruction_result", command.text("result"))
    command.record("instruction_carried_out", result=command.text("result"))
    return {}
