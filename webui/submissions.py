"""What somebody filled in when a task was done, in the words of its form: the decision and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from api import forms as county
from webui.task_forms import REPLY_PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from engine.bpmn.forms import Field, Form
    from engine.models.process import UserTask

    Options = Mapping[str, Mapping[str, str]]

_WRITTEN: Final = frozenset({"textfield", "textarea", "number"})


@dataclass(frozen=True)
class Answered:
    """A field that was filled in; ``written`` tells text from choices."""

    label: str
    text: str
    written: bool


@dataclass(frozen=True)
class Summary:
    """What was decided, and what else was filled in."""

    decision: str
    answers: tuple[Answered, ...]


NOTHING: Final = Summary("", ())


def read_options(session: Session) -> Options:
    """Return what the county's own choices are called."""
    return {name: dict(county.choices(session, name)) for name in ("units", "categories", "topics")}


def summarise(task: UserTask, forms: Mapping[str, Form], options: Options) -> Summary:
    """Return what was filled in when ``task`` was done."""
    form = forms.get(task.form or "")
    if form is None or not task.submission:
        return NOTHING
    # The versions of the reply show its parts.
    filled = [(field, task.submission.get(field.key)) for field in form.fields if field.key not in REPLY_PARTS]
    given = [(field, value) for field, value in filled if field.is_input and value not in (None, "", [], False)]
    decisions = [_words(field, value, options) for field, value in given if field.type == "radio"]
    answers = [
        Answered(field.label, _words(field, value, options), field.type in _WRITTEN)
        for field, value in given
        if field.type != "radio"
    ]
    return Summary(_(", ").join(decisions), tuple(answers))


def _words(field: Field, value: object, options: Options) -> str:
    known = options.get(field.options_from or "", dict(field.options))
    if isinstance(value, list):
        return _(", ").join(known.get(str(each), str(each)) for each in value)
    return _("Yes") if value is True else known.get(str(value), str(value))
