from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.decisions import DecisionFailed, InvalidDecision, parse_decisions
from engine.bpmn.expressions import ExpressionFailed, InvalidExpression
from engine.bpmn.unary_tests import compile_tests
from engine.bpmn.xml import InvalidModel
from tests.bpmn.models import decision, dmn


def matches(cell: str, value: object, **variables: object) -> bool:
    return compile_tests(cell).matches(value, variables)


def evaluate(text: str, **variables: object) -> object:
    (table,) = parse_decisions(dmn(text), file="tables.dmn").values()
    return table.evaluate(variables)


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("", [None, 0, "x"], []),
        (" - ", [None, 0, "x"], []),
        ('"help"', ["help"], ["Help", None, 1]),
        ('"help", "complaint"', ["help", "complaint"], ["thanks"]),
        ('"a, b"', ["a, b"], ["a", "b"]),
        ("'a'", ["a"], ["b"]),
        ("3", [3, 3.0], [4, "3", None]),
        ("1, 2", [1, 2], [3, True]),
        ("-1", [-1], [1]),
        ("true", [True], [False, None, 1]),
        ("false", [False], [True, 0, None]),
        ("null", [None], [0, False, ""]),
        ('not("a", "b")', ["c", None], ["a", "b"]),
        ("not(null)", [1, False], [None]),
        ("not([1..5])", [0, 6, None], [1, 5]),
        ("not(true)", [False, None], [True]),
        ("< 3", [2, -1], [3, None]),
        ("<= 3", [3], [4, None]),
        ("> 3", [4], [3, None]),
        (">= 3", [3], [2, None]),
        ("= 3", [3], [4]),
        ("!= 3", [4, None], [3]),
        ("< 3, > 5", [2, 6], [3, 5]),
        ("[1..5]", [1, 3, 5], [0, 6, None]),
        ("(1..5)", [2, 4], [1, 5]),
        ("]1..5[", [2, 4], [1, 5]),
        ("[1..5)", [1, 4.9], [5]),
        ("[1.5..2.5]", [1.5, 2.5], [1.4]),
        ("[-5..-1]", [-5, -1], [0]),
        ('["2020-01-01".."2020-03-31"]', ["2020-02-01"], ["2020-04-01"]),
        ("[1..2], [4..5]", [1, 5], [3]),
        ('["a..b"]', ["a..b"], ["c"]),
        ('["a", "b"]', ["a", "b"], ["c"]),
        ("limit", [7], [8]),
        ("< limit + 1", [7], [8]),
        ("[low..limit]", [5, 7], [4, 8]),
        ("allowed", ["x"], ["y"]),
    ],
)
def test_cells_match_as_feel_says(cell: str, yes: list[object], no: list[object]) -> None:
    variables = {"limit": 7, "low": 5, "allowed": ["x", "z"]}
    test = compile_tests(cell)

    assert [value for value in yes if not test.matches(value, variables)] == []
    assert [value for value in no if test.matches(value, variables)] == []


@pytest.mark.parametrize(
    "cell", ["1..5", "[1..5", "[..5]", "< ", "a b", "1,,2", ",", "not()", "x.y", "f(", '"open', "? > 3"]
)
def test_other_cells_are_refused(cell: str) -> None:
    with pytest.raises(InvalidExpression):
        compile_tests(cell)


def test_unlike_things_cannot_be_ordered() -> None:
    with pytest.raises(DecisionFailed, match="cannot compare"):
        evaluate(decision("d", "a", "b", "< 3 | 1"), a="text")


def test_the_names_a_table_reads_are_known() -> None:
    (table,) = parse_decisions(dmn(decision("d", "a + c", "x", "< limit | other")), file="t.dmn").values()

    assert table.names == {"a", "c", "limit", "other"}


class TestHitPolicies:
    ROWS = ('"a" | 1', '"a", "b" | 2', '"c" | 1', '"c" | 1')

    def test_unique_refuses_several_hits(self) -> None:
        assert evaluate(decision("d", "x", "y", *self.ROWS), x="b") == 2
        with pytest.raises(DecisionFailed) as failed:
            evaluate(decision("d", "x", "y", *self.ROWS), x="a")
        assert failed.value.fields["rules"] == [1, 2]

    def test_first_takes_the_first(self) -> None:
        assert evaluate(decision("d", "x", "y", *self.ROWS, policy="FIRST"), x="a") == 1

    def test_any_wants_them_to_agree(self) -> None:
        assert evaluate(decision("d", "x", "y", *self.ROWS, policy="ANY"), x="c") == 1
        with pytest.raises(DecisionFailed, match="disagree"):
            evaluate(decision("d", "x", "y", *self.ROWS, policy="ANY"), x="a")

    def test_collect_and_rule_order_give_a_list(self) -> None:
        for policy in ("COLLECT", "RULE ORDER"):
            assert evaluate(decision("d", "x", "y", *self.ROWS, policy=policy), x="a") == [1, 2]
            assert evaluate(decision("d", "x", "y", *self.ROWS, policy=policy), x="?") == []

    def test_priority_takes_the_most_important_value(self) -> None:
        table = decision("d", "x", "level", '- | "low"', '"fire" | "high"', "- | 'none'", policy="PRIORITY")
        ranked = table.replace(
            'name="level"/>', 'name="level"><outputValues><text>"high", "low"</text></outputValues></output>'
        )

        assert evaluate(ranked, x="fire") == "high"
        assert evaluate(ranked, x="rain") == "low"

    def test_no_match_gives_none_or_the_default(self) -> None:
        table = decision("d", "x", "y", '"a" | 1')
        with_default = table.replace(
            'name="y"/>', 'name="y"><defaultOutputEntry><text>"P1" + "D"</text></defaultOutputEntry></output>'
        )

        assert evaluate(table, x="b") is None
        assert evaluate(with_default, x="b") == "P1D"


def test_one_output_gives_a_value_and_several_a_dict() -> None:
    assert evaluate(decision("d", "x", "y", "- | x + 1"), x=1) == 2
    assert evaluate(decision("d", "x", "limit,unit", '- | "P1WD" | '), x=1) == {"limit": "P1WD", "unit": None}


def test_several_inputs_must_all_match() -> None:
    table = decision("d", "step,urgent", "limit", '"accept" | true | "PT2H"', '"accept" | - | "P1WD"', policy="FIRST")

    assert evaluate(table, step="accept", urgent=True) == "PT2H"
    assert evaluate(table, step="accept", urgent=False) == "P1WD"
    assert evaluate(table, step="reply", urgent=True) is None


def test_a_missing_variable_is_an_error() -> None:
    with pytest.raises(ExpressionFailed, match="no variable step"):
        evaluate(decision("d", "step", "limit", '"accept" | 1'))


def test_tables_of_dmn_1_2_to_1_5_are_read() -> None:
    text = dmn(decision("d", "x", "y", "- | 1"))

    for version in ("http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"):
        other = text.replace("https://www.omg.org/spec/DMN/20191111/MODEL/", version)
        assert list(parse_decisions(other, file="t.dmn")) == ["d"]


TABLE = decision("d", "x", "y", "- | 1")


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        '<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
        dmn(TABLE, TABLE),
        dmn(TABLE.replace('id="d"', "")),
        dmn('<decision id="d"><literalExpression><text>1</text></literalExpression></decision>'),
        dmn(
            TABLE.replace(
                "<decisionTable",
                '<informationRequirement><requiredDecision href="#e"/></informationRequirement><decisionTable',
            )
        ),
        dmn(decision("d", "x", "y", "- | 1", policy="OUTPUT ORDER")),
        dmn(TABLE.replace('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT" aggregation="SUM"')),
        dmn(decision("d", "x", "a,a", "- | 1 | 2")),
        dmn(decision("d", "x", "y", "-")),
        dmn(decision("d", "x", "y", "- | 1 | 2")),
        dmn(decision("d", "x.y", "y", "- | 1")),
        dmn(decision("d", "", "y", "- | 1")),
        dmn(decision("d", "x", "y", "__import__('os') | 1 +")),
        dmn(decision("d", "x", "y", "- | open('/etc/passwd').read()")),
        dmn(TABLE.replace('name="y"/>', 'name="y"><outputValues><text>a, b</text></outputValues></output>')),
    ],
)
def test_what_we_cannot_evaluate_faithfully_is_refused_with_a_fix(text: str) -> None:
    with pytest.raises(InvalidDecision) as refused:
        parse_decisions(text, file="tables.dmn")

    assert refused.value.fields["file"] == "tables.dmn"
    assert refused.value.fields["fix"]
    assert refused.value.message_zh != refused.value.message_en


def test_dmn_is_read_through_the_hardened_parser() -> None:
    with pytest.raises(InvalidModel, match="DOCTYPE"):
        parse_decisions("<!DOCTYPE a><a/>", file="tables.dmn")


def test_cells_cannot_reach_the_machine(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for rule in (f"open('{target}', 'w') | 1", f"- | open('{target}', 'w')"):
        with pytest.raises(ExpressionFailed, match="no function open"):
            evaluate(decision("d", "x", "y", rule), x=1)

    assert not target.exists()
