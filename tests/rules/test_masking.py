"""Masking names and numbers (domain: duties)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.masking import find_personal_numbers, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(
    ("name", "masked"), [("张三丰", "张**"), ("李四", "李*"), (" 欧阳娜娜 ", "欧***"), ("王", "*"), ("", "")]
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("0719-6221234", "071*****1234"),
        ("6221234", "*****34"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_loses_its_middle(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回电13812345678，谢谢", "请回电138****5678，谢谢"),
        ("电话138-1234-5678。", "电话138******5678。"),
        ("电话138 1234 5678。", "电话138******5678。"),
        ("+8613812345678", "+86*******5678"),
        ("电话１３８１２３４５６７８", "电话138****5678"),
        ("座机0719-6221234", "座机071*****1234"),
        ("身份证42032219800101123X。", "身份证420***************。"),
        ("身份证420322800101123", "身份证420************"),
        ("卡号6222021234567890123", "卡号622****************"),
    ],
)
def test_numbers_in_a_text_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    ["信件WZ20200131-0001已转办", "2020年1月31日欠薪12000元", "鄂C12345", "拨打12345、110", "GB/T 19001-2016"],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_text(text) == text


def test_found_numbers_say_what_and_where() -> None:
    text = "身份证42032219800101123X，手机13812345678"
    assert [(found.kind, text[found.start : found.end]) for found in find_personal_numbers(text)] == [
        ("identity", "42032219800101123X"),
        ("mobile", "13812345678"),
    ]


words = st.text(alphabet="我们村的路坏了，。 联系电话：a", max_size=12)


@given(words, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), words)
def test_no_mobile_number_survives(before: str, phone: str, after: str) -> None:
    masked = mask_text(before + phone + after)
    assert masked == before + phone[:3] + "****" + phone[-4:] + after


@given(st.text(alphabet="0123456789-X 路", max_size=60))
def test_masking_keeps_the_length_and_changes_digits_only(text: str) -> None:
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert re.sub(r"[^路]", "", masked) == re.sub(r"[^路]", "", text)
