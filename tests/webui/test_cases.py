from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.webui.letters import DRAFT, Letters
from tests.webui.visitors import Visitor

Visit = Callable[..., Visitor]


def test_the_head_tells_where_the_case_stands_and_both_clocks(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    page = visit("t01").get(f"/cases/{number}")
    [clocks] = page.texts("//dl[@class='clocks']")
    assert "受理时限 2020-01-03 周五 还剩 1 个工作日" in clocks
    assert "法定受理告知 2020-01-17 周五" in clocks
    assert page.texts("//p[@class='chips']")[0].startswith(f"{number} 求助 城市管理 已转办")


def test_the_petitioner_is_masked_until_somebody_says_why(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("t01")
    page = visitor.get(f"/cases/{number}")
    assert "张** · 138****1234" in page.text
    assert "张小兰" not in page.source
    assert "请填写查看身份的理由" in visitor.send(page.form("/identity"), reason=" ").text
    page = visitor.send(page.form("/identity"), reason="联系群众核实地点")
    assert "张小兰 · 13800001234" in page.text
    again = visitor.get(f"/cases/{number}")
    assert "张小兰" not in again.source
    assert "查看来信人身份 联系群众核实地点" in again.text


def test_a_leader_has_no_business_with_who_wrote(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    assert "显示身份" not in visit("leader1").get(f"/cases/{number}").text


def test_the_ledger_explains_every_deadline(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    page = visit("t01").get(f"/cases/{number}")
    [ledger] = page.texts("//ol[@class='ledger']")
    assert "自转办起算 · 5 个工作日" in ledger
    assert "计入日期 5: 2020-01-03 周五、2020-01-06 周一" in ledger
    assert "跳过日期 2020-01-04 周六 周末" in ledger


def test_the_diagram_is_sent_and_told_in_words(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("t01")
    page = visitor.get(f"/cases/{number}")
    assert page.texts("//*[@role='tab']")[0] == "受理"
    [sheet] = page.tree.xpath("//*[@data-process='acceptance']")
    assert sheet.get("data-current") == "accept"
    response = visitor.client.get(sheet.get("data-bpmn-url"))
    assert response.mimetype == "application/xml"
    assert "bpmn:definitions" in response.text
    assert "已办环节 甄别分类 → 转办" in page.text
    assert "当前环节 受理 (城关镇)" in page.text


def test_a_diagram_of_another_unit_s_case_is_not_sent(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    assert visit("t02").client.get(f"/cases/{number}/diagrams/petition.bpmn").status_code == 404
    assert visit("t01").client.get(f"/cases/{number}/diagrams/procedure.toml").status_code == 404


def test_the_suggested_unit_is_chosen_beforehand_and_can_be_changed(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write(category="city_management")
    letters.do(number, "intake1", "甄别分类", classification="forward")
    form = visit("dispatcher1").task(number, "转办")
    assert form.fields["unit"] == "D19"


def test_what_is_missing_is_said_beside_what_was_entered(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    visitor = visit("intake1")
    form = visitor.task(number, "甄别分类")
    page = visitor.send(form, classification="reject", reason="", status=422)
    [link] = page.tree.xpath("//*[contains(@class, 'problems')]//a/@href")
    [field] = page.tree.xpath(f"//*[@id='{link[1:]}']")
    assert field.get("name") == "reason"
    assert field.get("aria-invalid") == "true"
    chosen = page.tree.xpath("//input[@name='classification'][@checked]/@value")
    assert chosen == ["reject"]


def test_fields_that_do_not_apply_are_dropped_without_a_script(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    page = letters.do(number, "intake1", "甄别分类", classification="forward", reason="不该保存", transfer_to="某局")
    assert "“甄别分类”已提交" in page.text
    assert "不该保存" not in page.text


def test_a_form_is_told_which_of_its_fields_apply(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    visitor = visit("intake1")
    form = visitor.task(number, "甄别分类")
    fields = {each.get("name"): each.get("id") for each in form.xpath(".//textarea | .//input[@type='text']")}

    def shown(classification: str) -> list[str]:
        data = {**dict(form.form_values()), "classification": classification}
        return visitor.client.post(form.get("data-fields-url"), data=data).json["shown"]

    assert fields["reason"] not in shown("forward")
    assert fields["reason"] in shown("merge")
    assert fields["target_number"] in shown("merge")
    assert fields["target_number"] not in shown("reject")


def test_a_refusal_of_the_procedure_is_shown_at_its_field(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    visitor = visit("intake1")
    form = visitor.task(number, "甄别分类")
    filled = {"classification": "merge", "target_number": "WZ20190101-0001", "reason": "同一事项"}
    page = visitor.send(form, **filled, status=422)
    assert "没有找到要并入的信件编号" in page.text


def test_a_task_done_twice_changes_nothing_and_says_who_did_it(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    visitor = visit("intake2")
    form = visitor.task(number, "甄别分类")
    letters.do(number, "intake1", "甄别分类", classification="forward")
    page = visitor.send(form, classification="spam", reason="广告", status=409)
    assert "陈静已于 2020-01-02 周四 09:02 办理" in page.text
    assert visitor.get(f"/cases/{number}").texts("//*[@class='case-head']//span[contains(@class, 'accent')]") == [
        "已登记"
    ]


def test_the_wrong_unit_neither_sees_nor_does_a_task(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    form = visit("t01").task(number, "受理")
    stranger = visit("t02")
    stranger.get(f"/cases/{number}", status=404)
    token = stranger.get("/desk").tree.xpath("//input[@name='csrf_token']/@value")[0]
    response = stranger.client.post(form.get("action"), data={"csrf_token": token, "acceptance": "accept"})
    assert response.status_code == 404


def test_a_reply_handed_back_starts_from_its_last_version(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    letters.do(number, "t01", "受理", acceptance="accept")
    letters.do(number, "t01", "调查办理", **DRAFT)
    letters.do(number, "t01head", "单位审签", sign_off="approve")
    letters.do(number, "reviewer1", "初审", first_review="return", opinion="请写明线路检查的范围。")
    visitor = visit("t01")
    form = visitor.task(number, "调查办理")
    assert form.fields["facts"].strip() == DRAFT["facts"]
    assert "请写明线路检查的范围。" in visitor.get(f"/cases/{number}").text


def test_whoever_decides_reads_what_was_asked_beside_the_form(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    letters.do(number, "t01", "受理", acceptance="accept")
    asked = {"handling": "extension", "extension_days": "3", "extension_reason": "需查阅档案。"}
    letters.do(number, "t01", "调查办理", **asked)
    [handed_over] = visit("t01head").get(f"/cases/{number}").texts("//div[@class='handed-over']")
    assert "完成：调查办理 · 申请延期 延期天数：3 延期理由：需查阅档案。" in handed_over
    assert "陈晓东 (城关镇)" in handed_over


def test_an_empty_promise_in_a_draft_is_pointed_out(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    letters.do(number, "t01", "受理", acceptance="accept")
    letters.do(number, "t01", "调查办理", **{**DRAFT, "next_step": "我们将尽快处理。"})
    page = visit("t01head").get(f"/cases/{number}")
    assert "系统自动检查，仅供参考" in page.text
    assert "“尽快”没有期限" in page.text
    english = visit("t01head", language="en").get(f"/cases/{number}")
    assert "promises without a date" in english.text


def test_an_ended_case_no_longer_counts_its_days(visit: Visit, letters: Letters) -> None:
    number, _code = letters.write()
    letters.do(number, "intake1", "甄别分类", classification="spam", reason="广告")
    letters.pass_time(days=90)
    [ledger] = visit("intake1").get(f"/cases/{number}").texts("//ol[@class='ledger']")
    assert "逾期" not in ledger


def test_the_same_person_does_not_review_twice(visit: Visit, letters: Letters) -> None:
    number = letters.answered()
    timeline = visit("final1").get(f"/cases/{number}").texts("//ol[@class='timeline']")[0]
    assert "终审通过" in timeline
    assert "初审通过" in timeline


def test_a_leader_writes_an_instruction_that_comes_before_the_unit(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("leader1")
    page = visitor.send(visitor.get(f"/cases/{number}").form("/instructions"), text="请三日内修复。")
    assert "批示已下达" in page.text
    assert "请三日内修复。" in visit("t01").get(f"/cases/{number}").text


def test_an_empty_instruction_is_refused(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("leader1")
    page = visitor.send(visitor.get(f"/cases/{number}").form("/instructions"), text=" ", status=422)
    assert "请填写批示内容" in page.text


def test_only_a_leader_writes_instructions(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    form = visit("leader1").get(f"/cases/{number}").form("/instructions")
    visitor = visit("t01")
    token = visitor.get("/desk").tree.xpath("//input[@name='csrf_token']/@value")[0]
    response = visitor.client.post(form.get("action"), data={"csrf_token": token, "text": "请办"})
    assert response.status_code == 403


def test_a_crisis_is_reported_and_confirmed_by_intake(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded()
    visitor = visit("t01")
    page = visitor.send(visitor.get(f"/cases/{number}").form("/crisis"), text="电话中说不想活了。")
    assert "30 分钟内确认" in page.text
    assert "确认危机" in visit("intake1").get("/desk").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=路灯", 2),
        ("text=积水", 0),
        ("unit=T01", 1),
        ("stage=received", 1),
        ("type=help", 2),
        ("type=thanks", 0),
        ("topic=epidemic", 0),
        ("from=2020-01-02&to=2020-01-02", 2),
        ("from=2020-01-03", 0),
        ("from=nonsense", 2),
    ],
)
def test_cases_are_found_by_what_the_address_says(visit: Visit, letters: Letters, query: str, found: int) -> None:
    letters.forwarded("T01")
    letters.write()
    page = visit("supervisor1").get(f"/cases?{query}")
    assert len(page.texts("//td[contains(@class, 'number')]")) == found
    assert f"{found} 件" in page.text


def test_the_filter_form_keeps_what_was_asked(visit: Visit, letters: Letters) -> None:
    letters.forwarded("T01")
    visitor = visit("supervisor1")
    [form] = visitor.get("/cases").tree.xpath("//form[contains(@class, 'filters')]")
    page = visitor.send(form, unit="T01", stage="forwarded", text="路灯")
    [form] = page.tree.xpath("//form[contains(@class, 'filters')]")
    assert (form.fields["unit"], form.fields["stage"], form.fields["text"]) == ("T01", "forwarded", "路灯")


def test_a_unit_searches_in_its_own_cases_only(visit: Visit, letters: Letters) -> None:
    letters.forwarded("T01")
    assert "没有符合条件的案件" in visit("t02").get("/cases?text=路灯").text


def test_an_accusation_is_hidden_from_the_unit_complained_of(visit: Visit, letters: Letters) -> None:
    number = letters.forwarded("T01", type="accusation", complained_unit="T02", wants_public="")
    visit("t02").get(f"/cases/{number}", status=404)
    page = visit("t01").get(f"/cases/{number}")
    assert "显示身份" not in page.text
    assert "被反映单位 观音镇" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/cases?page=99999999999999999999",
        "/desk?page=99999999999999999999",
        "/cases?from=0001-01-01&to=9999-12-31",
    ],
)
def test_an_address_written_by_hand_is_answered(visit: Visit, address: str) -> None:
    assert visit("supervisor1").get(address).texts("//h1")
