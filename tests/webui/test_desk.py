from __future__ import annotations

from collections.abc import Callable

from tests.webui.letters import Letters
from tests.webui.visitors import Page, Visitor

Visit = Callable[..., Visitor]


def numbers(page: Page) -> list[str]:
    return page.texts("//table//td[contains(@class, 'number')]")


def queues(page: Page) -> dict[str, str]:
    return dict(text.rsplit(" ", 1) for text in page.texts("//nav[@class='queues']//a"))


def test_an_empty_desk_says_what_will_come(visit: Visit) -> None:
    page = visit("t02").get("/desk")
    assert "没有待办任务" in page.text
    assert "自动出现在这里" in page.text


def test_the_desk_lists_what_is_due_soonest_first(visit: Visit, letters: Letters) -> None:
    first = letters.forwarded()
    letters.pass_time(days=1)
    second = letters.forwarded()
    assert numbers(visit("t01").get("/desk")) == [first, second]


def test_a_unit_sees_only_its_own_tasks(visit: Visit, letters: Letters) -> None:
    letters.forwarded("T01")
    other = letters.forwarded("T02")
    assert numbers(visit("t02").get("/desk")) == [other]


def test_overdue_is_said_in_words_and_shape(visit: Visit, letters: Letters) -> None:
    letters.forwarded()
    letters.pass_time(days=4)
    page = visit("t01").get("/desk?view=overdue")
    assert page.texts("//span[@class='due late']/span") == ["逾期 3 天"]
    assert queues(page)["已逾期"] == "1"


def test_due_soon_leaves_out_what_is_overdue(visit: Visit, letters: Letters) -> None:
    letters.forwarded()
    letters.pass_time(days=4)
    soon = letters.forwarded()
    page = visit("t01").get("/desk?view=soon")
    assert numbers(page) == [soon]
    assert queues(page)["即将到期"] == "1"


def test_a_queue_holds_the_tasks_of_one_step(visit: Visit, letters: Letters) -> None:
    accepted = letters.forwarded()
    letters.do(accepted, "t01", "受理", acceptance="accept")
    letters.forwarded()
    visitor = visit("t01")
    page = visitor.get(visitor.get("/desk").links("调查办理")[0])
    assert (page.heading, numbers(page)) == ("调查办理", [accepted])


def test_a_task_is_taken_and_given_back(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("t01")
    page = visitor.get("/desk")
    page = visitor.send(page.tree.xpath("//form[contains(@action, '/claim')]")[0])
    assert "已签收“受理”" in page.text
    assert numbers(visitor.get("/desk?view=mine")) == [number]
    page = visitor.get(f"/cases/{number}")
    page = visitor.send(page.tree.xpath("//form[contains(@action, '/unclaim')]")[0])
    assert "已退回待办" in page.text
    assert numbers(visitor.get("/desk?view=mine")) == []


def test_who_was_faster_is_named(visit: Visit, letters: Letters) -> None:
    letters.write()
    first, second = visit("intake1"), visit("intake2")
    [late] = second.get("/desk").tree.xpath("//form[contains(@action, '/claim')]")
    [early] = first.get("/desk").tree.xpath("//form[contains(@action, '/claim')]")
    first.send(early)
    page = second.send(late, status=409)
    assert "该任务已被同事签收" in page.text
    assert "陈静已于 2020-01-02 周四 09:00 签收" in page.text


def test_a_task_a_colleague_has_taken_shows_no_form(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    first = visit("intake1")
    first.send(first.get("/desk").tree.xpath("//form[contains(@action, '/claim')]")[0])
    page = visit("intake2").get(f"/cases/{number}")
    assert "该任务已由陈静签收" in page.text
    assert not page.tree.xpath("//form[contains(@action, '/tasks/')]")


def test_the_preview_shows_letter_and_form_and_leads_back_to_the_desk(visit: Visit, letters: Letters) -> None:
    letters.write()
    visitor = visit("intake1")
    [address] = visitor.get("/desk").tree.xpath("//tr/@hx-get")
    preview = visitor.get(address, fragment=True)
    assert "三盏路灯" in preview.text
    page = visitor.send(preview.tree.xpath("//form[@data-draft]")[0], classification="forward")
    assert page.heading == "单位待办"
    assert "“甄别分类”已提交" in page.text


def test_a_preview_of_what_is_gone_is_told_in_place(visit: Visit) -> None:
    assert "没有找到" in visit("intake1").get("/tasks/none/preview", status=404, fragment=True).text


def test_the_counts_are_brought_up_to_date_in_place(visit: Visit, letters: Letters) -> None:
    visitor = visit("intake1")
    [address] = visitor.get("/desk").tree.xpath("//nav[@class='queues']/@hx-get")
    letters.write()
    counts = visitor.get(address, fragment=True)
    assert counts.texts("//a[@aria-current]") == ["单位待办 1"]


def test_a_long_desk_has_pages(visit: Visit, letters: Letters) -> None:
    for _each in range(41):
        letters.write()
    visitor = visit("intake1")
    first = visitor.get("/desk")
    assert len(numbers(first)) == 40
    assert len(numbers(visitor.get(first.links("下一页")[0]))) == 1
