from __future__ import annotations

from collections.abc import Callable

from tests.webui.letters import DRAFT, Letters
from tests.webui.visitors import Page, Visitor

Visit = Callable[..., Visitor]


def figures(page: Page) -> dict[str, str]:
    entries = [text.split(" ", 1) for text in page.texts("//div[@class='figures']/a")]
    return {name: number for number, name in entries}


def test_the_four_numbers_lead_to_their_cases(visit: Visit, letters: Letters) -> None:
    late = letters.forwarded("D19")
    unanswered = letters.forwarded("D18")
    letters.do(unanswered, "d18", "受理", acceptance="accept")
    letters.pass_time(days=11)
    letters.forwarded("T01")
    visitor = visit("supervisor1")
    page = visitor.get("/supervision")
    assert figures(page) == {"在办": "3", "即将到期": "1", "超期未受理": "1", "受理未按时回复": "1"}
    assert visitor.get(page.links("超期未受理")[0]).texts("//td[contains(@class, 'number')]") == [late]
    assert visitor.get(page.links("受理未按时回复")[0]).texts("//td[contains(@class, 'number')]") == [unanswered]
    assert len(visitor.get(page.links("在办")[0]).texts("//td[contains(@class, 'number')]")) == 3


def test_a_number_of_nothing_leads_to_no_case(visit: Visit, letters: Letters) -> None:
    letters.forwarded()
    visitor = visit("supervisor1")
    assert "没有符合条件的案件" in visitor.get(visitor.get("/supervision").links("超期未受理")[0]).text


def test_overdue_cases_say_by_how_many_days_and_which_breach(visit: Visit, letters: Letters) -> None:
    letters.forwarded("D19")
    letters.pass_time(days=8)
    rows = visit("supervisor1").get("/supervision").texts("//section[@aria-labelledby='overdue']//tbody/tr")
    assert rows[0].startswith("逾期 7 天 超期未受理 城管局")


def test_the_wall_shows_every_open_case_against_its_limit(visit: Visit, letters: Letters) -> None:
    letters.forwarded("D19")
    letters.pass_time(days=8)
    letters.forwarded("T01")
    page = visit("supervisor1").get("/supervision")
    assert page.texts("//ul[@class='wall']/li/a") == ["城管局", "城关镇"]
    assert page.tree.xpath("//svg//a/@class") == ["late", "soon"]


def test_a_case_leaves_the_wall_when_its_reply_is_sent_up(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded("T01")
    letters.do(number, "t01", "受理", acceptance="accept")
    letters.do(number, "t01", "调查办理", **DRAFT)
    letters.do(number, "t01head", "单位审签", sign_off="approve")
    assert "各单位没有在时限内办理的案件" in visit("supervisor1").get("/supervision").text


def test_escalations_show_the_rungs_reached_and_lead_to_the_task(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded("D19")
    letters.pass_time(days=8)
    visitor = visit("supervisor1")
    [row] = visitor.get("/supervision").tree.xpath("//section[@aria-labelledby='escalations']//tbody/tr")
    rungs = [chip.text_content() for chip in row.xpath(".//span[contains(@class, 'chip ')]")]
    assert rungs[:4] == ["预警", "催办", "黄牌", "红牌"]
    [link] = row.xpath(".//a[contains(@href, '#task-')]/@href")
    page = visitor.get(link)
    assert page.tree.xpath(f"//*[@id='{link.partition('#')[2]}']")
    page = letters.do(number, "supervisor1", "督办处置", supervision="urge", note="已电话催办。")
    assert "督办岗处置" in page.text


def test_a_unit_head_watches_the_own_unit_only(visit: Visit, letters: Letters) -> None:
    letters.forwarded("D19")
    letters.pass_time(days=8)
    assert figures(visit("t01head").get("/supervision"))["在办"] == "0"
    assert figures(visit("d19head").get("/supervision"))["在办"] == "1"
