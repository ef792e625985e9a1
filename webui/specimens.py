"""What the style page shows: made-up entries, moments and steps in the very types the real pages use."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from engine.bpmn.forms import Field
from webui.progress import Step
from webui.task_forms import Entry
from webui.timeline import Moment


def specimen_entries() -> list[Entry]:
    """Return one field of every type, and one with an error."""
    few = (("yes", _("Yes")), ("no", _("No")))
    many = tuple((str(number), _("Unit %(number)s", number=number)) for number in range(1, 13))
    fields = [
        Field(key="line", type="textfield", label=_("A line of text"), description=_("A hint says what belongs here.")),
        Field(key="wrong", type="textfield", label=_("A line with an error"), required=True),
        Field(key="text", type="textarea", label=_("Several lines"), max_length=200),
        Field(key="choice", type="select", label=_("One of many"), options=many),
        Field(key="radio", type="radio", label=_("One of few"), options=few, required=True),
        Field(key="box", type="checkbox", label=_("Yes or no")),
        Field(key="some", type="checklist", label=_("Some of few"), options=few),
        Field(key="units", type="taglist", label=_("Some of many"), options=many),
        Field(key="number", type="number", label=_("A number"), min=1, max=5),
        Field(key="day", type="datetime", label=_("A day"), subtype="date"),
        Field(key="", type="separator", label=""),
        Field(key="", type="text", label=_("A sentence between fields.")),
    ]
    wrong = {"wrong": _("Fill this in.")}
    return [
        Entry(f"specimen-{place}", field, [] if field.multiple else None, wrong.get(field.key), shown=True)
        for place, field in enumerate(fields)
    ]


def specimen_moments(now: datetime) -> list[Moment]:
    """Return a timeline with an alert in it."""
    return [
        Moment(
            now,
            "system",
            None,
            [_("Red card")],
            [_("What the system does by itself is told like the rest.")],
            alert=True,
        ),
        Moment(now - timedelta(days=3), "system", None, [_("Letter received")]),
    ]


def specimen_steps(now: datetime) -> list[Step]:
    """Return a citizen's steps: one done, one now, one to come."""
    return [
        Step("done", _("Letter received"), at=now - timedelta(days=2)),
        Step("now", _("Answer written and reviewed"), by=now + timedelta(days=3)),
        Step("next", _("Case closed")),
    ]
