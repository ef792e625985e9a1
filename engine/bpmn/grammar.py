"""What an expression may say: the whitelist of syntax nodes, each turned into a closure.

A node that is not named in ``_HANDLERS`` is refused, so whatever a later Python adds to its grammar stays
out by itself. Reading text and reporting errors is for ``expressions``; arithmetic for
``operators``.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from engine.bpmn import operators
from engine.bpmn.operators import MAX_INTEGER, Operator, Refused

MAX_NODES = 300
MAX_DEPTH = 40

Variables = Mapping[str, object]
Functions = Mapping[str, Callable[..., object]]
Step = Callable[[Variables, Functions], object]

#: FEEL and JSON spell the constants in lower case, and so do many editors.
CONSTANT_NAMES: Mapping[str, object] = {"true": True, "false": False, "null": None}


class Rejected(Exception):
    """A piece of syntax is not part of the language."""

    def __init__(self, message_en: str, message_zh: str) -> None:
        """Keep the reason in both languages."""
        super().__init__(message_en)
        self.message_en = message_en
        self.message_zh = message_zh


@dataclass(frozen=True, slots=True)
class Call:
    """A function call as written; an argument that is not a literal text stands as None."""

    function: str
    arguments: tuple[str | None, ...]
    keywords: frozenset[str]


@dataclass(slots=True)
class Reading:
    """What has been seen while one expression was compiled."""

    names: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    nodes: int = 0


_BINARY: dict[type[ast.operator], Operator] = {
    ast.Add: operators.add,
    ast.Sub: operators.subtract,
    ast.Mult: operators.multiply,
    ast.Div: operators.divide,
    ast.Mod: operators.remainder,
}

_COMPARISONS: dict[type[ast.cmpop], Operator] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operators.LESS,
    ast.LtE: operators.LESS_OR_EQUAL,
    ast.Gt: operators.GREATER,
    ast.GtE: operators.GREATER_OR_EQUAL,
    ast.In: operators.contains,
    ast.NotIn: operators.lacks,
}

_UNARY: dict[type[ast.unaryop], Callable[[object], object]] = {
    ast.Not: operator.not_,
    ast.USub: operators.negate,
    ast.UAdd: operators.unchanged,
}


def compile_node(node: ast.AST, reading: Reading, depth: int = 0) -> Step:
    """Turn a syntax node into a closure, noting names and calls in ``reading``.

    Raises:
        Rejected: the node, its size or its depth is not allowed.

    """
    reading.nodes += 1
    if reading.nodes > MAX_NODES or depth > MAX_DEPTH:
        raise Rejected("the expression is too long or too deeply nested", "表达式过长或嵌套过深")
    handler = _HANDLERS.get(type(node))
    if handler is None:
        _refuse(node)
    return handler(node, reading, depth + 1)


def _refuse(node: ast.AST) -> NoReturn:
    english, chinese = _REFUSALS.get(type(node), ("this notation", "这种写法"))
    raise Rejected(f"{english} is not allowed here", f"不允许使用{chinese}")


def checked_name(name: str) -> str:
    """Return ``name`` unless it is one of Python's own double-underscore names."""
    if name.startswith("__"):
        raise Rejected(f"the name {name} is not allowed", f"不允许使用名称 {name}")
    return name


def _constant(node: ast.Constant, _reading: Reading, _depth: int) -> Step:
    value = node.value
    if not (value is None or isinstance(value, bool | int | float | str)):
        raise Rejected(f"a {type(value).__name__} literal is not allowed", f"不允许使用 {type(value).__name__} 常量")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise Rejected("the number is too large", "数值过大")
    return lambda _variables, _functions: value


def _name(node: ast.Name, reading: Reading, _depth: int) -> Step:
    name = checked_name(node.id)
    if name in CONSTANT_NAMES:
        constant = CONSTANT_NAMES[name]
        return lambda _variables, _functions: constant
    reading.names.add(name)

    def lookup(variables: Variables, _functions: Functions) -> object:
        try:
            return variables[name]
        except KeyError:
            raise Refused(f"there is no variable {name}", f"没有变量 {name}") from None

    return lookup


def _list(node: ast.List, reading: Reading, depth: int) -> Step:
    members = [compile_node(member, reading, depth) for member in node.elts]
    return lambda variables, functions: [member(variables, functions) for member in members]


def _binary(node: ast.BinOp, reading: Reading, depth: int) -> Step:
    apply = binary_operator(node.op)
    left = compile_node(node.left, reading, depth)
    right = compile_node(node.right, reading, depth)
    return lambda variables, functions: apply(left(variables, functions), right(variables, functions))


def binary_operator(node: ast.operator) -> Operator:
    """Return the function of an arithmetic operator of the language."""
    apply = _BINARY.get(type(node))
    if apply is None:
        raise Rejected("the operator is not one of + - * / %", "只能使用运算符 + - * / %")
    return apply


def _unary(node: ast.UnaryOp, reading: Reading, depth: int) -> Step:
    apply = _UNARY.get(type(node.op))
    if apply is None:
        raise Rejected("the operator ~ is not allowed", "不允许使用运算符 ~")
    operand = compile_node(node.operand, reading, depth)
    return lambda variables, functions: apply(operand(variables, functions))


def _boolean(node: ast.BoolOp, reading: Reading, depth: int) -> Step:
    steps = [compile_node(value, reading, depth) for value in node.values]
    first, rest = steps[0], steps[1:]
    stop_when = isinstance(node.op, ast.Or)

    def combined(variables: Variables, functions: Functions) -> object:
        value = first(variables, functions)
        for step in rest:
            if bool(value) is stop_when:
                return value
            value = step(variables, functions)
        return value

    return combined


def _comparison(node: ast.Compare, reading: Reading, depth: int) -> Step:
    first = compile_node(node.left, reading, depth)
    links: list[tuple[Operator, Step]] = []
    for symbol, right in zip(node.ops, node.comparators, strict=True):
        compare = _COMPARISONS.get(type(symbol))
        if compare is None:
            raise Rejected("“is” is not allowed; compare with ==", "不允许使用 is；请用 == 比较")
        links.append((compare, compile_node(right, reading, depth)))

    def compared(variables: Variables, functions: Functions) -> object:
        left = first(variables, functions)
        result: object = True
        for compare, step in links:
            right = step(variables, functions)
            result = compare(left, right)
            if not result:
                return result
            left = right
        return result

    return compared


def _conditional(node: ast.IfExp, reading: Reading, depth: int) -> Step:
    test = compile_node(node.test, reading, depth)
    then = compile_node(node.body, reading, depth)
    otherwise = compile_node(node.orelse, reading, depth)
    return lambda variables, functions: (then if test(variables, functions) else otherwise)(variables, functions)


def _subscript(node: ast.Subscript, reading: Reading, depth: int) -> Step:
    key = _literal_key(node.slice)
    value = compile_node(node.value, reading, depth)
    return lambda variables, functions: operators.item(value(variables, functions), key)


def _literal_key(node: ast.expr) -> int | str:
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inner = node.operand if isinstance(node, ast.UnaryOp) and negative else node
    if isinstance(inner, ast.Constant) and type(inner.value) in {int, str}:
        key: int | str = inner.value  # type: ignore[assignment]
        if isinstance(key, str) and not negative:
            return key
        if isinstance(key, int):
            return -key if negative else key
    raise Rejected("an index must be a literal number or text", "下标只能是数字或文本常量")


def _call(node: ast.Call, reading: Reading, depth: int) -> Step:
    if not isinstance(node.func, ast.Name):
        raise Rejected("only named functions can be called", "只能调用有名称的函数")
    name = checked_name(node.func.id)
    positional = [compile_node(argument, reading, depth) for argument in node.args]
    keywords: dict[str, Step] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise Rejected("** is not allowed here", "不允许使用 **")
        keywords[checked_name(keyword.arg)] = compile_node(keyword.value, reading, depth)
    reading.calls.append(Call(name, tuple(_literal_text(a) for a in node.args), frozenset(keywords)))

    def called(variables: Variables, functions: Functions) -> object:
        function = functions.get(name)
        if function is None:
            raise Refused(f"there is no function {name}", f"没有函数 {name}")
        arguments = [step(variables, functions) for step in positional]
        named = {key: step(variables, functions) for key, step in keywords.items()}
        try:
            return operators.bounded(function(*arguments, **named))
        except (TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise Refused(f"{name} failed: {error}", f"函数 {name} 执行失败：{error}") from error

    return called


def _literal_text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


_HANDLERS: dict[type[ast.AST], Callable[[Any, Reading, int], Step]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Call: _call,
}

_REFUSALS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Attribute: ("an attribute (a dot)", "属性（点号）"),
    ast.Lambda: ("lambda", " lambda"),
    ast.ListComp: ("a comprehension", "推导式"),
    ast.SetComp: ("a comprehension", "推导式"),
    ast.DictComp: ("a comprehension", "推导式"),
    ast.GeneratorExp: ("a comprehension", "推导式"),
    ast.JoinedStr: ("an f-string", " f 字符串"),
    ast.Tuple: ("a tuple (a list is written [a, b])", "元组（列表写作 [a, b]）"),
    ast.Dict: ("a dictionary", "字典"),
    ast.Set: ("a set", "集合"),
    ast.NamedExpr: ("an assignment", "赋值"),
    ast.Starred: ("a star", "星号"),
}
