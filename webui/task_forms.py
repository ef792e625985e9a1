"""A task's form as a page shows it: every field with its value, its error and whether it shows for what is filled in.

Checking what is sent is ``api.forms``' business. Without a script every conditional field is shown and what does not
apply is dropped on arrival; with one, fields come and go as the answers change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from api import forms
from engine.services import tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from engine.bpmn.forms import Field
    from engine.models.petition import Escalation, Reply
    from engine.models.process import UserTask
    from engine.rules.access import Principal
    from engine.services.cases import CaseFile

#: Reply forms start from the last version: whoever reworks an answer does not type it again.
REPLY_PARTS: Final = ("facts", "basis", "action", "next_step", "contact", "outcome", "public_text")
#: More choices than this are set as a list to scroll through.
LONG_CHOICE: Final = 8


@dataclass(frozen=True)
class Entry:
    """A field on the page."""

    id: str
    field: Field
    value: Any
    error: str | None
    shown: bool


@dataclass(frozen=True)
class OpenTask:
    """An open task and, for whoever may work on it, its form."""

    task: UserTask
    entries: list[Entry] = field(default_factory=list)
    workable: bool = False
    taken: bool = False
    problem: str | None = None
    escalation: Escalation | None = None

    @property
    def refused(self) -> bool:
        """Tell whether a submission was refused."""
        return bool(self.problem or self.errors)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Return the errors with the ids of their fields, in the order of the form."""
        return [(entry.id, entry.error) for entry in self.entries if entry.error]


def open_task(
    session: Session,
    *,
    task: UserTask,
    principal: Principal,
    file: CaseFile | None = None,
    sent: MultiDict[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str | None = None,
) -> OpenTask:
    """Return a task for the page: with what was ``sent`` and its ``errors`` when a submission was refused."""
    about = _escalation(task, file)
    if not tasks.may_work(principal, task):
        return OpenTask(task, escalation=about)
    taken = task.assignee not in (None, principal.username)
    opened = forms.open_form(session, task=task)
    inputs = [each for each in opened.form.fields if each.is_input]
    values = read_page(inputs, sent) if sent is not None else _first_values(inputs, task, file)
    shown = opened.visible(values)
    entries = [
        Entry(
            id=f"{task.id}-{place}",
            field=each,
            value=values.get(each.key) if each.key else None,
            error=(errors or {}).get(each.key) if each.key else None,
            shown=each in shown,
        )
        for place, each in enumerate(opened.form.fields)
    ]
    unplaced = [text for key, text in (errors or {}).items() if key not in {each.key for each in inputs}]
    told = problem or " ".join(unplaced) or None
    return OpenTask(task, entries, workable=True, taken=taken, problem=told, escalation=about)


def _escalation(task: UserTask, file: CaseFile | None) -> Escalation | None:
    """Return the rung of the ladder that a supervisor's task answers."""
    wanted = task.context.get("escalation_id")
    rungs = file.escalations if file is not None and wanted is not None else ()
    return next((rung for rung in rungs if rung.id == wanted), None)


def shown_entries(session: Session, *, task: UserTask, sent: MultiDict[str, str]) -> list[str]:
    """Return the ids of the fields that show for what is filled in so far."""
    opened = forms.open_form(session, task=task)
    values = read_page([each for each in opened.form.fields if each.is_input], sent)
    shown = opened.visible(values)
    return [f"{task.id}-{place}" for place, each in enumerate(opened.form.fields) if each in shown]


def read_page(inputs: list[Field], sent: MultiDict[str, str]) -> dict[str, Any]:
    """Return what a page sent as values for conditions and for showing again; unchecked, blank is nothing."""
    values: dict[str, Any] = {}
    for each in inputs:
        if each.multiple:
            values[each.key] = [value for value in sent.getlist(each.key) if value]
        elif each.type == "checkbox":
            values[each.key] = each.key in sent
        elif each.type == "number":
            values[each.key] = _number(sent.get(each.key, ""))
        else:
            values[each.key] = sent.get(each.key) or None
    return values


def _number(text: str) -> float | str | None:
    try:
        number = float(text)
    except ValueError:
        return text or None
    return int(number) if number.is_integer() else number


def _first_values(inputs: list[Field], task: UserTask, file: CaseFile | None) -> dict[str, Any]:
    """Fill a fresh form: the form's own defaults, then what the case knows, then what the task brought along."""
    known = _known_of_case(file) if file is not None else {}
    values: dict[str, Any] = {}
    for each in inputs:
        value = task.context.get(each.key, known.get(each.key, each.default))
        values[each.key] = value if value is not None else [] if each.multiple else None
    # A suggestion of the routing table stays a suggestion: a person confirms it by sending the form.
    if values.get("unit") is None and task.context.get("suggested_unit"):
        values["unit"] = task.context["suggested_unit"]
    return values


def _known_of_case(file: CaseFile) -> dict[str, Any]:
    petition = file.petition
    known = {
        "petition_type": petition.type,
        "category": petition.category_code,
        "topic": petition.topic_code,
        "complained_unit": petition.complained_unit_code,
    }
    return known | (_parts_of(file.replies[-1]) if file.replies else {})


def _parts_of(reply: Reply) -> dict[str, Any]:
    return {name: getattr(reply, name) or None for name in REPLY_PARTS}
