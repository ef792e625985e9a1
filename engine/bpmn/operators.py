"""What the operators of the expression language do to values, with a bound on the size of every result.

The language itself (what may be written) is in ``expressions``; nothing in here looks at text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

#: Integers stay within a signed 64-bit column; larger ones only serve to burn time and memory.
MAX_INTEGER = 2**63 - 1
#: Characters of a text, members of a list.
MAX_LENGTH = 10_000

Operator = Callable[[object, object], object]


class Refused(Exception):
    """An operator cannot be applied to these values; the text says why."""

    def __init__(self, message_en: str, message_zh: str) -> None:
        """Keep the reason in both languages."""
        super().__init__(message_en)
        self.message_en = message_en
        self.message_zh = message_zh


def describe(value: object) -> str:
    """Return a short, safe description of a value for an error message."""
    if value is None or isinstance(value, bool | int | float):
        return repr(value)[:40]
    if isinstance(value, str):
        return repr(value[:40])
    return type(value).__name__


def bounded(value: object) -> object:
    """Return ``value`` unless it is larger than an expression may make it."""
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Refused("the number is too large", "数值过大")
    if isinstance(value, str | list) and len(value) > MAX_LENGTH:
        raise Refused("the text or list is too long", "文本或列表过长")
    return value


def _numbers(left: object, right: object, symbol: str) -> tuple[int | float, int | float]:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left, right
    raise _unfit(left, right, symbol)


def _unfit(left: object, right: object, symbol: str) -> Refused:
    return Refused(
        f"{describe(left)} {symbol} {describe(right)} has no meaning",
        f"{describe(left)} {symbol} {describe(right)} 无法计算",
    )


def add(left: object, right: object) -> object:
    """Add two numbers, or join two texts or two lists."""
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded(left + right)
    a, b = _numbers(left, right, "+")
    return bounded(a + b)


def subtract(left: object, right: object) -> object:
    """Subtract two numbers."""
    a, b = _numbers(left, right, "-")
    return bounded(a - b)


def multiply(left: object, right: object) -> object:
    """Multiply two numbers; texts and lists are never repeated."""
    a, b = _numbers(left, right, "*")
    return bounded(a * b)


def divide(left: object, right: object) -> object:
    """Divide two numbers."""
    a, b = _numbers(left, right, "/")
    try:
        return a / b
    except ZeroDivisionError:
        raise Refused("division by zero", "除数为零") from None


def remainder(left: object, right: object) -> object:
    """Return the remainder of two numbers; never formats a text."""
    a, b = _numbers(left, right, "%")
    try:
        return a % b
    except ZeroDivisionError:
        raise Refused("division by zero", "除数为零") from None


def negate(value: object) -> object:
    """Return the negative of a number."""
    if isinstance(value, int | float):
        return -value
    raise Refused(f"-{describe(value)} has no meaning", f"-{describe(value)} 无法计算")


def unchanged(value: object) -> object:
    """Return a number as it is (unary plus)."""
    if isinstance(value, int | float):
        return +value
    raise Refused(f"+{describe(value)} has no meaning", f"+{describe(value)} 无法计算")


def _ordering(compare: Callable[[Any, Any], object], symbol: str) -> Operator:
    def ordered(left: object, right: object) -> object:
        try:
            return compare(left, right)
        except TypeError:
            raise _unfit(left, right, symbol) from None

    return ordered


def contains(left: object, right: object) -> object:
    """Tell whether ``left`` is a member of a list, a part of a text or a key."""
    if isinstance(right, list | tuple | Mapping) or (isinstance(right, str) and isinstance(left, str)):
        try:
            return left in right
        except TypeError:  # an unhashable key
            raise _unfit(left, right, "in") from None
    raise _unfit(left, right, "in")


def lacks(left: object, right: object) -> object:
    """Tell whether ``left`` is not in ``right``."""
    return not contains(left, right)


def item(value: object, key: int | str) -> object:
    """Return the member of a list or text at ``key``, or a mapping's value."""
    try:
        if isinstance(value, Mapping):
            member: object = value[key]
            return member
        if isinstance(value, list | tuple | str) and isinstance(key, int):
            return value[key]
    except LookupError:
        raise Refused(f"there is no member {key!r}", f"没有成员 {key!r}") from None
    raise Refused(f"{describe(value)} has no member {key!r}", f"{describe(value)} 没有成员 {key!r}")


LESS = _ordering(operator.lt, "<")
LESS_OR_EQUAL = _ordering(operator.le, "<=")
GREATER = _ordering(operator.gt, ">")
GREATER_OR_EQUAL = _ordering(operator.ge, ">=")
