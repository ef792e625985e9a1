"""The cells on the input side of a decision table: a subset of FEEL's unary tests (DMN 1.3 §10.3.1, rules 7-15).

Understood are ``-`` and an empty cell, values and comma lists of them, ``not(...)``, ``< <= > >= = !=`` before
a value, and ranges such as ``[1..5]`` or ``(1..5)``. A value is an expression of our own language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.bpmn.expressions import Expression, InvalidExpression, compile_expression
from engine.bpmn.grammar import Variables
from engine.bpmn.operators import GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL, Operator

Test = Callable[[object, Variables], bool]

_FIX = (
    '请写成 "文本"、数字、true、null、逗号分隔的列表、not(...)、< 5 或 [1..5]。'
    ' Write "text", numbers, true, null, comma lists, not(...), < 5 or [1..5].'
)
#: Longer signs first: the first that fits is taken.
_SIGNS: tuple[tuple[str, Operator], ...] = (
    ("<=", LESS_OR_EQUAL),
    (">=", GREATER_OR_EQUAL),
    ("<", LESS),
    (">", GREATER),
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_RANGE_STARTS = {"[": GREATER_OR_EQUAL, "(": GREATER, "]": GREATER}
_RANGE_ENDS = {"]": LESS_OR_EQUAL, ")": LESS, "[": LESS}


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """One compiled cell; ``values`` are the expressions in it."""

    text: str
    values: tuple[Expression, ...]
    matches: Test


def compile_tests(text: str) -> UnaryTests:
    """Compile the text of an input cell.

    Raises:
        InvalidExpression: the text is not of this subset of FEEL.

    """
    values: list[Expression] = []
    matches = _cell(text.strip(), values)
    return UnaryTests(text.strip(), tuple(values), matches)


def same(left: object, right: object) -> bool:
    """Compare as FEEL does: unlike in Python, a boolean never equals a number."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _cell(text: str, values: list[Expression]) -> Test:
    if text in {"", "-"}:
        return lambda _actual, _variables: True
    inner = _negated(text)
    tests = [_single(part.strip(), values) for part in split_list(inner if inner is not None else text)]
    wanted = inner is None
    return lambda actual, variables: any(test(actual, variables) for test in tests) is wanted


def _negated(text: str) -> str | None:
    """Return what stands inside ``not(...)``, or None when the text is no such negation as a whole."""
    rest = text.removeprefix("not").lstrip()
    if rest == text or not rest.startswith("(") or not rest.endswith(")"):
        return None
    return rest[1:-1]


def _single(part: str, values: list[Expression]) -> Test:
    if not part:
        raise _invalid(part)
    bounds = _range(part, values)
    if bounds is not None:
        return bounds
    for sign, compare in _SIGNS:
        if part.startswith(sign):
            return _bound(compare, _value(part.removeprefix(sign), values))
    if part.startswith("!="):
        unequal = _value(part.removeprefix("!="), values)
        return lambda actual, variables: not same(actual, unequal.evaluate(variables))
    return _equal(_value(part.removeprefix("="), values))


def _range(part: str, values: list[Expression]) -> Test | None:
    middle = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), part).find("..")
    if middle < 0 or part[0] not in _RANGE_STARTS or part[-1] not in _RANGE_ENDS:
        return None
    low, high = part[1:middle], part[middle + 2 : -1]
    above = _bound(_RANGE_STARTS[part[0]], _value(low, values))
    below = _bound(_RANGE_ENDS[part[-1]], _value(high, values))
    return lambda actual, variables: above(actual, variables) and below(actual, variables)


def _bound(compare: Operator, limit: Expression) -> Test:
    def within(actual: object, variables: Variables) -> bool:
        bound = limit.evaluate(variables)
        # An unknown value lies within no bounds (FEEL: null).
        return actual is not None and bound is not None and bool(compare(actual, bound))

    return within


def _equal(value: Expression) -> Test:
    def equal(actual: object, variables: Variables) -> bool:
        expected = value.evaluate(variables)
        if same(actual, expected):
            return True
        return isinstance(expected, list) and any(same(actual, member) for member in expected)

    return equal


def _value(text: str, values: list[Expression]) -> Expression:
    try:
        value = compile_expression(text)
    except InvalidExpression as error:
        raise _invalid(text) from error
    values.append(value)
    return value


def split_list(text: str) -> Iterator[str]:
    """Yield the parts between commas that stand in no quotes and no brackets."""
    part, quote, depth = "", "", 0
    for character in text:
        if quote:
            quote = "" if character == quote and not part.endswith("\\") else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            yield part
            part = ""
            continue
        part += character
    yield part


def _invalid(text: str) -> InvalidExpression:
    shown = text.strip()
    return InvalidExpression(
        f"“{shown}” is not a valid decision cell.",
        message_zh=f"“{shown}”不是有效的决策单元格。",
        text=shown,
        reason="not a unary test",
        fix=_FIX,
    )
