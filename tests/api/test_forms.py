"""What is filled into a form, on a page or by a program, is checked as form-js would and kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from api import forms
from engine.bpmn.bundle import load_directory
from engine.errors import InvalidInput
from engine.models.process import UserTask
from engine.services import procedures
from tests.api.callers import Caller, do, find_task, submit
from tests.api.conftest import WORKFLOWS, Staff

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Uow = Callable[[], AbstractContextManager[Session]]


def pick(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "label": value.upper()} for value in values]


def component(kind: str, key: str, *, required: bool = False, hide: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    rules = {"required": required, **more.pop("validate", {})}
    conditional = {"conditional": {"hide": hide}} if hide else {}
    return {"type": kind, "key": key, "label": key, "validate": rules, **conditional, **more}


FORM = {
    "type": "default",
    "id": "accept",
    "title": "受理",
    "components": [
        {"type": "text", "text": "请核对来信。"},
        component(
            "radio", "acceptance", required=True, values=pick("accept", "return"), properties={"variable": "true"}
        ),
        component("textfield", "phone", validate={"pattern": "^1[0-9]{10}$"}),
        component("textfield", "short", validate={"minLength": 2, "maxLength": 4}),
        component("textarea", "reason", required=True, hide='=acceptance != "return"'),
        component("textarea", "detail", required=True, hide='=reason != "other"'),
        component("number", "days", validate={"min": 1, "max": 5}, decimalDigits=0),
        component("number", "amount", decimalDigits=2),
        component("checkbox", "urgent"),
        component("checkbox", "read", required=True),
        component("checklist", "parts", required=True, values=pick("facts", "basis", "action")),
        component("taglist", "units", valuesKey="units"),
        component("select", "suggested_unit", valuesKey="units", properties={"variable": "true"}),
        component("datetime", "day", subtype="date", dateLabel="日期"),
        component("datetime", "time", subtype="time", timeLabel="时间"),
        component("datetime", "visit", subtype="datetime", dateLabel="走访时间"),
        component("textfield", "shown", readonly=True),
    ],
}
FILLED = {"acceptance": "accept", "read": True, "parts": ["facts"]}


@pytest.fixture
def task(uow: Uow, staff: Staff, citizen: Caller) -> Iterator[tuple[Session, UserTask]]:
    """An open task with a form of every kind of field."""
    files = {**load_directory(WORKFLOWS / "petition"), "forms/accept.json": json.dumps(FORM)}
    with uow() as session:
        procedures.publish(session, files=files, actor="editor1", note="所有字段")
    number = submit(citizen)["number"]
    classified = {"petition_type": "help", "category": "other", "classification": "forward"}
    do(staff("intake1"), number, "classify", **classified)
    do(staff("dispatcher1"), number, "forward", dispatching="forward", unit="T01")
    with uow() as session:
        yield session, session.get_one(UserTask, find_task(staff("t01"), number, "accept"))
        session.rollback()


def load(task: tuple[Session, UserTask], raw: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is sent
    session, opened = task
    return forms.load_submission(session, task=opened, raw=raw)


def refusals(task: tuple[Session, UserTask], **changes: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        load(task, {**FILLED, **changes})
    errors: dict[str, str] = refused.value.fields["errors"]  # type: ignore[assignment]
    return errors


def test_values_are_kept_in_types_that_json_knows(task: tuple[Session, UserTask]) -> None:
    sent = {
        **FILLED,
        "phone": " 13800001234 ",
        "days": 3.0,
        "amount": 12.5,
        "urgent": True,
        "units": ["T01", "D03"],
        "suggested_unit": "T02",
        "day": "2020-04-01",
        "time": "09:30",
        "visit": "2020-04-01T09:30:00",
    }
    loaded = load(task, sent)
    assert loaded == {
        **sent,
        "phone": "13800001234",
        "days": 3,
        "time": "09:30:00",
        "visit": "2020-04-01T09:30:00+08:00",
    }
    assert isinstance(loaded["days"], int)
    assert json.loads(json.dumps(loaded)) == loaded


def test_a_page_sends_the_same_as_text(task: tuple[Session, UserTask]) -> None:
    page = MultiDict(
        [
            ("csrf_token", "x"),
            ("acceptance", "accept"),
            ("read", "on"),
            ("parts", "facts"),
            ("parts", "basis"),
            ("short", ""),
            ("days", "2"),
            ("amount", ""),
            ("visit", "2020-04-01T09:30"),
            ("suggested_unit", ""),
        ]
    )
    assert load(task, page) == {
        "acceptance": "accept",
        "read": True,
        "urgent": False,
        "parts": ["facts", "basis"],
        "days": 2,
        "visit": "2020-04-01T09:30:00+08:00",
    }


def test_lines_of_a_page_end_as_ours_do(task: tuple[Session, UserTask]) -> None:
    page = MultiDict(
        [("acceptance", "return"), ("reason", "一\r\n二"), ("read", "on"), ("parts", "facts")],
    )
    assert load(task, page)["reason"] == "一\n二"


def test_nothing_is_left_out_of_the_answer_when_it_was_left_empty(task: tuple[Session, UserTask]) -> None:
    empty: dict[str, object] = {
        "phone": None,
        "short": "  ",
        "days": None,
        "units": [],
        "suggested_unit": "",
        "day": "",
    }
    assert load(task, {**FILLED, **empty}) == {**FILLED, "units": []}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"acceptance": ""}, {"acceptance": "请填写此项。"}),
        ({"acceptance": None}, {"acceptance": "请填写此项。"}),
        ({"acceptance": "other"}, {"acceptance": "没有这个选项,可选:accept, return。"}),
        ({"phone": "12345"}, {"phone": "格式不正确,应符合:^1[0-9]{10}$"}),
        ({"short": "一"}, {"short": "应为 2 至 4 个字。"}),
        ({"short": "a\x07b"}, {"short": "含有不可见的控制字符,请删去。"}),
        ({"phone": 13800001234}, {"phone": "应为文本。"}),
        ({"days": 6}, {"days": "应在 1 与 5 之间。"}),
        ({"days": 1.5}, {"days": "应为整数。"}),
        ({"days": "three"}, {"days": "应为数字。"}),
        ({"days": True}, {"days": "应为数字。"}),
        ({"days": float("nan")}, {"days": "应为数字。"}),
        ({"amount": 1.234}, {"amount": "最多 2 位小数。"}),
        ({"urgent": "perhaps"}, {"urgent": "应为 true 或 false。"}),
        ({"read": False}, {"read": "请勾选此项。"}),
        ({"parts": []}, {"parts": "至少选 1 项。"}),
        ({"parts": "facts"}, {"parts": "应为列表。"}),
        ({"parts": ["facts", "facts"]}, {"parts": "同一项选了两次。"}),
        ({"parts": ["facts", "gossip"]}, {"parts": "没有这个选项,可选:facts, basis, action。"}),
        ({"day": "1.4.2020"}, {"day": "应为日期,例如 2020-03-31。"}),
        ({"day": "0001-01-01"}, {"day": "应为日期,例如 2020-03-31。"}),
        ({"time": "25:00"}, {"time": "应为时间,例如 09:30。"}),
        ({"visit": "tomorrow"}, {"visit": "应为日期和时间,例如 2020-03-31T09:30:00+08:00。"}),
        ({"visit": "9999-12-31T23:59:59-12:00"}, {"visit": "应为日期和时间,例如 2020-03-31T09:30:00+08:00。"}),
        ({"unknown": 1}, {"unknown": "没有这一项,请删去。"}),
        ({"acceptance": "return"}, {"reason": "请填写此项。"}),
        ({"acceptance": "return", "reason": "other"}, {"detail": "请填写此项。"}),
    ],
)
def test_what_breaks_a_rule_is_named(
    task: tuple[Session, UserTask], changes: dict[str, object], errors: dict[str, str]
) -> None:
    assert refusals(task, **changes) == errors


def test_units_are_offered_by_code_and_the_first_few_named_when_refusing(task: tuple[Session, UserTask]) -> None:
    told = refusals(task, suggested_unit="城关镇")["suggested_unit"]
    assert told.startswith("没有这个选项,可选:T01, T02,")
    assert told.endswith("…。")


def test_a_field_that_does_not_show_counts_as_empty_for_those_that_depend_on_it(task: tuple[Session, UserTask]) -> None:
    stale = {**FILLED, "reason": "other", "detail": "改主意之前写的"}
    assert load(task, stale) == FILLED


def test_a_field_to_look_at_takes_no_value(task: tuple[Session, UserTask]) -> None:
    assert load(task, {**FILLED, "shown": "changed"}) == FILLED


def test_lists_that_are_none_are_refused_by_name(task: tuple[Session, UserTask]) -> None:
    session, _task = task
    assert forms.choices(session, "topics") == [("epidemic", "疫情网上求助")]
    assert ("travel", "交通出行受阻") in forms.choices(session, "categories")
    with pytest.raises(InvalidInput, match="units, categories or topics"):
        forms.choices(session, "passwords")
