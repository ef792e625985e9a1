from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.clock import ManualClock
from tests.webui.letters import LETTER, Letters
from tests.webui.visitors import Page, Visitor


def follow(visitor: Visitor, number: str, code: str) -> Page:
    return visitor.send(visitor.get("/track").form("/track"), number=number, query_code=code)


def test_home_offers_two_choices_and_needs_no_script(citizen: Visitor) -> None:
    page = citizen.get("/")
    assert page.links("我要反映") == ["/submit"]
    assert page.links("查询进度") == ["/track"]
    assert not page.tree.xpath("//script")
    assert "暂无公开答复" in page.text


def test_a_letter_gets_a_receipt_with_number_and_query_code(citizen: Visitor) -> None:
    receipt = citizen.send(citizen.get("/submit").form("/submit"), **LETTER)
    number, code = receipt.texts("//dd")
    assert receipt.address == "/receipt"
    assert number == "WZ20200102-0001"
    assert citizen.get("/receipt").texts("//dd") == [number, code]


def test_the_receipt_is_shown_for_half_an_hour_only(citizen: Visitor, clock: ManualClock) -> None:
    citizen.send(citizen.get("/submit").form("/submit"), **LETTER)
    clock.set(clock.now().replace(hour=3))
    assert citizen.get("/receipt").address == "/track"


def test_the_receipt_can_be_removed_from_a_shared_device(citizen: Visitor) -> None:
    receipt = citizen.send(citizen.get("/submit").form("/submit"), **LETTER)
    citizen.send(receipt.form("/track/leave"))
    assert citizen.get("/receipt").address == "/track"


def test_an_empty_letter_is_refused_with_a_summary_that_links_to_the_fields(citizen: Visitor) -> None:
    page = citizen.send(citizen.get("/submit").form("/submit"), name="张小兰", status=422)
    links = page.tree.xpath("//*[contains(@class, 'problems')]//a/@href")
    assert links == ["#type", "#title", "#content", "#phone"]
    assert page.tree.findtext(".//title").startswith("有误：")
    assert page.form("/submit").fields["name"] == "张小兰"


def test_what_was_entered_survives_a_refusal(citizen: Visitor) -> None:
    page = citizen.send(citizen.get("/submit").form("/submit"), **{**LETTER, "title": " "}, status=422)
    fields = page.form("/submit").fields
    assert fields["content"].strip() == LETTER["content"]
    assert (fields["type"], fields["category"]) == ("help", "city_management")


def test_errors_are_told_in_the_reader_s_language(visit: Callable[..., Visitor]) -> None:
    visitor = visit(language="en")
    page = visitor.send(visitor.get("/submit").form("/submit"), status=422)
    assert "Give your letter a title." in page.text


def test_a_wrong_query_code_tells_not_which_of_the_two_is_wrong(citizen: Visitor, letters: Letters) -> None:
    number, _code = letters.write()
    form = citizen.get("/track").form("/track")
    wrong = citizen.send(form, number=number, query_code="WRONG234", status=422)
    unknown = citizen.send(form, number="WZ20200102-0099", query_code="WRONG234", status=422)
    assert wrong.texts("//*[@role='alert']") == unknown.texts("//*[@role='alert']")


def test_a_case_is_not_shown_without_its_query_code(citizen: Visitor) -> None:
    assert citizen.get("/track/case").address == "/track"


def test_an_anonymous_letter_is_followed_like_any_other(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write(name="", phone="")
    assert follow(citizen, number, code).heading == LETTER["title"]


def test_one_sentence_tells_where_the_case_stands(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write()

    def sentence() -> str:
        [told] = follow(citizen, number, code).texts("//p[contains(@class, 'sentence')]")
        return told

    assert sentence() == "已收到您的来信，正在确定由哪个单位办理。"
    letters.do(number, "intake1", "甄别分类", classification="forward")
    letters.do(number, "dispatcher1", "转办", dispatching="forward", unit="T01")
    assert sentence() == "您的来信已转给城关镇，将在 1月3日前受理。"
    letters.do(number, "t01", "受理", acceptance="accept")
    assert sentence() == "城关镇已受理您的诉求，承诺 1月9日前答复。"


def test_the_steps_say_what_is_done_what_is_now_and_by_when(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write()
    letters.do(number, "intake1", "甄别分类", classification="forward")
    letters.do(number, "dispatcher1", "转办", dispatching="forward", unit="T01")
    page = follow(citizen, number, code)
    assert page.texts("//ol[@class='steps']/li[@class='done']/p[1]") == ["收到来信", "转办至城关镇"]
    assert page.texts("//ol[@class='steps']/li[@aria-current='step']/p") == ["城关镇受理", "承诺 2020-01-03 周五 前"]


def test_a_correction_is_asked_for_and_answered(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write()
    letters.do(number, "intake1", "甄别分类", classification="correction", reason="请补充具体地点。")
    page = follow(citizen, number, code)
    assert "请补充具体地点。" in page.text
    empty = citizen.send(page.form("/track/supplement"), text=" ", status=422)
    assert "请填写补充内容。" in empty.text
    page = citizen.send(empty.form("/track/supplement"), text="东街12号门前。")
    assert "东街12号门前。" in page.text
    assert "东街12号门前。" in letters.staff("intake1").get(f"/cases/{number}").text


def test_something_can_be_added_while_the_case_is_open(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write()
    page = citizen.send(follow(citizen, number, code).form("/track/supplement"), text="昨晚又有人摔倒。")
    assert "昨晚又有人摔倒。" in page.text


def test_a_letter_is_withdrawn_after_one_question(citizen: Visitor, letters: Letters) -> None:
    number, code = letters.write()
    page = follow(citizen, number, code)
    question = citizen.get(page.links("撤回来信")[0])
    assert "不能恢复" in question.text
    page = citizen.send(question.form("/track/withdraw"), text="已自行解决。")
    assert "您的来信已撤回" in page.text
    assert not page.links("撤回来信")


def test_it_is_too_late_to_withdraw_an_answered_letter(citizen: Visitor, letters: Letters, clock: ManualClock) -> None:
    number, code = letters.write()
    letters.do(number, "intake1", "甄别分类", classification="spam", reason="广告")
    follow(citizen, number, code)
    assert "不能撤回" in citizen.get("/track/withdraw", status=409).text


def test_leaving_a_case_forgets_number_and_code(citizen: Visitor, letters: Letters) -> None:
    page = follow(citizen, *letters.write())
    citizen.send(page.form("/track/leave"))
    assert citizen.get("/track/case").address == "/track"


def test_acts_without_a_case_are_refused(citizen: Visitor, letters: Letters) -> None:
    page = follow(citizen, *letters.write())
    form = page.form("/track/supplement")
    citizen.send(page.form("/track/leave"))
    assert "请先输入编号和查询码" in citizen.send(form, text="补充", status=404).text


@pytest.fixture
def answered(letters: Letters) -> str:
    return letters.answered()


def test_a_published_answer_is_read_by_everybody_without_name_and_number(citizen: Visitor, answered: str) -> None:
    page = citizen.get(citizen.get("/").links(LETTER["title"])[0])
    assert "东街三盏路灯已于1月3日修复" in page.text
    assert "张小兰" not in page.text
    assert "13800001234" not in page.text
    assert citizen.get("/answers").links(LETTER["title"])


def test_what_is_not_public_is_not_found(citizen: Visitor, letters: Letters) -> None:
    number, _code = letters.write()
    citizen.get(f"/answers/{number}", status=404)


def test_the_answer_is_rated_once(citizen: Visitor, letters: Letters, visit: Callable[..., Visitor]) -> None:
    number, code = letters.write()
    reply = {"facts": "已核实路灯线路老化。", "outcome": "explain"}
    letters.do(number, "intake1", "甄别分类", classification="direct_reply")
    letters.do(number, "intake1", "直接答复", **reply)
    page = follow(citizen, number, code)
    assert "已核实路灯线路老化。" in page.text
    page = citizen.send(page.form("/track/rating"), status=422)
    assert "请选择满意度。" in page.text
    page = citizen.send(page.form("/track/rating"), satisfaction="satisfied", comment="很快")
    assert "您的评价：满意" in page.text
    assert "您是否满意？" not in page.text
    assert "群众评价答复" in visit("supervisor1").get(f"/cases/{number}").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_mixes_up_its_language(visit: Callable[..., Visitor], language: str) -> None:
    visitor = visit(language=language)
    for address in ("/", "/submit", "/track", "/answers", "/sign-in"):
        assert visitor.get(address).tree.get("lang") == {"zh": "zh-CN", "en": "en"}[language]


def test_the_language_is_switched_and_kept(citizen: Visitor) -> None:
    page = citizen.send(citizen.get("/track").form("/language"), language="en")
    assert (page.address, page.heading) == ("/track", "Follow a letter")
    assert citizen.get("/").heading == "Write to the county government"


def test_the_theme_is_switched_and_kept(citizen: Visitor) -> None:
    assert citizen.get("/").tree.get("data-theme") is None
    citizen.send(citizen.get("/").form("/theme"), theme="dark")
    assert citizen.get("/track").tree.get("data-theme") == "dark"
