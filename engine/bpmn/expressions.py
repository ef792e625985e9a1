"""The expression language of models: a small whitelist of Python's grammar, compiled to closures.

Gateways, timers, parameters and decision cells are written by procedure editors, so their text is input, not
code: nothing is ever handed to ``eval``. This module reads text and reports errors; ``grammar`` says what may
be written, ``operators`` what it does to values, and the caller which functions exist.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections import ChainMap
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from engine.bpmn.grammar import (
    CONSTANT_NAMES,
    Call,
    Functions,
    Reading,
    Rejected,
    Step,
    Variables,
    binary_operator,
    checked_name,
    compile_node,
)
from engine.bpmn.operators import Refused
from engine.errors import WenzhengError

MAX_CHARACTERS = 2_000
MAX_STATEMENTS = 50
NO_FUNCTIONS: Functions = MappingProxyType({})

_LANGUAGE_FIX = (
    "只能使用变量名、常量、列表、比较、in、and/or/not、+ - * / %、条件式和已登记的函数。"
    " Use only names, literals, lists, comparisons, in, and/or/not, + - * / %, a if c else b,"
    " and the named functions."
)
_VALUES_FIX = (
    "请检查变量的取值；可能为空的变量先用 coalesce(a, b) 给出默认值。"
    " Check the values of the variables; give those that may be empty a default with coalesce(a, b)."
)


class InvalidExpression(WenzhengError):
    """A text is not an expression of the language; ``fields`` has ``text``, ``reason`` and ``fix``."""

    code = "invalid_expression"


class ExpressionFailed(WenzhengError):
    """The variables do not fit an expression; ``fields`` has ``text``, ``reason`` and ``fix``."""

    code = "expression_failed"


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: ``names`` are the variables it reads, ``calls`` the functions it calls."""

    text: str
    names: frozenset[str]
    calls: tuple[Call, ...]
    step: Step

    def evaluate(self, variables: Variables, functions: Functions = NO_FUNCTIONS) -> object:
        """Return the value for ``variables``; the mapping decides what an unset variable is.

        Raises:
            ExpressionFailed: a variable or function is missing or the values do not fit.

        """
        try:
            return self.step(variables, functions)
        except Refused as error:
            raise _failed(self.text, error) from error


@dataclass(frozen=True, slots=True)
class Assignment:
    """One statement of a script: ``target`` takes the value of ``step``."""

    target: str
    step: Step


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled script: ``names`` are read before they are assigned, ``targets`` are assigned, in order."""

    text: str
    names: frozenset[str]
    calls: tuple[Call, ...]
    assignments: tuple[Assignment, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the assigned names, each once, in the order of first assignment."""
        return tuple(dict.fromkeys(assignment.target for assignment in self.assignments))

    def run(self, variables: Variables, functions: Functions = NO_FUNCTIONS) -> dict[str, object]:
        """Return what the script assigns; ``variables`` itself is left alone.

        Raises:
            ExpressionFailed: a variable or function is missing or the values do not fit.

        """
        assigned: dict[str, object] = {}
        seen = ChainMap(assigned, variables)  # type: ignore[arg-type]  # only the first map is ever written
        try:
            for assignment in self.assignments:
                assigned[assignment.target] = assignment.step(seen, functions)
        except Refused as error:
            raise _failed(self.text, error) from error
        return assigned


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Compile ``text``; a leading ``=`` (as BPMN editors mark expressions) is ignored.

    Raises:
        InvalidExpression: the text is not of the language.

    """
    source = re.sub(r"[\r\n\t]+", " ", text).strip().removeprefix("=").strip()
    tree = _syntax(source, text, "eval")
    reading = Reading()
    try:
        step = compile_node(tree.body, reading)  # type: ignore[attr-defined]  # mode "eval" has a body
    except Rejected as error:
        raise _invalid(text, error.message_en, error.message_zh) from error
    return Expression(source, frozenset(reading.names), tuple(reading.calls), step)


@lru_cache(maxsize=1024)
def compile_feel(text: str) -> Expression:
    """Compile a FEEL condition: our language with ``=`` for equality, as form-js and DMN editors write it.

    Raises:
        InvalidExpression: the text is neither.

    """
    source = re.sub(r"[\r\n\t]+", " ", text).strip().removeprefix("=").strip()
    return compile_expression(_double_equals(source, text))


@lru_cache(maxsize=1024)
def compile_assignments(script: str) -> Script:
    """Compile the text of a script task: lines of ``name = expression``, nothing else.

    Raises:
        InvalidExpression: a line is not an assignment or its expression is not of the language.

    """
    source = textwrap.dedent(script.replace("\t", "    ")).strip()
    tree = _syntax(source, script, "exec")
    statements: list[ast.stmt] = tree.body  # type: ignore[attr-defined]  # mode "exec" has a body
    if len(statements) > MAX_STATEMENTS:
        raise _invalid(script, "the script has too many lines", "脚本行数过多")
    names: set[str] = set()
    calls: list[Call] = []
    assignments: list[Assignment] = []
    try:
        for statement in statements:
            assignment, reading = _assignment(statement)
            names |= reading.names - {earlier.target for earlier in assignments}
            calls += reading.calls
            assignments.append(assignment)
    except Rejected as error:
        raise _invalid(script, error.message_en, error.message_zh) from error
    return Script(source, frozenset(names), tuple(calls), tuple(assignments))


def _assignment(statement: ast.stmt) -> tuple[Assignment, Reading]:
    reading = Reading()
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            step = compile_node(value, reading)
        case ast.AugAssign(target=ast.Name(id=target) as name, op=op, value=value):
            apply = binary_operator(op)
            left = compile_node(ast.Name(name.id, ast.Load()), reading)
            right = compile_node(value, reading)

            def step(variables: Variables, functions: Functions) -> object:
                return apply(left(variables, functions), right(variables, functions))
        case _:
            raise Rejected("a script may only assign: name = expression", "脚本只能写赋值：变量名 = 表达式")
    if checked_name(target) in CONSTANT_NAMES:
        raise Rejected(f"{target} cannot be assigned", f"不能给 {target} 赋值")
    return Assignment(target, step), reading


def _syntax(source: str, text: str, mode: str) -> ast.AST:
    if not source:
        raise _invalid(text, "the expression is empty", "表达式为空")
    if len(source) > MAX_CHARACTERS:
        raise _invalid(text, "the expression is too long", "表达式过长")
    try:
        return compile(source, "<expression>", mode, ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        column = error.offset or 0
        raise _invalid(
            text, f"syntax error at column {column}: {error.msg}", f"第 {column} 个字符处语法错误"
        ) from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise _invalid(text, "it cannot be read", "无法读取") from error


def _double_equals(source: str, text: str) -> str:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise _invalid(text, f"syntax error: {error}", "语法错误") from error
    pieces = [
        (token.type, "==" if token.type == tokenize.OP and token.string == "=" else token.string) for token in tokens
    ]
    return tokenize.untokenize(pieces).strip()


def _invalid(text: str, reason_en: str, reason_zh: str) -> InvalidExpression:
    shown = text.strip()[:200]
    return InvalidExpression(
        f"“{shown}” is not a valid expression: {reason_en}.",
        message_zh=f"“{shown}”不是有效的表达式：{reason_zh}。",
        text=shown,
        reason=reason_en,
        fix=_LANGUAGE_FIX,
    )


def _failed(text: str, error: Refused) -> ExpressionFailed:
    return ExpressionFailed(
        f"“{text}” cannot be evaluated: {error.message_en}.",
        message_zh=f"“{text}”无法求值：{error.message_zh}。",
        text=text,
        reason=error.message_en,
        fix=_VALUES_FIX,
    )
