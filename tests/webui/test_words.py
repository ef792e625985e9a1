from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask, g
from flask_babel import refresh

from engine import vocabulary
from engine.clock import ZONE, ManualClock
from webui import filters, labels, timeline

ROOT = Path(__file__).resolve().parents[2]
THURSDAY = datetime(2020, 1, 2, 9, tzinfo=ZONE)


@pytest.fixture
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        g.language = "zh"
        refresh()
        yield


def recorded_kinds() -> set[str]:
    """Every kind of event that a service writes into history."""
    kinds = set()
    for path in (ROOT / "engine" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in {"record", "Entry"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
                kinds.add(first.value)
    return kinds


def test_every_kind_of_event_has_a_phrase() -> None:
    told = set(timeline.PHRASES) | set(timeline.TECHNICAL) | {"deadline_set"}
    assert len(recorded_kinds()) > 30
    assert recorded_kinds() - told == set()


@pytest.mark.parametrize(
    ("words", "vocabulary_"),
    [
        ("stage", vocabulary.Stage),
        ("type", vocabulary.PetitionType),
        ("channel", vocabulary.Channel),
        ("result", vocabulary.Result),
        ("satisfaction", vocabulary.Satisfaction),
        ("clock", vocabulary.DeadlineKind),
        ("rung", vocabulary.Rung),
        ("role", vocabulary.Role),
        ("group", vocabulary.UnitGroup),
    ],
)
def test_every_word_of_the_vocabulary_has_a_label(words: str, vocabulary_: type[StrEnum]) -> None:
    assert set(labels.WORDS[words]) >= set(vocabulary_)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P1WD", "1 个工作日"),
        ("P15D", "15 日"),
        ("PT2H", "2 小时"),
        ("PT30M", "30 分钟"),
        ("R3/P1D", "R3/P1D"),
    ],
)
@pytest.mark.usefixtures("reading")
def test_limits_are_written_in_words(text: str, words: str) -> None:
    assert filters.duration(text) == words


@pytest.mark.parametrize(
    ("days", "met_after", "state", "words"),
    [
        (5, None, "ok", "还剩 3 个工作日"),
        (1, None, "soon", "还剩 1 个工作日"),
        (0.2, None, "today", "今天到期"),
        (-0.1, None, "late", "今日已逾期"),
        (-7, None, "late", "逾期 7 天"),
        (0, 0, "met", "已按时完成"),
        (-7, 0, "late", "逾期 7 天完成"),
    ],
)
@pytest.mark.usefixtures("reading")
def test_a_deadline_says_how_it_stands(
    clock: ManualClock, days: float, met_after: float | None, state: str, words: str
) -> None:
    clock.set(THURSDAY)
    met = None if met_after is None else THURSDAY + timedelta(days=met_after)
    assert filters.standing(THURSDAY + timedelta(days=days), met) == filters.Standing(state, words)


@pytest.mark.usefixtures("reading")
def test_days_are_written_with_their_weekday() -> None:
    assert filters.day(datetime(2020, 3, 30, 18, tzinfo=ZONE).astimezone(ZONE)) == "2020-03-30 周一"
    assert filters.day("2020-03-31") == "2020-03-31 周二"
    assert filters.moment(THURSDAY) == "2020-01-02 周四 09:00"


def test_a_long_text_is_shortened_on_one_line() -> None:
    assert filters.shorten("一二三\n四五", 4) == "一二三 …"
    assert filters.shorten("一二", 4) == "一二"
