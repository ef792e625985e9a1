"""Forms of user tasks: their choices filled in, and what is submitted checked field by field.

A form-js form becomes a marshmallow schema of the fields that show for what was filled in. Pages and REST share it.
How a field looks on a page is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from api.form_fields import compile_field
from api.messages import say
from api.schemas.tables import Schema
from engine.bpmn.forms import Field, Form
from engine.errors import InvalidInput
from engine.services import catalogue, people, tasks

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.models.process import UserTask

#: What our own pages send along with a form.
_OF_THE_PAGE = frozenset({"csrf_token"})


def choices(session: Session, name: str) -> list[tuple[str, str]]:
    """Return the ``(value, label)`` pairs a form's ``valuesKey`` stands for: ``units``, ``categories`` or ``topics``.

    Raises:
        InvalidInput: there is no such list.

    """
    if name == "units":
        return [(unit.code, unit.name) for unit in people.list_units(session, active_only=True)]
    if name == "categories":
        return [(category.code, category.name) for category in catalogue.list_categories(session)]
    if name == "topics":
        return [(topic.code, topic.name) for topic in catalogue.list_topics(session, active_only=True)]
    raise InvalidInput(
        f"There is no list of values {name!r}; use units, categories or topics.",
        message_zh=f"没有名为“{name}”的选项列表;可用 units、categories、topics。",
        name=name,
    )


@dataclass(frozen=True)
class TaskForm:
    """A task's form with its choices filled in, and what its conditions may read besides the fields themselves."""

    form: Form
    known: Mapping[str, object]

    def visible(self, values: Mapping[str, object]) -> tuple[Field, ...]:
        """Return the fields to show once ``values`` are filled in."""
        return self.form.visible({**self.known, **values})


def open_form(session: Session, *, task: UserTask) -> TaskForm:
    """Return the form of a task; a task without one has an empty form."""
    form = tasks.form_of(session, task=task) or Form(id="", title=task.name, fields=())
    fields = [
        replace(field, options=tuple(choices(session, field.options_from))) if field.options_from else field
        for field in form.fields
    ]
    return TaskForm(replace(form, fields=tuple(fields)), dict(task.context))


def describe(opened: TaskForm) -> dict[str, Any]:
    """Return a form as plain data, for programs that fill it in."""
    shown = opened.visible({})
    plain = ("key", "type", "label", "description", "required", "readonly", "multiple", "min_length", "max_length")
    rules = ("pattern", "min", "max", "decimals", "subtype", "default")
    fields = [
        {
            **{name: getattr(field, name) for name in (*plain, *rules)},
            "shows": field in shown,
            "hide_when": field.hide.text if field.hide else None,
            "options": [{"value": value, "label": label} for value, label in field.options],
        }
        for field in opened.form.fields
    ]
    return {"id": opened.form.id, "title": opened.form.title, "fields": fields}


def load_submission(session: Session, *, task: UserTask, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was submitted for ``task``, checked, in types that JSON knows.

    ``raw`` is a JSON object or the form data of a page. Fields that do not show are dropped, whatever they hold.

    Raises:
        InvalidInput: ``fields["errors"]`` maps the name of a field to what is wrong with it.

    """
    opened = open_form(session, task=task)
    given = _from_page(opened.form, raw) if isinstance(raw, MultiDict) else dict(raw)
    inputs = {field.key: field for field in opened.form.fields if field.is_input}
    shown = {field.key for field in _shown(opened, inputs, given)}
    expected = {key: compile_field(field) for key, field in inputs.items() if key in shown and not field.readonly}
    ignored = inputs.keys() - expected.keys()
    schema = Schema.from_dict(expected)()
    try:
        loaded: dict[str, Any] = schema.load({key: value for key, value in given.items() if key not in ignored})
    except ValidationError as error:
        errors = {str(name): _first(found) for name, found in error.messages_dict.items()}
        raise InvalidInput("Some fields need attention.", message_zh="请检查标出的各项。", errors=errors) from error
    return {key: value for key, value in loaded.items() if value is not None}


def _shown(opened: TaskForm, inputs: Mapping[str, Field], given: Mapping[str, Any]) -> list[Field]:
    """Return the inputs that show for ``given``; a field that does not show counts as empty for the others."""
    values = {key: _understood(inputs[key], value) for key, value in given.items() if key in inputs}
    while True:
        fields = [field for field in opened.visible(values) if field.is_input]
        keys = {field.key for field in fields}
        kept = {key: value for key, value in values.items() if key in keys}
        if kept == values:
            return fields
        values = kept


def _understood(field: Field, value: object) -> object:
    """Return ``value`` as the field's type, or nothing when it is none: its own check will say so."""
    try:
        return compile_field(field).deserialize(value)
    except ValidationError:
        return None


def _from_page(form: Form, raw: MultiDict[str, str]) -> dict[str, Any]:
    """Return form data as JSON would have sent it: a page leaves out the boxes that are not checked."""
    multiple = {field.key for field in form.fields if field.multiple}
    sent: dict[str, Any] = {}
    for key in raw:
        if key in _OF_THE_PAGE:
            continue
        values = [value.replace("\r\n", "\n") for value in raw.getlist(key)]
        sent[key] = [value for value in values if value] if key in multiple else values[-1]
    boxes = (field.key for field in form.fields if field.type == "checkbox")
    return {**dict.fromkeys(boxes, False), **sent}


def _first(found: object) -> str:
    """Return the first thing marshmallow has to say about a field; one at a time is enough."""
    while isinstance(found, Mapping):
        found = next(iter(found.values()))
    return say(found[0] if isinstance(found, list) else found)
