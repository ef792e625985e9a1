"""The indicators as plain data: every figure with the numbers of the cases behind it. Counting belongs in ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.rules.case_facts import Rate, Tally
    from engine.rules.indicators import Indicators


def as_figures(found: Indicators) -> dict[str, Any]:
    """Return the indicators by name: rates in per cent with two decimals, counts, each with its cases."""
    timeliness, approval = found.timeliness, found.approval
    rates = {
        "closure": found.closure,
        "acceptance": found.acceptance,
        "accepted_on_time": found.accepted_on_time,
        "accepted_same_day": found.accepted_same_day,
        "closed_on_time": timeliness.on_time,
        "closed_same_day": found.closed_same_day,
        "satisfied": approval.satisfied,
        "rated": approval.response,
        "redone": found.redone,
        "extended": found.extended,
        "returned": found.returned,
        "repeated": found.repeated,
    }
    counts = {
        "closed_late": timeliness.closed_late,
        "under_review": timeliness.under_review,
        "not_yet_due": timeliness.not_yet_due,
        **{str(result): counted for result, counted in found.set_apart.items()},
    }
    return {
        "rates": {name: _rate(rate) for name, rate in rates.items()},
        "counts": {name: _count(counted) for name, counted in counts.items()},
    }


def _rate(rate: Rate) -> dict[str, Any]:
    percent = rate.percent
    return {
        "part": rate.part.value,
        "whole": rate.whole.value,
        "percent": None if percent is None else f"{percent:.2f}",
        "part_numbers": list(rate.part.numbers),
        "whole_numbers": list(rate.whole.numbers),
    }


def _count(counted: Tally) -> dict[str, Any]:
    return {"value": counted.value, "numbers": list(counted.numbers)}
