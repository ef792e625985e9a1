"""Words that suggest a crisis (危机干预): noticed when meant, not when the characters merely meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.crisis import suggest_crisis

GRAVE = [
    ("我真的不想活了", "不想活"),
    ("再不让我回家我就活不下去了", "活不下去"),
    ("我们一家都活不下去了", "活不下去"),
    ("解决不了我就从政府大楼跳楼", "跳楼"),
    ("昨晚他喝农药了，正在抢救", "喝农药"),
    ("被困在这里，我有轻生的念头", "轻生"),
    ("不如死了算了", "不如死了"),
    ("逼急了我就自杀", "自杀"),
    ("我已经写好遗书", "遗书"),
    ("只求一死", "只求一死"),
    ("活着没意思", "活着没意思"),
    ("我想结束自己的生命", "结束自己的生命"),
    ("没有活下去的勇气", "活下去的勇气"),
    ("那就同归于尽", "同归于尽"),
]
HARMLESS = [
    "物业的态度把人气死了",
    "鸡苗运不出去，快饿死了",
    "暖气不热，冻死人了",
    "请减轻生产经营负担，减轻生活压力",
    "有人私自焚烧秸秆",
    "马上吊装预制板，楼上吊顶漏水",
    "村民早上吊水，晚上吊针",
    "商场打出跳楼价大甩卖",
    "镇上开展预防自杀宣传",
    "店铺活不下去了，请减免租金",
    "企业都活不下去了",
    "办理死亡证明，要求死者家属到场",
    "想死你们了，盼着回家",
    "我们不想活动板房建在这里",
    "年轻生命需要保护",
    "各自尽力，各自尽责",
    "申报非遗书法项目",
    "路灯不亮，何时修复",
    "孩子上学报名需要什么材料",
]


@pytest.mark.parametrize(("text", "phrase"), GRAVE)
def test_grave_words_are_noticed(text: str, phrase: str) -> None:
    found = suggest_crisis(text)
    assert any(phrase in each or each in phrase for each in found), found


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_are_not(text: str) -> None:
    assert suggest_crisis(text) == ()


@given(st.lists(st.sampled_from(HARMLESS), max_size=8))
def test_neutral_letters_suggest_nothing(sentences: list[str]) -> None:
    assert suggest_crisis("。".join(sentences)) == ()


@given(st.lists(st.sampled_from(HARMLESS)), st.sampled_from(GRAVE), st.lists(st.sampled_from(HARMLESS)))
def test_one_grave_sentence_is_enough(before: list[str], grave: tuple[str, str], after: list[str]) -> None:
    text = "。".join([*before, grave[0], *after])
    found = suggest_crisis(text)
    assert found
    assert all(phrase in text for phrase in found)


def test_a_phrase_said_twice_is_told_once_in_order() -> None:
    assert suggest_crisis("我不想活了，真不想活了，我要跳楼") == ("不想活", "跳楼")
