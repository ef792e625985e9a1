"""Read forms in the form-js schema (edited with form-js or Camunda Modeler) into what pages and checks need.

Understood is the subset listed in ``INPUTS`` and ``STATIC``; anything else is refused rather than shown wrongly.
Rendering is for the pages, checking a submission for the services.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.bpmn.expressions import Expression, ExpressionFailed, InvalidExpression, compile_feel
from engine.bpmn.xml import InvalidModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHOICES = frozenset({"select", "radio", "checklist", "taglist"})
INPUTS = CHOICES | {"textfield", "textarea", "checkbox", "number", "datetime"}
STATIC = frozenset({"text", "separator"})
#: A form is sent by our own page, which has its own button; spacers are for the page's layout to decide.
IGNORED = frozenset({"button", "spacer"})
MULTIPLE = frozenset({"checklist", "taglist"})
MAX_FIELDS = 200

_TYPES_FIX = (
    "请改用文本框、多行文本、下拉、单选、复选、多选、数字、日期时间、静态文字、分组或分隔线。"
    " Use textfield, textarea, select, radio, checkbox, checklist, taglist, number, datetime, text, group or separator."
)
_EDITOR_FIX = "请在表单编辑器中改正。 Correct it in the form editor."


class InvalidForm(InvalidModel):
    """A form cannot be used; ``fields`` has ``file``, ``node`` (the field's key) and ``fix``."""

    code = "invalid_form"


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of a form, static text included (its text is the ``label``, its ``key`` empty)."""

    key: str
    type: str
    label: str
    description: str = ""
    required: bool = False
    readonly: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    decimals: int | None = None
    subtype: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    options_from: str | None = None
    hide: Expression | None = None
    variable: bool = False
    default: object = None

    @property
    def multiple(self) -> bool:
        """Tell whether the value is a list."""
        return self.type in MULTIPLE

    @property
    def is_input(self) -> bool:
        """Tell whether the field takes a value."""
        return self.type in INPUTS


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields in reading order, groups flattened."""

    id: str
    title: str
    fields: tuple[Field, ...]

    @property
    def variables(self) -> tuple[Field, ...]:
        """Return the fields whose values become variables of the case."""
        return tuple(field for field in self.fields if field.variable)

    def visible(self, data: Mapping[str, object]) -> tuple[Field, ...]:
        """Return the fields to show for ``data`` (what has been filled in, and the case's variables)."""
        return tuple(field for field in self.fields if not _hidden(field.hide, data))


def parse_form(data: str, *, file: str) -> Form:
    """Read a form-js schema.

    Raises:
        InvalidForm: it is not JSON, not a form, or uses something outside our subset.

    """
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _invalid(file, "", f"it is not JSON: {error}", f"不是有效的 JSON：{error}", _EDITOR_FIX) from error
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise _invalid(file, "", "it is not a form-js form", "不是 form-js 表单", _EDITOR_FIX)
    identity = schema.get("id")
    if not isinstance(identity, str) or not identity:
        raise _invalid(file, "", "the form has no id", "表单没有编号", "请给表单编号。 Give the form an id.")
    fields = tuple(_fields(schema["components"], None, file))
    keys = [field.key for field in fields if field.key]
    repeated = next((key for key in keys if keys.count(key) > 1), None)
    if repeated is not None:
        raise _invalid(file, repeated, "the key is used twice", "字段名重复", "请改用不同的字段名。 Use another key.")
    if len(fields) > MAX_FIELDS:
        raise _invalid(file, "", "the form has too many fields", "表单字段过多", "请拆分表单。 Split the form.")
    return Form(id=identity, title=str(schema.get("title", "")), fields=fields)


def _hidden(hide: Expression | None, data: Mapping[str, object]) -> bool:
    if hide is None:
        return False
    try:
        return hide.evaluate({**dict.fromkeys(hide.names), **data}) is True
    except ExpressionFailed:
        # FEEL: a comparison with an empty field is null, and null hides nothing.
        return False


def _fields(components: Sequence[object], hide: Expression | None, file: str) -> Iterator[Field]:
    for component in components:
        reader = _FieldReader(component, file)
        if reader.type in IGNORED:
            continue
        both = _either(hide, reader.hide())
        if reader.type == "group":
            if reader.label:
                yield Field(key="", type="text", label=reader.label, hide=both)
            yield from _fields(reader.components(), both, file)
        else:
            yield replace(reader.field(), hide=both)


def _either(outer: Expression | None, inner: Expression | None) -> Expression | None:
    """Return the condition under which a field of a group is hidden."""
    if outer is None or inner is None:
        return outer or inner
    return compile_feel(f"({outer.text}) == true or ({inner.text}) == true")


class _FieldReader:
    """Reads one component and says which one it cannot."""

    def __init__(self, component: object, file: str) -> None:
        self.file = file
        if not isinstance(component, dict):
            raise _invalid(file, "", "a component is not an object", "表单组件不是对象", _EDITOR_FIX)
        self.component = component
        self.type = str(component.get("type", ""))
        self.key = str(component.get("key", ""))
        self.label = str(component.get("label", ""))

    def components(self) -> list[object]:
        """Return the components of a group."""
        inner = self.component.get("components", [])
        if not isinstance(inner, list):
            raise self.invalid("the group has no list of components", "分组没有组件列表")
        return inner

    def hide(self) -> Expression | None:
        """Return the condition under which the component is not shown."""
        conditional = self.component.get("conditional")
        text = conditional.get("hide") if isinstance(conditional, dict) else None
        if not text:
            return None
        try:
            return compile_feel(str(text))
        except InvalidExpression as error:
            raise _invalid(self.file, self.key, error.message_en, error.message_zh, str(error.fields["fix"])) from error

    def field(self) -> Field:
        """Return the component as a field."""
        if self.type == "separator":
            return Field(key="", type=self.type, label="")
        if self.type == "text":
            return Field(key="", type=self.type, label=str(self.component.get("text", "")))
        if self.type not in INPUTS:
            raise self.invalid(
                f"the component type {self.type!r} is not supported", f"不支持组件类型“{self.type}”", _TYPES_FIX
            )
        if not self.key.isidentifier() or self.key.startswith("__"):
            raise self.invalid(
                f"{self.key!r} is not a usable key",
                f"“{self.key}”不能用作字段名",
                "字段名由小写字母、数字和下划线组成。 Use lower-case letters, digits and underscores.",
            )
        return self._input()

    def _input(self) -> Field:
        component, rules = self.component, self._object("validate")
        options = tuple(self._options())
        options_from = component.get("valuesKey")
        if self.type in CHOICES and not options and not options_from:
            raise self.invalid("the choice has no values", "选择项没有可选值", "请填写选项。 Fill in the values.")
        return Field(
            key=self.key,
            type=self.type,
            label=self.label or str(component.get("dateLabel") or component.get("timeLabel") or self.key),
            description=str(component.get("description", "")),
            required=rules.get("required") is True,
            readonly=component.get("readonly") is True or component.get("disabled") is True,
            min_length=self._whole(rules.get("minLength")),
            max_length=self._whole(rules.get("maxLength")),
            pattern=self._pattern(rules.get("pattern")),
            min=self._number(rules.get("min")),
            max=self._number(rules.get("max")),
            decimals=self._whole(component.get("decimalDigits")),
            subtype=str(component.get("subtype", "date")) if self.type == "datetime" else None,
            options=options,
            options_from=str(options_from) if options_from else None,
            variable=str(self._object("properties").get("variable", "")).lower() == "true",
            default=component.get("defaultValue"),
        )

    def _options(self) -> Iterator[tuple[str, str]]:
        values = self.component.get("values", [])
        if self.component.get("valuesExpression") or not isinstance(values, list):
            raise self.invalid(
                "values must be a list or a valuesKey",
                "选项只能是固定列表或 valuesKey",
                "请用固定选项或 valuesKey。 Use fixed values or a valuesKey.",
            )
        for value in values:
            if not isinstance(value, dict) or not isinstance(value.get("value"), str):
                raise self.invalid("a value of the choice is not text", "选项的值不是文本")
            yield value["value"], str(value.get("label", value["value"]))

    def _object(self, name: str) -> dict[str, object]:
        value = self.component.get(name, {})
        return value if isinstance(value, dict) else {}

    def _number(self, value: object) -> float | None:
        if value is None or value == "":
            return None
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self.invalid(f"{value!r} is not a number", f"“{value}”不是数字")
        return number

    def _whole(self, value: object) -> int | None:
        number = self._number(value)
        if number is not None and (number < 0 or not number.is_integer()):
            raise self.invalid(f"{value!r} is not a whole number", f"“{value}”不是整数")
        return None if number is None else int(number)

    def _pattern(self, value: object) -> str | None:
        if not value:
            return None
        try:
            re.compile(str(value))
        except re.error as error:
            raise self.invalid(f"{value!r} is not a pattern", f"“{value}”不是有效的正则表达式") from error
        return str(value)

    def invalid(self, english: str, chinese: str, fix: str = _EDITOR_FIX) -> InvalidForm:
        """Return the error for this component."""
        return _invalid(self.file, self.key or str(self.component.get("id", "")), english, chinese, fix)


def _invalid(file: str, node: str, english: str, chinese: str, fix: str) -> InvalidForm:
    place_en, place_zh = (f"{file}, field {node}", f"{file} 字段 {node}") if node else (file, file)
    return InvalidForm(
        f"{place_en}: {english.rstrip('.')}.",
        message_zh=f"{place_zh}：{chinese.rstrip('。')}。",
        file=file,
        node=node,
        fix=fix,
    )
