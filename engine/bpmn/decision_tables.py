"""Decision tables, ready to evaluate: inputs, rules, outputs and hit policies (DMN 1.3 §8).

Reading them from DMN files is for ``decisions``, the cells of the input side for ``unary_tests``. Tables call no
functions; they see the variables they are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.bpmn.expressions import Expression
from engine.bpmn.grammar import Call, Variables
from engine.bpmn.operators import Refused
from engine.bpmn.unary_tests import UnaryTests, same
from engine.errors import WenzhengError

if TYPE_CHECKING:
    from collections.abc import Iterator


class DecisionFailed(WenzhengError):
    """A table has no single answer for these values; ``fields`` has ``decision`` and ``rules``."""

    code = "decision_failed"


class HitPolicy(StrEnum):
    """What several matching rules mean; the rest of DMN's policies is refused."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"


@dataclass(frozen=True, slots=True)
class Output:
    """A column on the output side; ``priorities`` are its allowed values, most important first."""

    name: str
    priorities: tuple[object, ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: tests for the inputs, expressions for the outputs (None: an empty cell)."""

    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table, ready to evaluate."""

    id: str
    name: str
    file: str
    hit_policy: HitPolicy
    inputs: tuple[Expression, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @property
    def names(self) -> frozenset[str]:
        """Return the variables the table reads."""
        return frozenset(name for expression in self._expressions() for name in expression.names)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Return the function calls in the table; there are no functions, so each is a mistake."""
        return tuple(call for expression in self._expressions() for call in expression.calls)

    def evaluate(self, variables: Variables) -> object:
        """Return the answer for ``variables``: a value, or a dict of them by name when the table has several outputs.

        No match gives the default outputs or None; COLLECT gives a list.

        Raises:
            DecisionFailed: several rules match where the hit policy allows one.
            ExpressionFailed: a variable is missing or has the wrong type.

        """
        hits = self._hits(variables)
        if self.hit_policy in {HitPolicy.COLLECT, HitPolicy.RULE_ORDER}:
            return [self._answer(rule.outputs, variables) for _, rule in hits]
        if not hits:
            defaults = tuple(output.default for output in self.outputs)
            return self._answer(defaults, variables) if any(defaults) else None
        if len(hits) > 1 and self.hit_policy is HitPolicy.UNIQUE:
            raise self._ambiguous(hits, "several rules match, but its hit policy is UNIQUE", "命中多条规则")
        answers = [self._answer(rule.outputs, variables) for _, rule in hits]
        if self.hit_policy is HitPolicy.ANY and not all(same(answer, answers[0]) for answer in answers):
            raise self._ambiguous(hits, "the matching rules disagree", "命中的规则结论不一致")
        if self.hit_policy is HitPolicy.PRIORITY:
            return min(answers, key=self._rank)
        return answers[0]

    def _hits(self, variables: Variables) -> list[tuple[int, Rule]]:
        actual = [expression.evaluate(variables) for expression in self.inputs]
        try:
            return [
                (number, rule)
                for number, rule in enumerate(self.rules, start=1)
                if all(test.matches(value, variables) for test, value in zip(rule.tests, actual, strict=True))
            ]
        except Refused as error:
            raise DecisionFailed(
                f"Decision {self.id} cannot compare its input: {error.message_en}.",
                message_zh=f"决策表 {self.id} 的输入无法比较：{error.message_zh}。",
                decision=self.id,
            ) from error

    def _answer(self, outputs: tuple[Expression | None, ...], variables: Variables) -> object:
        values = [None if output is None else output.evaluate(variables) for output in outputs]
        if len(values) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}

    def _rank(self, answer: object) -> tuple[int, ...]:
        values = list(answer.values()) if isinstance(answer, dict) else [answer]
        return tuple(
            output.priorities.index(value) if value in output.priorities else len(output.priorities)
            for output, value in zip(self.outputs, values, strict=True)
        )

    def _ambiguous(self, hits: list[tuple[int, Rule]], english: str, chinese: str) -> DecisionFailed:
        rows = [number for number, _ in hits]
        return DecisionFailed(
            f"Decision {self.id}: {english} (rows {', '.join(map(str, rows))}).",
            message_zh=f"决策表 {self.id}：{chinese}（第 {'、'.join(map(str, rows))} 行）。",
            decision=self.id,
            rules=rows,
        )

    def _expressions(self) -> Iterator[Expression]:
        yield from self.inputs
        for rule in self.rules:
            for test in rule.tests:
                yield from test.values
            yield from (output for output in rule.outputs if output is not None)
        yield from (output.default for output in self.outputs if output.default is not None)
