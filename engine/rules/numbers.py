"""What a petition is called: its number, and the code that opens it to whoever wrote it.

How they look and how to recognise them belongs here; handing out serials and storing codes does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.errors import InvalidInput
from engine.rules.full_width import narrow

#: No 0/O, 1/I/L: a code is read out over the telephone and copied from paper.
QUERY_CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
QUERY_CODE_LENGTH: Final = 8

_LARGEST_SERIAL: Final = 999_999
_NUMBER: Final = re.compile(r"(?<![0-9A-Z])WZ([0-9]{8})-([0-9]{4,6})(?![0-9])", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True, order=True)
class PetitionNumber:
    """A petition's number: the day it was received and its serial of that day; ``str()`` writes it."""

    day: date
    serial: int

    def __str__(self) -> str:
        return f"WZ{self.day.year:04d}{self.day:%m%d}-{self.serial:04d}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A petition number somewhere in a text."""

    start: int
    end: int
    number: PetitionNumber


def format_number(day: date, serial: int) -> str:
    """Write the number of the ``serial``-th petition (from 1) received on ``day``: ``WZ20200131-0001``.

    Raises:
        InvalidInput: no day has that many petitions.

    """
    if not 1 <= serial <= _LARGEST_SERIAL:
        raise InvalidInput("The serial is out of range.", message_zh="编号流水号超出范围。", serial=serial)
    return str(PetitionNumber(day, serial))


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Return every petition number mentioned in ``text``, in order of place."""
    found = ((match, _read(match)) for match in _NUMBER.finditer(narrow(text)))
    return tuple(Mention(match.start(), match.end(), number) for match, number in found if number)


def new_query_code(choice: Callable[[str], str]) -> str:
    """Draw a query code; ``choice`` picks a character: ``secrets.choice``, or a seeded one in a demo."""
    return "".join(choice(QUERY_CODE_ALPHABET) for _ in range(QUERY_CODE_LENGTH))


def normalize_query_code(text: str) -> str:
    """Return a typed query code as we wrote it: upper case, narrow, without blanks or hyphens."""
    return _SEPARATORS.sub("", narrow(text)).upper()


def _read(match: re.Match[str]) -> PetitionNumber | None:
    """Return the number a match stands for, or nothing when there is no such day or serial."""
    digits, serial = match.groups()
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return PetitionNumber(day, int(serial)) if int(serial) else None
