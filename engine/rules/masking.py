"""Hide who somebody is: names, telephone and identity numbers (个人信息保护法 6, 28 [law]).

How a thing is masked and found in a text belongs here; who may see it unmasked stands in ``access``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from engine.rules.full_width import narrow

_STAR: Final = "*"
_HEAD, _TAIL = 3, 4
_SHORTEST_WITH_HEAD: Final = 11
_SHORTEST_WITH_TAIL: Final = 5

NumberKind = Literal["mobile", "landline", "identity"]

# A digit on either side means that the run is part of a longer number, which is not what it looks like.
_PATTERNS: Final[dict[NumberKind, re.Pattern[str]]] = {
    # 15 and 18 places are identity numbers, 16 to 19 bank cards: neither is anybody's business
    "identity": re.compile(r"(?<![0-9])[0-9]{14,18}[0-9Xx](?![0-9])"),
    "mobile": re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])"),
    "landline": re.compile(r"(?<![0-9])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])"),
}


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A number in a text that leads to a person, and where it stands."""

    kind: NumberKind
    start: int
    end: int
    text: str


def mask_name(name: str) -> str:
    """Return ``name`` with all but its first character hidden: 张三丰 → 张**; a lone character hides too."""
    name = name.strip()
    return name[:1] + _STAR * (len(name) - 1) if len(name) > 1 else _STAR * len(name)


def mask_phone(phone: str) -> str:
    """Return ``phone`` with its middle hidden: 13812345678 → 138****5678; a short one keeps two digits."""
    phone = phone.strip()
    if len(phone) >= _SHORTEST_WITH_HEAD:
        return phone[:_HEAD] + _STAR * (len(phone) - _HEAD - _TAIL) + phone[-_TAIL:]
    kept = phone[-2:] if len(phone) >= _SHORTEST_WITH_TAIL else ""
    return _STAR * (len(phone) - len(kept)) + kept


def find_personal_numbers(text: str) -> tuple[PersonalNumber, ...]:
    """Return the telephone and identity numbers in ``text``, in order of place."""
    plain = narrow(text)
    found = [
        PersonalNumber(kind, match.start(), match.end(), match.group())
        for kind, pattern in _PATTERNS.items()
        for match in pattern.finditer(plain)
    ]
    return tuple(sorted(found, key=lambda number: number.start))


def mask_text(text: str) -> str:
    """Return ``text`` with telephone and identity numbers masked; its length and the rest stay the same."""
    characters = list(text)
    for number in find_personal_numbers(text):
        characters[number.start : number.end] = _masked(number)
    return "".join(characters)


def _masked(number: PersonalNumber) -> str:
    if number.kind == "identity":
        return number.text[:_HEAD] + _STAR * (len(number.text) - _HEAD)
    return mask_phone(number.text)
