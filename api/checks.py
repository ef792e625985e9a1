"""Checks of values that forms and schemas share; each says what is wrong and what would be right, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal

from marshmallow import ValidationError, validate

from api import messages
from engine.clock import ZONE

#: What may be meant by a date; the ends of the calendar are beyond reckoning with zones and periods.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
#: Line breaks and tabs are text; NUL above all is not, and no database will store it, nor half a surrogate pair.
_ALLOWED: Final = frozenset("\n\r\t")
_MOST_CHOICES_TOLD: Final = 10


class Sized(validate.Length):
    """So many characters, or so many entries."""

    def __init__(
        self, *, minimum: int | None = None, maximum: int | None = None, of: Literal["text", "choices"] = "text"
    ) -> None:
        """Count characters of a text or entries of a list of choices."""
        super().__init__(minimum, maximum)
        text = of == "text"
        self.message_min = messages.TOO_SHORT if text else messages.TOO_FEW
        self.message_max = messages.TOO_LONG if text else messages.TOO_MANY
        self.message_all = messages.NOT_SO_LONG if text else messages.NOT_SO_MANY


class Between(validate.Range):
    """A number in a range."""

    def __init__(self, *, minimum: float | None = None, maximum: float | None = None) -> None:
        """Take either bound away with ``None``."""
        super().__init__(_plain(minimum), _plain(maximum))
        self.message_min, self.message_max = messages.TOO_SMALL, messages.TOO_LARGE
        self.message_all = messages.NOT_BETWEEN


class Among(validate.OneOf):
    """One of a few values."""

    def __init__(self, values: Iterable[str]) -> None:
        """Name the first few values when refusing."""
        super().__init__([str(value) for value in values], error=messages.NOT_A_CHOICE)
        told = [str(value) for value in list(self.choices)[:_MOST_CHOICES_TOLD]]
        self.choices_text = ", ".join(told) + (" …" if len(list(self.choices)) > len(told) else "")


def no_control_characters(value: str) -> None:
    """Refuse characters that nobody typed."""
    if any((character < " " and character not in _ALLOWED) or "\ud800" <= character <= "\udfff" for character in value):
        raise ValidationError(messages.CONTROL_CHARACTER.format())


def read_moment(text: str) -> datetime:
    """Return the moment an ISO 8601 text means; without a zone it is one on the county's clocks.

    Raises:
        ValueError: it means none, or one that nobody can mean.

    """
    moment = datetime.fromisoformat(text)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("not of our time")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def of_our_time(day: date) -> None:
    """Refuse days that nobody can mean."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValidationError(messages.NOT_A_DATE.format())


def _plain(number: float | None) -> float | None:
    return int(number) if isinstance(number, float) and number.is_integer() else number
