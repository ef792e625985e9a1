"""The timeline of a case: history events told in words of the trade, one entry per command.

A new kind of event needs a phrase in ``PHRASES``; until it has one it is told by its kind, and a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from webui.filters import day, duration
from webui.labels import word
from webui.navigation import unit_name
from webui.submissions import NOTHING, summarise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine.bpmn.forms import Form
    from engine.models.history import HistoryEvent
    from engine.services.cases import CaseFile
    from webui.submissions import Options, Summary

PHRASES: Final = {
    "received": lazy_gettext("Letter received"),
    "marked_urgent": lazy_gettext("Marked urgent"),
    "forwarded": lazy_gettext("Forwarded to %(unit)s"),
    "correction_requested": lazy_gettext("Asked the petitioner for what is missing"),
    "treated_as_withdrawn": lazy_gettext("No answer in time: treated as withdrawn, with notice"),
    "rejected": lazy_gettext("Told the petitioner that the letter is not taken up"),
    "transferred": lazy_gettext("Transferred to the competent body, with notice"),
    "spam": lazy_gettext("Closed as an invalid letter"),
    "merged": lazy_gettext("Merged into %(target)s"),
    "replied_directly": lazy_gettext("Answered directly"),
    "accepted": lazy_gettext("%(unit)s accepted the case"),
    "return_requested": lazy_gettext("%(unit)s asked to return the case"),
    "return_rejected": lazy_gettext("Return refused; %(unit)s goes on"),
    "reassigned": lazy_gettext("Given to %(unit)s instead of %(previous)s"),
    "assistance_requested": lazy_gettext("Asked %(units)s to assist"),
    "assisted": lazy_gettext("%(unit)s gave its opinion"),
    "assistance_ended": lazy_gettext("Assisting units have answered"),
    "extension_granted": lazy_gettext("Extension of %(days)s working days granted"),
    "extension_rejected": lazy_gettext("Extension refused"),
    "clock_paused": lazy_gettext("Clock paused until the petitioner answers"),
    "clock_resumed": lazy_gettext("Clock runs again"),
    "reply_drafted": lazy_gettext("Reply drafted (version %(version)s)"),
    "draft_sent_back": lazy_gettext("Head of unit sent the draft back"),
    "reply_sent_up": lazy_gettext("Reply signed by the unit and sent up"),
    "reply_given_back": lazy_gettext("Reply handed back to %(unit)s"),
    "first_reviewed": lazy_gettext("First review passed"),
    "final_reviewed": lazy_gettext("Final review passed: the case counts as closed"),
    "reply_published": lazy_gettext("Reply sent to the petitioner"),
    "followed_up": lazy_gettext("Petitioner called back: %(satisfaction)s"),
    "redo_started": lazy_gettext("Sent back to %(unit)s to be done again"),
    "explained_final": lazy_gettext("Ended with an explanation"),
    "archived": lazy_gettext("Archived"),
    "withdrawn": lazy_gettext("Withdrawn by the petitioner"),
    "escalation_raised": lazy_gettext("%(rung)s: %(clock)s of %(unit)s"),
    "supervised": lazy_gettext("Supervisor answered the %(rung)s"),
    "supplemented": lazy_gettext("Petitioner added to the letter"),
    "instructed": lazy_gettext("Leader wrote an instruction"),
    "instruction_carried_out": lazy_gettext("Instruction carried out"),
    "crisis_confirmed": lazy_gettext("Crisis confirmed: care opened"),
    "crisis_dismissed": lazy_gettext("No crisis found"),
    "crisis_closed": lazy_gettext("Crisis care closed"),
    "petitioner_unmasked": lazy_gettext("Looked at the petitioner's identity"),
    "rated": lazy_gettext("Petitioner rated the answer"),
    "case_cancelled": lazy_gettext("Case cancelled"),
}
#: What the engine itself writes: told only when nothing else was written by the same command.
TECHNICAL: Final = {
    "case_started": lazy_gettext("Case opened"),
    "task_completed": lazy_gettext("Done: %(task)s"),
    "message_received": lazy_gettext("Message: %(message)s"),
    "timer_fired": lazy_gettext("A time limit was reached"),
    "case_ended": lazy_gettext("Case ended"),
}
MESSAGES: Final = {
    "withdrawal": lazy_gettext("withdrawal"),
    "correction": lazy_gettext("the petitioner answered what was asked"),
    "supplement": lazy_gettext("the petitioner added something"),
    "instruction": lazy_gettext("leader's instruction"),
    "crisis": lazy_gettext("suspected crisis, to be confirmed by a person"),
}
#: The event a command writes first.
_OPENERS: Final = frozenset(TECHNICAL) - {"case_ended"} | {"case_cancelled", "petitioner_unmasked", "rated"}
_ALERTS: Final = frozenset({"escalation_raised", "crisis_confirmed", "case_cancelled"})
#: Where an event keeps what somebody wrote.
_TEXTS: Final = ("reason", "basis", "opinion", "request", "note", "text", "result")


@dataclass(frozen=True)
class Moment:
    """What one command did: who, when, and lines of what happened with the texts and limits that go with them."""

    at: datetime
    actor: str
    unit: str | None
    lines: list[str]
    details: list[str] = field(default_factory=list)
    alert: bool = False
    task: str = ""


def tell(file: CaseFile, forms: Mapping[str, Form], options: Options) -> list[Moment]:
    """Return the timeline of a case, newest first."""
    tasks = {task.id: (task.name, summarise(task, forms, options)) for task in file.tasks}
    commands: list[list[HistoryEvent]] = []
    for event in file.history:
        if event.kind in _OPENERS or not commands:
            commands.append([])
        commands[-1].append(event)
    return [_moment(events, tasks) for events in reversed(commands)]


def _moment(events: list[HistoryEvent], tasks: Mapping[str, tuple[str, Summary]]) -> Moment:
    first = events[0]
    name, summary = tasks.get(first.data.get("task", ""), ("", NOTHING))
    told = [event for event in events if event.kind not in TECHNICAL and event.kind != "deadline_set"]
    lines = [_line(event, name) for event in told] or [_joined(_line(first, name), summary.decision)]
    details = [detail for event in events for detail in _details(event)]
    # What a phrase tells need not be told again by the form it came from.
    answers = [each for each in summary.answers if (each.written or not told) and each.text not in details]
    return Moment(
        at=first.at,
        actor=first.actor,
        unit=first.unit_code,
        lines=lines,
        details=[_("%(label)s: %(text)s", label=each.label, text=each.text) for each in answers] + details,
        alert=any(event.kind in _ALERTS for event in events),
        task=name,
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _line(event: HistoryEvent, task: str) -> str:
    phrase = PHRASES.get(event.kind) or TECHNICAL.get(event.kind)
    if phrase is None:
        return event.kind
    data = event.data
    filled = {
        **data,
        "unit": data.get("unit_name") or unit_name(data.get("unit")) or _("the unit"),
        "units": _(", ").join(unit_name(code) for code in data.get("units") or ()),
        "previous": unit_name(data.get("previous")),
        "rung": word(data.get("rung"), "rung"),
        "clock": word(data.get("clock"), "clock"),
        "satisfaction": word(data.get("satisfaction"), "satisfaction"),
        "message": str(MESSAGES.get(data.get("message", ""), data.get("message", ""))),
        "task": task,
    }
    late = data.get("late_days")
    return _joined(str(phrase) % filled, ngettext("%(num)s day late", "%(num)s days late", late) if late else "")


def _details(event: HistoryEvent) -> Iterator[str]:
    data = event.data
    if event.kind == "deadline_set":
        clock, due = word(data.get("clock"), "clock"), data.get("due")
        ends = f"{day(due)} ({duration(data.get('rule', ''))})" if due else _("paused")
        yield _("%(label)s: %(text)s", label=clock, text=ends)
        return
    if event.kind in PHRASES:
        yield from (str(data[name]) for name in _TEXTS if data.get(name) and event.kind != "archived")
