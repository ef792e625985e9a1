from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from engine.clock import ZONE, ManualClock
from tests.webui.letters import Letters
from tests.webui.visitors import Visitor

Visit = Callable[..., Visitor]
PERIOD = "from=2020-01-01&to=2020-03-31&as_of=2020-03-31"


@pytest.fixture
def quarter(letters: Letters, clock: ManualClock) -> tuple[str, str]:
    """A letter finally reviewed and one not yet, both forwarded in the first quarter, which is over."""
    closed = letters.answered()
    opened = letters.forwarded("D19")
    clock.set(datetime(2020, 4, 8, 9, tzinfo=ZONE))
    return closed, opened


def test_the_bulletin_is_of_the_last_quarter_unless_another_is_asked_for(
    visit: Visit, quarter: tuple[str, str]
) -> None:
    page = visit("supervisor1").get("/bulletin")
    assert "统计周期：2020-01-01 至 2020-03-31 截至：2020-03-31" in page.text


def test_the_two_tables_are_sorted_by_closure_rate_then_letters(visit: Visit, quarter: tuple[str, str]) -> None:
    page = visit("supervisor1").get(f"/bulletin?{PERIOD}")
    towns = page.texts("//section[@aria-labelledby='towns']//tbody/tr")
    departments = page.texts("//section[@aria-labelledby='departments']//tbody/tr")
    assert (len(towns), len(departments)) == (18, 19)
    assert towns[0] == "1 城关镇 1 1 100.00%"
    assert departments[0] == "1 城管局 1 0 0.00%"
    assert departments[1] == "2 交通局 0 0 —"
    assert page.texts("//section[@aria-labelledby='towns']//tfoot/tr") == ["合计 1 1 100.00%"]


def test_breaches_name_unit_kind_and_days(visit: Visit, quarter: tuple[str, str]) -> None:
    rows = visit("supervisor1").get(f"/bulletin?{PERIOD}").texts("//section[@aria-labelledby='breaches']//tbody/tr")
    assert rows == [f"城管局 超期未受理 {quarter[1]} 2020-01-03 周五 88"]


def test_every_number_leads_to_the_cases_it_counts(visit: Visit, quarter: tuple[str, str]) -> None:
    visitor = visit("supervisor1")
    page = visitor.get(f"/bulletin?{PERIOD}")
    for link in page.tree.xpath("//div[@class='bulletin']//a[contains(@href, 'counted=')]"):
        counted = visitor.get(link.get("href"))
        cases = counted.texts("//td[contains(@class, 'number')]")
        if link.text.isdigit():
            assert len(cases) == int(link.text), link.get("href")
        assert "简报口径 2020-01-01 周三 至 2020-03-31 周二" in counted.text
    all_letters = page.tree.xpath("//section[@aria-labelledby='summary']//a/@href")[0]
    assert set(visitor.get(all_letters).texts("//td[contains(@class, 'number')]")) == set(quarter)


def test_a_period_that_ends_before_it_begins_is_refused(visit: Visit) -> None:
    page = visit("supervisor1").get("/bulletin?from=2020-03-31&to=2020-01-01", status=422)
    assert "结束日期早于开始日期" in page.text
