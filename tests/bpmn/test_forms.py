from __future__ import annotations

import json

import pytest

from engine.bpmn.forms import INPUTS, Form, InvalidForm, parse_form
from tests.bpmn.models import CHOICE, REASON, form


def read(*components: dict[str, object]) -> Form:
    return parse_form(form("classify", *components), file="forms/classify.json")


def test_a_field_carries_what_pages_and_checks_need() -> None:
    (field,) = read(
        {
            "type": "textfield",
            "key": "phone",
            "label": "电话",
            "description": "十一位手机号码",
            "defaultValue": "0",
            "readonly": True,
            "properties": {"variable": "true"},
            "validate": {"required": True, "minLength": 11, "maxLength": "11", "pattern": "^1[0-9]{10}$"},
        }
    ).fields

    assert (field.key, field.type, field.label, field.description) == ("phone", "textfield", "电话", "十一位手机号码")
    assert (field.required, field.readonly, field.variable, field.default) == (True, True, True, "0")
    assert (field.min_length, field.max_length, field.pattern) == (11, 11, "^1[0-9]{10}$")
    assert field.is_input
    assert not field.multiple


def test_numbers_and_dates_keep_their_bounds_and_kinds() -> None:
    number, date, moment = read(
        {"type": "number", "key": "days", "label": "天数", "decimalDigits": 0, "validate": {"min": 1, "max": "5.5"}},
        {"type": "datetime", "key": "from", "dateLabel": "起始日期", "subtype": "date"},
        {"type": "datetime", "key": "at", "timeLabel": "时间", "subtype": "datetime"},
    ).fields

    assert (number.min, number.max, number.decimals) == (1, 5.5, 0)
    assert (date.label, date.subtype) == ("起始日期", "date")
    assert (moment.label, moment.subtype) == ("时间", "datetime")


def test_choices_have_fixed_values_or_name_where_they_come_from() -> None:
    fixed, units, several = read(
        CHOICE,
        {"type": "select", "key": "unit", "label": "单位", "valuesKey": "units"},
        {"type": "taglist", "key": "assisting", "label": "协办", "valuesKey": "units"},
    ).fields

    assert fixed.options == (("forward", "转办"), ("reject", "不予受理"))
    assert (units.options, units.options_from, units.multiple) == ((), "units", False)
    assert several.multiple


def test_only_marked_fields_become_variables() -> None:
    assert [field.key for field in read(CHOICE, REASON).variables] == ["choice"]


def test_groups_are_flattened_and_buttons_left_to_the_page() -> None:
    flat = read(
        {"type": "text", "text": "请核对"},
        {"type": "group", "label": "信息", "components": [REASON, {"type": "separator"}]},
        {"type": "group", "components": [CHOICE]},
        {"type": "button", "action": "submit", "label": "提交"},
        {"type": "spacer"},
    )

    assert [(field.type, field.key or field.label) for field in flat.fields] == [
        ("text", "请核对"),
        ("text", "信息"),
        ("textarea", "reason"),
        ("separator", ""),
        ("radio", "choice"),
    ]
    assert [field.key for field in flat.fields if field.is_input] == ["reason", "choice"]


def test_every_kind_of_input_is_read() -> None:
    def component(kind: str) -> dict[str, object]:
        return {"type": kind, "key": f"the_{kind}", "values": [{"value": "a", "label": "A"}]}

    assert {field.type for field in read(*map(component, sorted(INPUTS))).fields} == INPUTS


class TestVisibility:
    def shown(self, data: dict[str, object], *components: dict[str, object]) -> list[str]:
        return [field.key or field.label for field in read(*components).visible(data)]

    def test_a_field_is_hidden_while_its_rule_holds(self) -> None:
        assert self.shown({"choice": "forward"}, CHOICE, REASON) == ["choice"]
        assert self.shown({"choice": "reject"}, CHOICE, REASON) == ["choice", "reason"]

    def test_a_field_not_filled_in_yet_counts_as_empty(self) -> None:
        assert self.shown({}, CHOICE, REASON) == ["choice"]

    def test_feel_equality_is_understood(self) -> None:
        field: dict[str, object] = {"type": "textfield", "key": "x", "conditional": {"hide": '=choice = "forward"'}}

        assert self.shown({"choice": "forward"}, field) == []
        assert self.shown({"choice": "reject"}, field) == ["x"]

    def test_a_comparison_with_an_empty_field_hides_nothing(self) -> None:
        field: dict[str, object] = {"type": "textfield", "key": "x", "conditional": {"hide": "=days > 5"}}

        assert self.shown({}, field) == ["x"]
        assert self.shown({"days": 6}, field) == []

    def test_a_hidden_group_hides_all_of_it(self) -> None:
        inner: dict[str, object] = {"type": "textfield", "key": "x", "conditional": {"hide": "=short"}}
        group: dict[str, object] = {
            "type": "group",
            "label": "组",
            "conditional": {"hide": "=closed"},
            "components": [inner, {"type": "textfield", "key": "y"}],
        }

        assert self.shown({"closed": True, "short": False}, group) == []
        assert self.shown({"closed": False, "short": True}, group) == ["组", "y"]
        assert self.shown({}, group) == ["组", "x", "y"]


FIELD: dict[str, object] = {"type": "textfield", "key": "x", "label": "x"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"id": "x"}',
        '{"id": "x", "components": {}}',
        '{"components": []}',
        '{"id": 3, "components": []}',
        '{"id": "x", "components": [1]}',
        "[" * 100_000,
        form("x", FIELD, FIELD),
        form("x", *({**FIELD, "key": f"x{n}"} for n in range(300))),
    ],
)
def test_what_is_not_a_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        parse_form(text, file="forms/x.json")

    assert refused.value.fields["file"] == "forms/x.json"
    assert refused.value.fields["fix"]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "iframe"},
        {"type": "table"},
        {"type": "html"},
        {"type": ""},
        {"key": ""},
        {"key": "a.b"},
        {"key": "__x"},
        {"type": "select"},
        {"type": "select", "valuesExpression": "=units"},
        {"type": "select", "values": "units"},
        {"type": "select", "values": [{"value": 1, "label": "一"}]},
        {"type": "group", "components": {}},
        {"conditional": {"hide": "=a.b"}},
        {"conditional": {"hide": "=__import__('os')"}},
        {"validate": {"minLength": "some"}},
        {"validate": {"maxLength": 1.5}},
        {"validate": {"maxLength": -1}},
        {"validate": {"min": "NaN"}},
        {"validate": {"pattern": "["}},
    ],
    ids=json.dumps,
)
def test_a_component_we_would_show_or_check_wrongly_is_refused_by_its_key(change: dict[str, object]) -> None:
    with pytest.raises(InvalidForm) as refused:
        read({**FIELD, **change})

    assert refused.value.fields["node"] == change.get("key", "x")
    assert refused.value.fields["fix"]
    assert refused.value.message_zh != refused.value.message_en
