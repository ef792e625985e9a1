"""One field of a form-js form as a marshmallow field: form-js' rules, and values that JSON and our variables know."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, Final

from marshmallow import ValidationError, fields

from api import messages
from api.checks import Among, Between, Sized, no_control_characters, of_our_time, read_moment
from api.schemas.tables import speak_both_languages
from engine.bpmn.forms import Field

#: A text field without a limit of its own still has one.
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 20_000

_PATTERN = messages.Text("格式不正确,应符合:{pattern}", "It does not have the form asked for: {pattern}")
_DECIMALS = messages.Text("最多 {decimals} 位小数。", "At most {decimals} decimal places.")
_CHECK_IT = messages.Text("请勾选此项。", "Check this box.")
_TWICE = messages.Text("同一项选了两次。", "The same entry is chosen twice.")


def compile_field(field: Field) -> fields.Field[Any]:
    """Return the check of one input, with our words when it refuses."""
    compiled = _COMPILE[field.type](field)
    speak_both_languages(compiled)
    return compiled


def _stripped(field: Field) -> Callable[[object], object]:
    """Return what takes blanks from around text; blank text is no answer, and pages send it for one."""

    def strip(value: object) -> object:
        if not isinstance(value, str):
            return value
        if not value.strip() and field.required:
            raise ValidationError(messages.REQUIRED.format())
        return value.strip() or None

    return strip


def _settings(field: Field) -> dict[str, Any]:
    return {"required": field.required, "allow_none": not field.required, "pre_load": _stripped(field)}


def _text(field: Field) -> fields.Field[Any]:
    longest = field.max_length or (LONGEST_TEXT if field.type == "textarea" else LONGEST_LINE)
    checks: list[Callable[[Any], Any]] = [Sized(minimum=field.min_length, maximum=longest), no_control_characters]
    if field.pattern:
        checks.append(_matching(field.pattern))
    return fields.String(validate=checks, **_settings(field))


def _matching(pattern: str) -> Callable[[str], None]:
    compiled = re.compile(pattern)

    def check(value: str) -> None:
        # as form-js does: anywhere in the text, unless the pattern says otherwise
        if not compiled.search(value):
            raise ValidationError(_PATTERN.format(pattern=pattern))

    return check


def _number(field: Field) -> fields.Field[Any]:
    def check_decimals(value: float) -> None:
        if field.decimals is not None and round(value, field.decimals) != value:
            refused = _DECIMALS if field.decimals else messages.NOT_WHOLE
            raise ValidationError(refused.format(decimals=field.decimals))

    checks: list[Callable[[Any], Any]] = [Between(minimum=field.min, maximum=field.max), check_decimals]
    return _Number(validate=checks, post_load=_as_whole, **_settings(field))


class _Number(fields.Float):
    """A number; the words true and false are none, though Python counts with them."""

    def _validated(self, value: object) -> float:
        if isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._validated(value)


def _as_whole(value: float) -> float:
    return int(value) if value.is_integer() else value


def _checkbox(field: Field) -> fields.Field[Any]:
    def check(value: bool) -> None:  # noqa: FBT001 - marshmallow calls it
        if field.required and not value:
            raise ValidationError(_CHECK_IT.format())

    return fields.Boolean(validate=check, **_settings(field))


def _choice(field: Field) -> fields.Field[Any]:
    return fields.String(validate=Among(value for value, _label in field.options), **_settings(field))


def _choices(field: Field) -> fields.Field[Any]:
    def check_once(values: list[str]) -> None:
        if len(set(values)) != len(values):
            raise ValidationError(_TWICE.format())

    each = fields.String(validate=Among(value for value, _label in field.options))
    fewest = Sized(minimum=1 if field.required else 0, of="choices")
    return fields.List(each, validate=[fewest, check_once], **_settings(field))


def _datetime(field: Field) -> fields.Field[Any]:
    read, refused = _READ[field.subtype or "date"]

    def check(value: str) -> None:
        try:
            read(value)
        except ValueError as error:
            raise ValidationError(refused.format()) from error

    return fields.String(validate=check, post_load=read, **_settings(field))


def _read_day(text: str) -> str:
    day = date.fromisoformat(text)
    of_our_time(day)
    return day.isoformat()


#: Dates and times are kept as ISO 8601 text, which is what JSON and the variables of a case know.
_READ: Final[Mapping[str, tuple[Callable[[str], str], messages.Text]]] = {
    "date": (_read_day, messages.NOT_A_DATE),
    "time": (lambda text: time.fromisoformat(text).isoformat(), messages.NOT_A_TIME),
    "datetime": (lambda text: read_moment(text).isoformat(), messages.NOT_A_MOMENT),
}

_COMPILE: Final[Mapping[str, Callable[[Field], fields.Field[Any]]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "datetime": _datetime,
}
