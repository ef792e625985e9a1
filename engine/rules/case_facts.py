"""What reports count: one row of facts per case, the period and the as-of time, and numbers that know their cases.

Choosing and narrowing the rows and writing a percentage belong here; what is counted stands in ``bulletins`` and
``indicators``. A report of a period and an as-of day can be made again later, and comes out the same. What is known
on a day is known to its very end: whatever happened before the next day begins, to the last fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from engine.errors import InvalidInput
from engine.rules.calendar import ZONE, end_of_day, local_date
from engine.vocabulary import Result, Satisfaction

_TWO_PLACES: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One case as reports see it.

    ``unit`` is the code of the unit in charge, ``forwarded_at`` when the case first went out to one (a return does
    not reset it, so every letter belongs to one period). Dues are those in force on the as-of day, absent while a
    clock is paused. ``replied_at`` is when the unit sent its reply up, which decides whether it is on time.
    ``returns`` are the units whose return (退件) was approved, and when.
    """

    number: str
    received_at: datetime
    unit: str | None = None
    topic: str | None = None
    forwarded_at: datetime | None = None
    accept_due: datetime | None = None
    accepted_at: datetime | None = None
    reply_due: datetime | None = None
    replied_at: datetime | None = None
    final_reviewed_at: datetime | None = None
    result: Result | None = None
    closed_at: datetime | None = None
    satisfaction: Satisfaction | None = None
    rated_at: datetime | None = None
    extended_at: datetime | None = None
    redone_at: datetime | None = None
    returns: tuple[tuple[str, datetime], ...] = ()

    @property
    def is_being_redone(self) -> bool:
        """Whether a redo (重办) was ordered and has not passed final review: the answer before it no longer counts."""
        if self.redone_at is None or self.closed_at is not None:
            return False
        return self.final_reviewed_at is None or self.final_reviewed_at <= self.redone_at


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report covers, both ends included, in the county's zone."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("The period ends before it begins.", message_zh="统计周期的结束日期早于开始日期。")

    def covers(self, moment: datetime) -> bool:
        """Tell whether ``moment`` falls on a day of the period."""
        return self.first <= local_date(moment) <= self.last

    @property
    def begins(self) -> datetime:
        """The first moment of the period."""
        return start_of_day(self.first)

    @property
    def is_over(self) -> datetime:
        """The first moment after the period."""
        return start_of_day(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Tally:
    """A count that can be traced: the numbers of the cases it is made of."""

    numbers: tuple[str, ...] = ()

    @property
    def value(self) -> int:
        """How many cases there are."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole, both traceable."""

    part: Tally
    whole: Tally

    @property
    def percent(self) -> Decimal | None:
        """The percentage with two decimals; nothing when there is nothing to be a part of."""
        return percentage(self.part.value, self.whole.value)


def percentage(part: int, whole: int) -> Decimal | None:
    """Return ``part`` of ``whole`` in per cent, two decimals, half up (口径): 596 of 598 is 99.67."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(_TWO_PLACES, ROUND_HALF_UP)


def tally(facts: Iterable[CaseFact]) -> Tally:
    """Count ``facts``, keeping their numbers in order."""
    return Tally(tuple(sorted(fact.number for fact in facts)))


def start_of_day(day: date) -> datetime:
    """Return the first moment of ``day`` in the county."""
    return datetime.combine(day, time(), ZONE)


def is_missed(due: datetime | None, as_of: date) -> bool:
    """Tell whether ``due`` has passed at the end of ``as_of``; a limit that ends with that day is not missed on it."""
    return due is not None and due < end_of_day(as_of)


def known_on(facts: Iterable[CaseFact], as_of: date) -> list[CaseFact]:
    """Return ``facts`` as one knew them at the end of ``as_of``: without the cases and events that came later."""
    return [_known(fact, as_of) for fact in facts if local_date(fact.received_at) <= as_of]


def forwarded_in(facts: Iterable[CaseFact], period: Period, as_of: date) -> list[CaseFact]:
    """Return the letters sent out to a unit in ``period`` (信件总数), as known on ``as_of``."""
    known = known_on(facts, as_of)
    return [fact for fact in known if fact.forwarded_at is not None and period.covers(fact.forwarded_at)]


def _known(fact: CaseFact, as_of: date) -> CaseFact:
    def past(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and local_date(moment) <= as_of else None

    forwarded_at, closed_at, rated_at = past(fact.forwarded_at), past(fact.closed_at), past(fact.rated_at)
    return replace(
        fact,
        unit=fact.unit if forwarded_at else None,
        forwarded_at=forwarded_at,
        accepted_at=past(fact.accepted_at),
        replied_at=past(fact.replied_at),
        final_reviewed_at=past(fact.final_reviewed_at),
        result=fact.result if closed_at else None,
        closed_at=closed_at,
        satisfaction=fact.satisfaction if rated_at else None,
        rated_at=rated_at,
        extended_at=past(fact.extended_at),
        redone_at=past(fact.redone_at),
        returns=tuple(each for each in fact.returns if local_date(each[1]) <= as_of),
    )
