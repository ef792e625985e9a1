"""The reply rules (答复规范; 条例 32)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.pasted_text import SHORTEST_RUN
from engine.rules.reply import NOT_SUPPORTED, PARTS, OtherReply, ReplyParts, ReplyWarning, check_reply

GOOD = ReplyParts(
    facts="经核实，您反映的城关镇东街路灯自3月1日起有六盏不亮，原因是电缆进水短路。",
    basis="《城市照明管理规定》第二十二条",
    action="我局已于3月4日更换电缆120米，六盏路灯当晚全部恢复照明。",
    next_step="3月底前完成东街全线电缆巡检，结果在我局门户网站公布。",
    contact="住建局市政股，0719-6221234",
    outcome="supported",
    public_text="您反映的东街路灯不亮一事，经核实为电缆进水短路，我局已于3月4日修复，"
    "并将于3月底前完成全线巡检。联系电话：0719-6221234。",
    number="WZ20200302-0007",
    petitioner_name="张三丰",
    petitioner_phone="13812345678",
)


def marked(warning: ReplyWarning, parts: ReplyParts) -> str:
    return parts.text(warning.field)[warning.start : warning.end]


def codes(parts: ReplyParts, *others: OtherReply) -> list[tuple[str, str]]:
    return [(warning.code, warning.field) for warning in check_reply(parts, others)]


def test_a_good_reply_has_no_warnings() -> None:
    assert check_reply(GOOD) == []


@pytest.mark.parametrize("field", PARTS)
@pytest.mark.parametrize("text", ["", "  ", "无", "暂无。", "/"])
def test_a_missing_part_is_named(field: str, text: str) -> None:
    (warning,) = check_reply(replace(GOOD, **{field: text, "public_text": ""}))
    assert (warning.code, warning.field) == ("part_missing", field)
    assert PARTS[field][0] in warning.message_zh


def test_a_reply_need_not_be_public() -> None:
    assert check_reply(replace(GOOD, public_text="")) == []


def test_an_answer_in_three_words_is_too_short() -> None:
    assert codes(replace(GOOD, action="已经处理。", public_text="已处理")) == [
        ("too_short", "action"),
        ("too_short", "public_text"),
    ]


@pytest.mark.parametrize("promise", ["近期", "尽快", "即将", "研究研究", "适时", "早日"])
@pytest.mark.parametrize("field", ["action", "next_step", "public_text"])
def test_an_empty_promise_is_pointed_out_where_it_stands(promise: str, field: str) -> None:
    parts = replace(GOOD, **{field: f"{getattr(GOOD, field)}我局将{promise}组织人员对全县路灯进行检修。"})
    (warning,) = check_reply(parts)
    assert (warning.code, warning.field) == ("empty_promise", field)
    assert marked(warning, parts) == promise
    assert promise in warning.message_zh


@pytest.mark.parametrize("term", ["3月20日前", "10个工作日内", "３月２０日之前", "年底前", "两周内，即三周以内"])
def test_a_promise_with_a_term_is_not_empty(term: str) -> None:
    assert check_reply(replace(GOOD, next_step=f"我局将尽快组织检修，{term}完成。")) == []


def test_a_term_in_another_sentence_does_not_bind() -> None:
    parts = replace(GOOD, next_step="3月20日前完成东街检修。其余路段尽快安排。")
    assert codes(parts) == [("empty_promise", "next_step")]


def test_wishing_well_and_describing_are_no_promises() -> None:
    parts = replace(GOOD, facts=f"近期连续降雨。{GOOD.facts}", public_text=f"{GOOD.public_text}祝您早日康复！")
    assert check_reply(parts) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("来电13900001111", "phone_number", "13900001111"),
        ("您的电话138 1234 5678", "phone_number", "138 1234 5678"),
        ("身份证42032219800101123X", "id_number", "42032219800101123X"),
        ("张三丰同志", "petitioner_name", "张三丰"),
    ],
)
def test_personal_data_in_the_public_text(text: str, code: str, place: str) -> None:
    parts = replace(GOOD, public_text=f"{text}：{GOOD.public_text}")
    (warning,) = check_reply(parts)
    assert (warning.code, warning.field) == (code, "public_text")
    assert marked(warning, parts) == place


def test_personal_data_may_stand_in_the_private_parts() -> None:
    assert check_reply(replace(GOOD, facts=f"已与张三丰（13812345678）联系。{GOOD.facts}")) == []


def test_the_contacts_own_mobile_may_be_published_but_not_the_petitioners() -> None:
    public = f"{GOOD.public_text}手机：13900001111"
    assert check_reply(replace(GOOD, contact="王科长，13900001111", public_text=public)) == []
    theirs = replace(GOOD, contact="13900001111", public_text=public, petitioner_phone="+86 139-0000-1111")
    assert codes(theirs) == [("phone_number", "public_text")]


def test_a_single_character_is_no_name_to_look_for() -> None:
    assert check_reply(replace(GOOD, petitioner_name="东")) == []


def test_another_cases_number_is_pointed_out_and_the_own_is_not() -> None:
    parts = replace(GOOD, facts=f"信件WZ20200302-0007与WZ20200301-0002反映同一事项。{GOOD.facts}")
    (warning,) = check_reply(parts)
    assert (warning.code, marked(warning, parts)) == ("foreign_number", "WZ20200301-0002")


PASTED = "经查，您反映的观音镇老街污水管道堵塞问题属实，系居民装修垃圾倒入管道所致，现已组织人员疏通完毕并恢复使用。"


def test_text_pasted_from_another_case_is_pointed_out() -> None:
    parts = replace(GOOD, facts=f"您好！{PASTED}")
    other = OtherReply("WZ20200201-0003", f"来信收悉。{PASTED}感谢关心。")
    (warning,) = check_reply(parts, [OtherReply("WZ20200201-0004", "完全不同的答复。" * 9), other])
    assert (warning.code, warning.field) == ("pasted_text", "facts")
    assert marked(warning, parts) == PASTED
    assert "WZ20200201-0003" in warning.message_zh


def test_an_earlier_version_of_the_same_reply_is_not_another_case() -> None:
    assert check_reply(GOOD, [OtherReply(GOOD.number, GOOD.facts + GOOD.action)]) == []


def test_the_same_law_may_be_quoted_twice() -> None:
    basis = (
        "《物业管理条例》第五十三条：住房专项维修资金属于业主所有，专项用于物业保修期满后共用部位的维修和更新、改造。"
    )
    assert check_reply(replace(GOOD, basis=basis), [OtherReply("WZ20200201-0003", basis)]) == []


@given(
    st.text(alphabet="甲乙丙丁", max_size=30),
    st.text(alphabet="子丑寅卯辰巳", min_size=SHORTEST_RUN, max_size=90),
    st.text(alphabet="甲乙丙丁", max_size=30),
)
def test_a_long_run_is_found_wherever_it_stands(before: str, run: str, after: str) -> None:
    parts = replace(GOOD, facts=f"金木水火土{run}东南西北中金木水火土")
    found = [
        warning
        for warning in check_reply(parts, [OtherReply("WZ20200201-0003", before + run + after)])
        if warning.code == "pasted_text"
    ]
    assert [marked(warning, parts) for warning in found] == [run]


@given(st.text(alphabet="子丑", max_size=300), st.text(alphabet="子丑", max_size=300))
def test_what_is_called_pasted_does_stand_in_the_other(own: str, other: str) -> None:
    parts = replace(GOOD, facts=own)
    for warning in check_reply(parts, [OtherReply("WZ20200201-0003", other)]):
        if warning.code == "pasted_text":
            assert warning.end - warning.start >= SHORTEST_RUN
            assert marked(warning, parts) in other


def test_a_refusal_tells_the_remedies_article_32() -> None:
    refusal = replace(GOOD, outcome=NOT_SUPPORTED)
    assert codes(refusal) == [("remedy_missing", "next_step")]
    told = replace(refusal, next_step="如不服本答复，可自收到之日起30日内向县政府申请复查。")
    assert check_reply(told) == []
