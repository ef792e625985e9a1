"""The kinds of values schemas are made of: lines of text, words of the vocabulary, moments in the county's zone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from marshmallow import ValidationError, fields

from api import messages
from api.checks import Between, Sized, no_control_characters, read_moment
from engine import clock

MOMENT_EXAMPLE: Final = "2020-03-31T09:30:00+08:00"
LONGEST_PAGE: Final = 200
LARGEST_OFFSET: Final = 1_000_000


class Moment(fields.DateTime):
    """A date and time with its zone; given out in the county's, and taken to be of it when it has none."""

    def __init__(
        self, about: str, *, required: bool = False, allow_none: bool = False, attribute: str | None = None
    ) -> None:
        """Document what is meant by an example."""
        metadata = _about(about, MOMENT_EXAMPLE)
        super().__init__("iso", required=required, attribute=attribute, metadata=metadata, **_nothing(allow=allow_none))

    def _serialize(self, value: datetime | None, *_context: object, **_named: object) -> str | None:
        return None if value is None else clock.local(value).isoformat()

    def _deserialize(self, value: object, *_context: object, **_named: object) -> datetime:
        try:
            return read_moment(str(value))
        except ValueError as error:
            raise ValidationError(messages.NOT_A_MOMENT.format()) from error


def line(
    about: str, *, longest: int, shortest: int | None = None, required: bool = False, example: str | None = None
) -> fields.String:
    """Return a text of at most ``longest`` characters; a required one may not be blank."""

    def strip(value: object) -> object:
        stripped = value.strip() if isinstance(value, str) else value
        if stripped == "" and required:
            raise ValidationError(messages.REQUIRED.format())
        return stripped

    return fields.String(
        validate=[Sized(minimum=shortest or (1 if required else None), maximum=longest), no_control_characters],
        pre_load=strip,
        required=required,
        metadata=_about(about, example),
    )


def told(
    about: str, example: str | None = None, *, allow_none: bool = False, attribute: str | None = None
) -> fields.String:
    """Return a text that we give out."""
    metadata = _about(about, example)
    return fields.String(required=True, attribute=attribute, metadata=metadata, **_nothing(allow=allow_none))


def counted(about: str, *, attribute: str | None = None) -> fields.Integer:
    """Return a whole number that we give out."""
    return fields.Integer(required=True, attribute=attribute, metadata=_about(about))


def flag(about: str, *, attribute: str | None = None) -> fields.Boolean:
    """Return a yes or no that we give out."""
    return fields.Boolean(required=True, attribute=attribute, metadata=_about(about))


def word(kind: type[StrEnum], about: str, *, required: bool = False) -> fields.Enum[StrEnum]:
    """Return one of the words of a closed set, as we take it."""
    return fields.Enum(kind, by_value=fields.String, required=required, metadata=_about(about, next(iter(kind)).value))


def told_word(
    kind: type[StrEnum], about: str, *, allow_none: bool = False, attribute: str | None = None
) -> fields.String:
    """Return one of the words of a closed set, or nothing, as we give it out."""
    metadata = _about(about) | {"enum": [*map(str, kind), *([None] if allow_none else [])]}
    return fields.String(required=True, attribute=attribute, metadata=metadata, **_nothing(allow=allow_none))


def page_size() -> fields.Integer:
    """Return how many items of a list to answer."""
    about = _about(f"How many items to answer, at most {LONGEST_PAGE}.")
    return fields.Integer(load_default=50, validate=Between(minimum=1, maximum=LONGEST_PAGE), metadata=about)


def page_offset() -> fields.Integer:
    """Return how many items of a list to leave out before the first."""
    about = _about("How many items to leave out before the first.")
    return fields.Integer(load_default=0, validate=Between(minimum=0, maximum=LARGEST_OFFSET), metadata=about)


def _about(description: str, example: str | None = None) -> dict[str, Any]:
    return {"description": description} | ({"examples": [example]} if example is not None else {})


def _nothing(*, allow: bool) -> dict[str, Any]:
    # what hangs on something that is not there is not there either, and is said to be null
    return {"allow_none": True, "dump_default": None} if allow else {}
