"""Petition numbers and query codes."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.rules.numbers import (
    PetitionNumber,
    find_mentions,
    format_number,
    is_number,
    is_query_code,
    new_query_code,
    normalize_query_code,
    parse_number,
)


def test_a_number_is_the_day_and_the_serial() -> None:
    assert format_number(date(2020, 1, 31), 1) == "WZ20200131-0001"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(InvalidInput):
        format_number(date(2020, 1, 31), serial)


@pytest.mark.parametrize(
    "typed",
    ["WZ20200131-0001", " wz20200131-0001 ", "ＷＺ２０２００１３１－０００１", "WZ20200131—0001"],  # noqa: RUF001
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert parse_number(typed) == PetitionNumber(date(2020, 1, 31), 1)


@pytest.mark.parametrize("typed", ["", "WZ", "WZ20200231-0001", "WZ20200131-0000", "WZ20200131-01", "XX20200131-0001"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert not is_number(typed)
    with pytest.raises(InvalidInput) as refused:
        parse_number(typed)
    assert refused.value.fields == {"value": typed}


@given(st.dates(), st.integers(1, 999_999))
def test_a_number_written_can_be_read(day: date, serial: int) -> None:
    written = format_number(day, serial)
    assert is_number(written)
    assert parse_number(written) == PetitionNumber(day, serial)
    assert [mention.number for mention in find_mentions(f"见{written}号来信")] == [PetitionNumber(day, serial)]


def test_only_the_exact_form_is_a_number() -> None:
    assert not is_number("wz20200131-0001")
    assert not is_number("WZ20200131-00001")


def test_mentions_say_where_they_stand() -> None:
    text = "与WZ20200131-0001、WZ20200201-0012重复；WZ20209999-0001不存在"
    assert [text[mention.start : mention.end] for mention in find_mentions(text)] == [
        "WZ20200131-0001",
        "WZ20200201-0012",
    ]


@given(st.randoms(use_true_random=False))
def test_a_query_code_is_eight_plain_characters(chance: Random) -> None:
    code = new_query_code(chance.choice)
    assert is_query_code(code)
    assert not set(code) & set("0O1IL")
    assert normalize_query_code(f" {code[:4].lower()}-{code[4:].lower()} ") == code


@pytest.mark.parametrize("code", ["", "ABCDEFG", "ABCDEFG0", "abcdefgh"])
def test_what_is_no_query_code(code: str) -> None:
    assert not is_query_code(code)
