"""What becomes of a letter: which of the procedure's paths it takes, drawn before anybody works on it.

The paths are drawn here; what people do and write on them stands in ``desk``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final


class Fate(StrEnum):
    """The path of a letter."""

    PLAIN = "plain"
    SLOW = "slow"
    URGENT = "urgent"
    RETURNED = "returned"
    RETURN_REFUSED = "return_refused"
    DISPUTED = "disputed"
    REFERRED = "referred"
    ASSISTED = "assisted"
    ASSISTANCE_ASKED = "assistance_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    PAUSED = "paused"
    CORRECTED = "corrected"
    SUPPLEMENTED = "supplemented"
    INSTRUCTED = "instructed"
    SIGN_OFF_RETURNED = "sign_off_returned"
    FIRST_REVIEW_RETURNED = "first_review_returned"
    FINAL_REVIEW_RETURNED = "final_review_returned"
    REDONE = "redone"
    EXPLAINED = "explained"
    CRISIS = "crisis"
    FALSE_CRISIS = "false_crisis"
    LATE_ACCEPTED = "late_accepted"
    LATE_ANSWERED = "late_answered"
    NEVER_ACCEPTED = "never_accepted"
    NEVER_ANSWERED = "never_answered"
    DIRECT = "direct"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"
    CORRECTION_UNANSWERED = "correction_unanswered"


#: How many of a thousand letters take a path that is not plain, in any quarter.
_PER_THOUSAND: Final[Mapping[Fate, int]] = {
    Fate.SLOW: 70,
    Fate.URGENT: 30,
    Fate.RETURNED: 50,
    Fate.RETURN_REFUSED: 15,
    Fate.DISPUTED: 4,
    Fate.REFERRED: 4,
    Fate.ASSISTED: 30,
    Fate.ASSISTANCE_ASKED: 10,
    Fate.EXTENDED: 20,
    Fate.EXTENSION_REFUSED: 5,
    Fate.PAUSED: 15,
    Fate.CORRECTED: 15,
    Fate.SUPPLEMENTED: 30,
    Fate.INSTRUCTED: 10,
    Fate.SIGN_OFF_RETURNED: 40,
    Fate.FIRST_REVIEW_RETURNED: 40,
    Fate.FINAL_REVIEW_RETURNED: 15,
    Fate.REDONE: 20,
    Fate.EXPLAINED: 10,
}
#: Days a letter on a long path may take; the others are done within a few.
_LONG: Final = 25
_LONG_PATHS: Final = frozenset(
    {Fate.EXTENDED, Fate.PAUSED, Fate.CORRECTED, Fate.REDONE, Fate.ASSISTED, Fate.ASSISTANCE_ASKED}
)
_SHORT: Final = 5


def draw_fate(rng: Random, *, received: date, end: date) -> Fate:
    """Draw the path of a letter received on ``received`` that is to be answered by ``end``."""
    left = (end - received).days
    paths = [Fate.PLAIN, *_PER_THOUSAND]
    weights = [1000 - sum(_PER_THOUSAND.values()), *_PER_THOUSAND.values()]
    fate = rng.choices(paths, weights)[0]
    if left < _SHORT or (left < _LONG and fate in _LONG_PATHS):
        return Fate.PLAIN
    return fate
