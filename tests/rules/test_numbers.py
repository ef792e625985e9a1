"""Petition numbers and query codes."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.numbers import (
    find_mentions,
    format_number,
    new_query_code,
    normalize_query_code,
)


def test_a_number_is_the_day_and_the_serial() -> None:
    assert format_number(date(2020, 1, 31), 1) == "WZ20200131-0001"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(InvalidInput):
        format_number(date(2020, 1, 31), serial)


@given(st.dates(), st.integers(1, 999_999))
def test_a_number_written_is_found_in_a_text(day: date, serial: int) -> None:
    written = format_number(day, serial)
    assert [str(mention.number) for mention in find_mentions(f"见{written}号来信")] == [written]


def test_mentions_say_where_they_stand() -> None:
    text = "与WZ20200131-0001、WZ20200201-0012重复；WZ20209999-0001不存在"
    assert [text[mention.start : mention.end] for mention in find_mentions(text)] == [
        "WZ20200131-0001",
        "WZ20200201-0012",
    ]


@given(st.randoms(use_true_random=False))
def test_a_query_code_is_eight_plain_characters(chance: Random) -> None:
    code = new_query_code(chance.choice)
    assert len(code) == 8
    assert code.isalnum()
    assert code.isupper() or code.isdigit()
    assert not set(code) & set("0O1IL")
    assert normalize_query_code(f" {code[:4].lower()}-{code[4:].lower()} ") == code
