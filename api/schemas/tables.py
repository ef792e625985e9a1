"""The schema every other one derives from: strict about what it takes, and speaking both languages when it refuses."""

from __future__ import annotations

from typing import Any, Final

import marshmallow
from marshmallow import fields

from api import messages

_INVALID: Final[dict[type[fields.Field[Any]], messages.Text]] = {
    fields.Integer: messages.NOT_WHOLE,
    fields.Number: messages.NOT_A_NUMBER,
    fields.Boolean: messages.NOT_YES_OR_NO,
    fields.Date: messages.NOT_A_DATE,
    fields.Time: messages.NOT_A_TIME,
    fields.DateTime: messages.NOT_A_MOMENT,
    fields.List: messages.NOT_A_LIST,
    fields.Mapping: messages.NOT_AN_OBJECT,
    fields.String: messages.NOT_TEXT,
}


def speak_both_languages(field: fields.Field[Any]) -> None:
    """Replace what marshmallow says about a wrong value of ``field`` by our own words."""
    field.error_messages.update(
        required=messages.REQUIRED,
        null=messages.REQUIRED,
        type=messages.NOT_AN_OBJECT,
        too_large=messages.NOT_A_NUMBER,
        special=messages.NOT_A_NUMBER,
        invalid_utf8=messages.NOT_TEXT,
        invalid_awareness=messages.NOT_A_MOMENT,
        unknown=messages.NOT_A_CHOICE,
    )
    for kind in type(field).__mro__:
        if kind in _INVALID:
            field.error_messages["invalid"] = _INVALID[kind]
            break
    if isinstance(field, fields.List):
        speak_both_languages(field.inner)


class Schema(marshmallow.Schema):
    """A schema that refuses unknown fields by name."""

    error_messages = {"unknown": messages.UNKNOWN, "type": messages.NOT_AN_OBJECT}  # noqa: RUF012 - as marshmallow declares it

    class Meta:
        """Refuse what is not asked for: a misspelt field is a mistake to hear of."""

        unknown = marshmallow.RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002
        """Give every field our words."""
        speak_both_languages(field_obj)
