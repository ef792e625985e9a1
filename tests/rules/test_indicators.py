"""The indicators of 口径, and what each leaves apart."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from engine.rules.calendar import ZONE, end_of_day
from engine.rules.case_facts import CaseFact, Period, Rate
from engine.rules.indicators import Indicators, indicators
from engine.vocabulary import Result, Satisfaction

MARCH = Period(date(2020, 3, 1), date(2020, 3, 31))
AS_OF = date(2020, 3, 31)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2020, 3, day, hour, tzinfo=ZONE)


def letter(number: str, **facts: object) -> CaseFact:
    usual: dict[str, object] = {
        "received_at": at(2, 9),
        "forwarded_at": at(2, 10),
        "unit": "jtj",
        "accept_due": end_of_day(date(2020, 3, 3)),
        "reply_due": end_of_day(date(2020, 3, 9)),
    }
    return CaseFact(number=number, **(usual | facts))  # type: ignore[arg-type]


def closed(number: str, **facts: object) -> CaseFact:
    usual: dict[str, object] = {
        "accepted_at": at(2, 11),
        "replied_at": at(4),
        "final_reviewed_at": at(5),
        "result": Result.REPLIED,
        "closed_at": at(9),
    }
    return letter(number, **(usual | facts))


def of(*facts: CaseFact) -> Indicators:
    return indicators(facts, MARCH, AS_OF)


def cases(rate: Rate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return rate.part.numbers, rate.whole.numbers


def test_acceptance_counts_the_due_and_the_accepted() -> None:
    found = of(
        letter("accepted", accepted_at=at(3), accept_due=None),
        letter("late", accepted_at=at(4)),
        letter("missed"),
        letter("not yet due", accept_due=end_of_day(date(2020, 4, 1))),
    )
    assert cases(found.acceptance) == (("accepted", "late"), ("accepted", "late", "missed"))
    assert cases(found.accepted_on_time) == (("accepted",), ("accepted", "late", "missed"))


def test_same_day_is_the_day_of_forwarding() -> None:
    found = of(
        letter("at once", accepted_at=at(2, 23), final_reviewed_at=at(2, 23)),
        letter("next morning", accepted_at=at(3, 0), final_reviewed_at=at(3, 0)),
    )
    assert cases(found.accepted_same_day) == (("at once",), ("at once", "next morning"))
    assert cases(found.closed_same_day) == (("at once",), ("at once", "next morning"))


def test_letters_that_ended_without_a_units_answer_are_shown_apart() -> None:
    ends = (Result.REJECTED, Result.MERGED, Result.TRANSFERRED, Result.WITHDRAWN, Result.SPAM)
    found = of(*(letter(result.value, result=result, closed_at=at(4)) for result in ends), closed("answered"))
    assert found.letters.value == 6
    assert {result: counted.numbers for result, counted in found.set_apart.items()} == {
        result: (result.value,) for result in ends
    }
    assert cases(found.acceptance) == (("answered",), ("answered",))
    assert cases(found.closed_same_day)[1] == ("answered",)
    assert found.closure.whole.value == 6


def test_a_reply_is_on_time_by_its_sending_up_not_its_review() -> None:
    found = of(
        closed("sent up in time, reviewed after", replied_at=at(9), final_reviewed_at=at(12)),
        closed("sent up late", replied_at=at(10), final_reviewed_at=at(11)),
        letter("under review", accepted_at=at(2, 11), replied_at=at(9)),
        letter("missed", accepted_at=at(2, 11)),
        letter("not yet due", accepted_at=at(2, 11), reply_due=end_of_day(date(2020, 4, 3))),
        letter("paused", accepted_at=at(2, 11), reply_due=None),
    )
    told = found.timeliness
    assert cases(told.on_time) == (
        ("sent up in time, reviewed after",),
        ("missed", "sent up in time, reviewed after", "sent up late"),
    )
    assert told.closed_late.numbers == ("sent up late",)
    assert told.under_review.numbers == ("under review",)
    assert told.not_yet_due.numbers == ("not yet due", "paused")


def test_approval_counts_valid_ratings_and_never_goes_without_the_response_rate() -> None:
    rated = {"rated_at": at(10)}
    found = of(
        closed("pleased", satisfaction=Satisfaction.SATISFIED, **rated),
        closed("quite pleased", satisfaction=Satisfaction.BASICALLY_SATISFIED, **rated),
        closed("displeased", satisfaction=Satisfaction.DISSATISFIED, **rated),
        closed("unreachable", satisfaction=Satisfaction.UNREACHABLE, **rated),
        closed("silent"),
    )
    assert str(found.approval.satisfied.percent) == "66.67"
    assert str(found.approval.response.percent) == "60.00"


def test_nobody_rated_gives_no_rate_rather_than_zero() -> None:
    found = of(closed("silent"))
    assert found.approval.satisfied.percent is None
    assert str(found.approval.response.percent) == "0.00"


def test_redone_extended_and_returned() -> None:
    returned = (("cgj", at(3)),)
    found = of(
        closed("redone", redone_at=at(10)),
        letter("redoing", accepted_at=at(2, 11), redone_at=at(10)),
        closed("extended", extended_at=at(4)),
        closed("returned by another", returns=returned),
    )
    assert cases(found.redone)[0] == ("redoing", "redone")
    assert found.redone.whole.value == 4
    assert cases(found.extended)[0] == ("extended",)
    assert cases(found.returned)[0] == ("returned by another",)
    assert found.returned.whole.value == 4


def test_a_redo_is_timed_by_its_own_limit_and_its_own_answer() -> None:
    redone = {"replied_at": None, "result": None, "closed_at": None, "redone_at": at(10)}
    told = of(
        closed("redo missed", **redone, reply_due=end_of_day(date(2020, 3, 17))),
        closed("redo not yet due", **redone, reply_due=end_of_day(date(2020, 4, 1))),
        closed("redo under review", **(redone | {"replied_at": at(12)}), reply_due=end_of_day(date(2020, 3, 17))),
        closed("redone in time", redone_at=at(10), replied_at=at(12), final_reviewed_at=at(13), reply_due=at(17)),
    ).timeliness
    assert cases(told.on_time) == (("redone in time",), ("redo missed", "redone in time"))
    assert told.under_review.numbers == ("redo under review",)
    assert told.not_yet_due.numbers == ("redo not yet due",)


def test_repeats_are_counted_among_the_received() -> None:
    merged = {"forwarded_at": None, "unit": None, "result": Result.MERGED, "closed_at": at(3)}
    found = of(letter("first"), letter("again", **merged))
    assert cases(found.repeated) == (("again",), ("again", "first"))


some_day = st.none() | st.integers(2, 31).map(at)
any_letter = st.fixed_dictionaries(
    {
        "accepted_at": some_day,
        "accept_due": some_day,
        "replied_at": some_day,
        "reply_due": some_day,
        "final_reviewed_at": some_day,
        "closed_at": some_day,
        "result": st.none() | st.sampled_from(Result),
        "satisfaction": st.none() | st.sampled_from(Satisfaction),
        "rated_at": some_day,
        "extended_at": some_day,
        "redone_at": some_day,
    }
)


@given(st.lists(any_letter, max_size=12))
def test_every_part_is_part_of_its_whole_and_every_letter_is_told_once(drawn: list[dict[str, object]]) -> None:
    found = of(*(letter(f"{place:02d}", **facts) for place, facts in enumerate(drawn)))
    told = found.timeliness
    rates = [
        found.closure,
        found.acceptance,
        found.accepted_on_time,
        found.accepted_same_day,
        told.on_time,
        found.closed_same_day,
        found.approval.satisfied,
        found.approval.response,
        found.redone,
        found.extended,
        found.returned,
        found.repeated,
    ]
    for rate in rates:
        assert set(rate.part.numbers) <= set(rate.whole.numbers) <= set(found.letters.numbers)
    apart = [number for counted in found.set_apart.values() for number in counted.numbers]
    parts = (*told.on_time.whole.numbers, *told.under_review.numbers, *told.not_yet_due.numbers, *apart)
    assert sorted(parts) == sorted(found.letters.numbers)
