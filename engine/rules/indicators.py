"""The other numbers of 口径: how fast and how well the county answers.

Every rate keeps the cases of its part and of its whole. What would distort a rate is left out of its whole and
shown apart. The bulletin's tables and breaches stand in ``bulletins``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.rules.calendar import local_date
from engine.rules.case_facts import CaseFact, Period, Rate, Tally, forwarded_in, is_missed, known_on, tally
from engine.vocabulary import Result, Satisfaction

#: Ends without a unit's answer: such cases count in 信件总数 and are shown apart from what a unit achieved.
_SET_APART: Final = (Result.REJECTED, Result.MERGED, Result.TRANSFERRED, Result.WITHDRAWN, Result.SPAM)
_VALID: Final = frozenset({Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED, Satisfaction.DISSATISFIED})
_CONTENT: Final = frozenset({Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED})


@dataclass(frozen=True, slots=True)
class Approval:
    """满意率 and 参评率, which are never shown one without the other."""

    satisfied: Rate
    response: Rate


@dataclass(frozen=True, slots=True)
class Timeliness:
    """按期办结率 and what it leaves apart: late but closed, sent up in time and under review, not yet due."""

    on_time: Rate
    closed_late: Tally
    under_review: Tally
    not_yet_due: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """The indicators of the county.

    ``closure`` 办结率, ``acceptance`` 受理率, ``accepted_on_time`` 按时受理率, ``accepted_same_day`` 当日受理率,
    ``timeliness`` 按期办结率, ``closed_same_day`` 当日办结率, ``approval`` 满意率 and 参评率, ``redone`` 重办率,
    ``extended`` 延期率, ``returned`` 退件率, ``repeated`` 重复率; ``set_apart`` by the way a case ended.
    """

    letters: Tally
    set_apart: Mapping[Result, Tally]
    closure: Rate
    acceptance: Rate
    accepted_on_time: Rate
    accepted_same_day: Rate
    timeliness: Timeliness
    closed_same_day: Rate
    approval: Approval
    redone: Rate
    extended: Rate
    returned: Rate
    repeated: Rate


def indicators(facts: Sequence[CaseFact], period: Period, as_of: date) -> Indicators:
    """Compute the indicators of the letters of ``period`` as known on ``as_of``."""
    letters = forwarded_in(facts, period, as_of)
    counted = [fact for fact in letters if not _is_set_apart(fact)]
    accepted = [fact for fact in counted if fact.accepted_at]
    reviewed = [fact for fact in letters if fact.final_reviewed_at]
    due = [fact for fact in counted if fact.accepted_at or is_missed(fact.accept_due, as_of)]
    return Indicators(
        letters=tally(letters),
        set_apart=_set_apart(letters),
        closure=_rate(reviewed, letters),
        acceptance=_rate(accepted, due),
        accepted_on_time=_rate(filter(_accepted_on_time, accepted), due),
        accepted_same_day=_rate((f for f in counted if _same_day(f.forwarded_at, f.accepted_at)), counted),
        timeliness=_timeliness(counted, as_of),
        closed_same_day=_rate((f for f in counted if _same_day(f.forwarded_at, f.final_reviewed_at)), counted),
        approval=_approval(reviewed),
        redone=_rate((f for f in letters if f.redone_at), (f for f in letters if f.redone_at or f.final_reviewed_at)),
        extended=_rate((f for f in accepted if f.extended_at), accepted),
        returned=_rate((f for f in letters if f.returns), letters),
        repeated=_repeated(facts, period, as_of),
    )


def _repeated(facts: Iterable[CaseFact], period: Period, as_of: date) -> Rate:
    """Return 重复率: letters of ``period`` that a person merged into an earlier one, of all received.

    Merging comes before forwarding, hence the period of receipt.
    """
    received = [fact for fact in known_on(facts, as_of) if period.covers(fact.received_at)]
    return _rate((fact for fact in received if fact.result == Result.MERGED), received)


def _rate(part: Iterable[CaseFact], whole: Iterable[CaseFact]) -> Rate:
    return Rate(tally(part), tally(whole))


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and local_date(one) == local_date(other)


def _is_set_apart(fact: CaseFact) -> bool:
    return fact.result in _SET_APART and not fact.final_reviewed_at


def _set_apart(letters: Sequence[CaseFact]) -> dict[Result, Tally]:
    apart = [fact for fact in letters if _is_set_apart(fact)]
    return {result: tally(fact for fact in apart if fact.result == result) for result in _SET_APART}


def _accepted_on_time(fact: CaseFact) -> bool:
    return fact.accepted_at is not None and (fact.accept_due is None or fact.accepted_at <= fact.accept_due)


def _replied_on_time(fact: CaseFact) -> bool:
    """Tell whether the reply was sent up within the limit: review time is not the unit's."""
    replied_at = fact.replied_at or (None if fact.is_being_redone else fact.final_reviewed_at)
    return replied_at is not None and (fact.reply_due is None or replied_at <= fact.reply_due)


def _timeliness(counted: Sequence[CaseFact], as_of: date) -> Timeliness:
    on_time: list[CaseFact] = []
    closed_late: list[CaseFact] = []
    under_review: list[CaseFact] = []
    overdue: list[CaseFact] = []
    not_yet_due: list[CaseFact] = []
    for fact in counted:
        reviewed = fact.final_reviewed_at and not fact.is_being_redone
        if _replied_on_time(fact):
            (on_time if reviewed else under_review).append(fact)
        elif reviewed:
            closed_late.append(fact)
        else:
            (overdue if is_missed(fact.reply_due, as_of) else not_yet_due).append(fact)
    return Timeliness(
        on_time=_rate(on_time, [*on_time, *closed_late, *overdue]),
        closed_late=tally(closed_late),
        under_review=tally(under_review),
        not_yet_due=tally(not_yet_due),
    )


def _approval(reviewed: Sequence[CaseFact]) -> Approval:
    rated = [fact for fact in reviewed if fact.satisfaction in _VALID]
    return Approval(
        satisfied=_rate((fact for fact in rated if fact.satisfaction in _CONTENT), rated),
        response=_rate(rated, reviewed),
    )
