"""Read decision tables from DMN files.

SpiffWorkflow has a DMN engine, which we do not use: it evaluates every cell as Python text through its script
engine (unsafe), takes the first of several UNIQUE hits without a word, and knows neither FIRST, ANY and PRIORITY
nor lists and ranges in cells (unfaithful). Ours are evaluated in ``decision_tables``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

from lxml import etree

from engine.bpmn.decision_tables import Decision, DecisionFailed, HitPolicy, Output, Rule
from engine.bpmn.expressions import Expression, InvalidExpression, compile_expression
from engine.bpmn.unary_tests import UnaryTests, compile_tests, split_list
from engine.bpmn.xml import InvalidModel, local_name, parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Compiled = TypeVar("_Compiled", Expression, UnaryTests)

__all__ = ["Decision", "DecisionFailed", "InvalidDecision", "parse_decisions"]

#: DMN 1.2, 1.3, 1.4 and 1.5 write decision tables alike.
DMN_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
_SHAPE_FIX = "请在 DMN 编辑器中改成单张决策表。 Make it a single decision table in a DMN editor."


class InvalidDecision(InvalidModel):
    """A decision cannot be read; ``fields`` has ``file``, ``node``, ``line`` and ``fix``."""

    code = "invalid_decision"


def parse_decisions(data: bytes | str, *, file: str) -> dict[str, Decision]:
    """Read all decisions of a DMN file, by id.

    Raises:
        InvalidModel: the file is not XML we accept.
        InvalidDecision: it is, but not a DMN file of tables we can evaluate.

    """
    root = parse_xml(data, file=file)
    if etree.QName(root).namespace not in DMN_NAMESPACES or local_name(root) != "definitions":
        raise InvalidDecision(
            f"{file} is not a DMN file (version 1.2 to 1.5).",
            message_zh=f"{file} 不是 DMN 文件（1.2 至 1.5 版）。",
            file=file,
            line=root.sourceline,
            fix="请用 DMN 编辑器另存为 DMN 1.3。 Save it as DMN 1.3 in a DMN editor.",
        )
    decisions: dict[str, Decision] = {}
    for element in _all(root, "decision"):
        reader = _Reader(element, file)
        decision = reader.decision()
        if decision.id in decisions:
            reader.refuse("the id is used twice", "编号重复", "请改用不同的编号。 Give it an id of its own.")
        decisions[decision.id] = decision
    return decisions


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterchildren(f"{{{etree.QName(element).namespace}}}{name}")


def _text(element: etree._Element | None) -> str:
    """Return the content of an element's ``text`` child."""
    child = None if element is None else next(_all(element, "text"), None)
    return "" if child is None else (child.text or "").strip()


class _Reader:
    """Reads one ``decision`` element and says where it cannot."""

    def __init__(self, element: etree._Element, file: str) -> None:
        self.element = element
        self.file = file
        self.id = element.get("id") or ""

    def decision(self) -> Decision:
        """Return the decision."""
        if not self.id:
            self.refuse("it has no id", "没有编号", "请给决策一个编号。 Give the decision an id.")
        table = next(_all(self.element, "decisionTable"), None)
        required = [
            child for child in self.element.iter() if local_name(child) in {"requiredDecision", "requiredKnowledge"}
        ]
        if table is None or required:
            self.refuse("it is not a self-contained decision table", "不是独立的决策表", _SHAPE_FIX)
        inputs = tuple(self._input(column) for column in _all(table, "input"))
        outputs = tuple(self._output(column) for column in _all(table, "output"))
        names = [output.name for output in outputs]
        if not outputs or (len(outputs) > 1 and ("" in names or len(set(names)) < len(names))):
            self.refuse("its outputs need names of their own", "输出列必须各有名称", _SHAPE_FIX)
        return Decision(
            id=self.id,
            name=self.element.get("name") or self.id,
            file=self.file,
            hit_policy=self._hit_policy(table),
            inputs=inputs,
            outputs=outputs,
            rules=tuple(self._rule(row, len(inputs), len(outputs)) for row in _all(table, "rule")),
        )

    def _hit_policy(self, table: etree._Element) -> HitPolicy:
        policy = table.get("hitPolicy", "UNIQUE")
        if policy not in set(HitPolicy) or table.get("aggregation"):
            self.refuse(
                f"hit policy {policy} {table.get('aggregation', '')} is not supported".replace("  ", " "),
                f"不支持命中策略 {policy} {table.get('aggregation', '')}".rstrip(),
                "请改用 UNIQUE、FIRST、ANY、PRIORITY 或不带汇总的 COLLECT。"
                " Use UNIQUE, FIRST, ANY, PRIORITY, or COLLECT without aggregation.",
            )
        return HitPolicy(policy)

    def _input(self, column: etree._Element) -> Expression:
        return self._compile(column, _text(next(_all(column, "inputExpression"), None)), compile_expression)

    def _output(self, column: etree._Element) -> Output:
        allowed = _text(next(_all(column, "outputValues"), None))
        values = [self._compile(column, part, compile_expression) for part in split_list(allowed)] if allowed else []
        if any(value.names or value.calls for value in values):
            self.refuse(f"the allowed values {allowed} are not literals", f"允许值 {allowed} 不是常量", _SHAPE_FIX)
        default = _text(next(_all(column, "defaultOutputEntry"), None))
        return Output(
            name=column.get("name") or column.get("label") or "",
            priorities=tuple(value.evaluate({}) for value in values),
            default=self._compile(column, default, compile_expression) if default else None,
        )

    def _rule(self, row: etree._Element, inputs: int, outputs: int) -> Rule:
        tests = tuple(self._compile(row, _text(cell), compile_tests) for cell in _all(row, "inputEntry"))
        texts = [_text(cell) for cell in _all(row, "outputEntry")]
        if len(tests) != inputs or len(texts) != outputs:
            self.refuse(
                f"row {row.get('id', '')} has not as many cells as the table has columns",
                f"规则 {row.get('id', '')} 的单元格数与列数不一致",
                _SHAPE_FIX,
            )
        return Rule(tests, tuple(self._compile(row, text, compile_expression) if text else None for text in texts))

    def _compile(self, where: etree._Element, text: str, compiler: Callable[[str], _Compiled]) -> _Compiled:
        try:
            return compiler(text)
        except InvalidExpression as error:
            raise InvalidDecision(
                f"Decision {self.id}: {error.message_en}",
                message_zh=f"决策 {self.id}：{error.message_zh}",
                file=self.file,
                node=where.get("id") or self.id,
                line=where.sourceline,
                fix=error.fields["fix"],
            ) from error

    def refuse(self, english: str, chinese: str, fix: str) -> NoReturn:
        """Raise InvalidDecision for the whole decision."""
        raise InvalidDecision(
            f"Decision {self.id} in {self.file}: {english}.",
            message_zh=f"{self.file} 中的决策 {self.id}：{chinese}。",
            file=self.file,
            node=self.id,
            line=self.element.sourceline,
            fix=fix,
        )
