from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.bpmn import lint as lint_package
from engine.bpmn.lint.names import FUNCTIONS
from tests.bpmn.case_models import Walk, ends, flow, procedure, process
from tests.bpmn.mistakes import MISTAKES, H, M, Mistake, P, lint
from tests.bpmn.mistakes_unsupported import UNSUPPORTED
from tests.bpmn.models import CHOICE, HANDLING, MAIN, REASON, decision, definitions, dmn, flows, form, sound_bundle

ALL = [*MISTAKES, *UNSUPPORTED]


def test_nothing_is_wrong_with_a_sound_bundle() -> None:
    assert lint(sound_bundle()) == []


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: f"{mistake.code}-{mistake.node}")
def test_each_mistake_is_reported_where_it_was_made(mistake: Mistake) -> None:
    findings = lint(mistake.files())

    assert (mistake.code, mistake.node) in {(each.code, each.node) for each in findings}
    assert {each.code for each in findings} == {mistake.code, *mistake.also.split()}


def test_every_finding_speaks_chinese_and_english_and_offers_a_fix() -> None:
    findings = [finding for mistake in ALL for finding in lint(mistake.files())]

    for finding in findings:
        assert re.search("[一-鿿]", finding.message_zh), finding
        assert re.search("[一-鿿]", finding.fix), finding
        assert re.search("[a-z]{3}", finding.fix), finding


def test_warnings_do_not_forbid_publishing() -> None:
    severities = {finding.code: finding.severity for mistake in ALL for finding in lint(mistake.files())}

    warnings = {code for code, severity in severities.items() if severity == "warning"}
    assert warnings == {
        "no_answering_effects",
        "no_default",
        "no_form",
        "shared_variables",
        "unknown_property",
        "unused_decision",
        "unused_form",
        "unused_process",
    }


def test_errors_come_before_warnings() -> None:
    findings = lint(sound_bundle() | {"forms/classify.json": "{", "forms/zzz.json": form("zzz")})

    assert [finding.severity for finding in findings] == ["error", "warning"]


@pytest.mark.parametrize(
    ("code", "file", "text"),
    [
        ("xml", M, "<bpmn:definitions"),
        ("xml", M, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("not_bpmn", M, "<a/>"),
        ("schema", H, definitions(HANDLING).replace("<bpmn:startEvent", "<bpmn:begin/><bpmn:startEvent", 1)),
        ("decision", "tables.dmn", dmn(decision("limit", "step", "limit", '"a" | "b"', policy="OUTPUT ORDER"))),
        ("decision", "tables.dmn", "<nothing/>"),
        ("form", "forms/classify.json", "{"),
        ("form", "forms/classify.json", form("classify", {"type": "iframe", "key": "window"})),
        ("manifest", P, "[procedure"),
        ("bundle", "run.sh", "true"),
    ],
)
def test_a_file_that_cannot_be_read_is_the_only_thing_reported(code: str, file: str, text: str) -> None:
    findings = lint(sound_bundle() | {file: text})

    errors = [finding for finding in findings if finding.severity == "error"]
    assert {(finding.code, finding.file) for finding in errors} == {(code, file)}


def test_schema_findings_name_the_line_and_the_nearest_node() -> None:
    broken = definitions(HANDLING).replace(
        "<bpmn:completionCondition>", "<bpmn:completionWish/><bpmn:completionCondition>"
    )

    (finding,) = lint(sound_bundle() | {H: broken})

    assert (finding.code, finding.node) == ("schema", "assist")
    assert re.search(r"line \d+", finding.message_en)


def test_a_bundle_without_a_manifest_is_reported_as_such() -> None:
    files = sound_bundle()
    del files[P]

    assert [finding.code for finding in lint(files)] == ["bundle"]


def test_ids_are_unique_over_decisions_and_forms_too() -> None:
    again = {"twin.dmn": dmn(decision("limit", "step", "limit")), "forms/twin.json": form("classify")}

    assert [(each.code, each.file) for each in lint(sound_bundle() | again)] == [
        ("duplicate_id", "forms/twin.json"),
        ("duplicate_id", "twin.dmn"),
    ]


def test_files_may_declare_the_same_message_but_not_different_ones_under_one_id() -> None:
    same = '<bpmn:message id="supplement" name="supplement"/>'
    other = '<bpmn:message id="supplement" name="complaint"/>'

    assert lint(sound_bundle() | {H: definitions(same + HANDLING)}) == []
    assert [each.code for each in lint(sound_bundle() | {H: definitions(other + HANDLING)})] == ["duplicate_id"]


def test_lanes_must_be_known_to_the_manifest_and_the_other_way_round() -> None:
    renamed = lint(sound_bundle() | {M: definitions(MAIN.replace('name="受理岗"', 'name="窗口"'))})

    assert [(each.code, each.node, each.severity) for each in renamed] == [
        ("unknown_lane", "lane_intake", "error"),
        ("unused_lane", "受理岗", "warning"),
    ]


def test_an_element_that_is_not_drawn_is_a_warning() -> None:
    undrawn = re.sub(r'<bpmndi:BPMNShape id="(draft|count)_di".*?</bpmndi:BPMNShape>', "", definitions(HANDLING))

    (finding,) = lint(sound_bundle() | {H: undrawn})

    assert (finding.code, finding.severity, finding.node) == ("no_shape", "warning", "draft")
    assert "1 others" in finding.message_en


def test_an_id_twice_in_one_file_is_reported_once() -> None:
    twice = definitions(HANDLING).replace('id="late_end"', 'id="h_end"', 1)

    findings = lint(sound_bundle() | {H: twice})

    assert [each.node for each in findings if each.code == "duplicate_id"] == ["h_end"]
    assert "schema" not in {each.code for each in findings}


def test_a_called_process_sees_the_element_variable_of_its_caller() -> None:
    reading = {H: definitions(HANDLING.replace(">=unit<", ">=somebody<"))}
    repeated = MAIN.replace(
        'calledElement="handling"/>',
        'calledElement="handling"><bpmn:multiInstanceLoopCharacteristics camunda:collection="units" '
        'camunda:elementVariable="somebody"/></bpmn:callActivity>',
    )

    assert [each.code for each in lint(sound_bundle() | reading)] == ["unknown_name"]
    assert "unknown_name" not in {each.code for each in lint(sound_bundle() | reading | {M: definitions(repeated)})}


def test_lint_reports_every_loop_of_calls() -> None:
    def calling(identity: str, target: str) -> str:
        return definitions(
            f'<bpmn:process id="{identity}" isExecutable="true"><bpmn:startEvent id="{identity}1"/>'
            f'<bpmn:callActivity id="{identity}2" calledElement="{target}"/><bpmn:endEvent id="{identity}3"/>'
            + flows(f"{identity}1 {identity}2", f"{identity}2 {identity}3")
            + "</bpmn:process>"
        )

    files = {"a.bpmn": calling("a", "b"), "b.bpmn": calling("b", "c"), "c.bpmn": calling("c", "b")}
    findings = lint(sound_bundle() | files)

    assert {each.node for each in findings if each.code == "recursive_call"} == {"b", "c"}


def test_an_event_subprocess_below_the_top_level_is_refused() -> None:
    inner = (
        MAIN[MAIN.index('<bpmn:subProcess id="supplementing"') : MAIN.index("</bpmn:subProcess>")]
        + "</bpmn:subProcess>"
    )
    main = MAIN.replace(inner, "")
    handling = HANDLING.replace('<bpmn:endEvent id="h_end"/>', '<bpmn:endEvent id="h_end"/>' + inner)

    findings = lint(sound_bundle() | {M: definitions(main), H: definitions(handling)})

    assert [(each.code, each.node) for each in findings] == [("nested_event_subprocess", "supplementing")]


def test_an_error_must_be_caught_on_every_way_out() -> None:
    declared = (
        '<bpmn:error id="lost" name="lost" errorCode="lost"/><bpmn:error id="other" name="other" errorCode="other"/>'
    )
    raised = HANDLING.replace(
        '<bpmn:endEvent id="w_end"/>',
        '<bpmn:endEvent id="w_end"><bpmn:errorEventDefinition errorRef="lost"/></bpmn:endEvent>',
    )

    def caught_by(definition: str) -> list[str]:
        boundary = f'<bpmn:boundaryEvent id="caught" attachedToRef="handle">{definition}</bpmn:boundaryEvent>'
        main = MAIN.replace('<bpmn:endEvent id="done"', boundary + flows("caught reject") + '<bpmn:endEvent id="done"')
        findings = lint(sound_bundle() | {M: definitions(main), H: definitions(declared + raised)})
        return [each.code for each in findings]

    assert caught_by("<bpmn:errorEventDefinition/>") == []
    assert caught_by('<bpmn:errorEventDefinition errorRef="lost"/>') == []
    assert caught_by('<bpmn:errorEventDefinition errorRef="other"/>') == ["uncaught_error"]


def test_a_transaction_is_refused() -> None:
    text = HANDLING.replace("bpmn:subProcess", "bpmn:transaction")

    assert [(each.code, each.node) for each in lint(sound_bundle() | {H: definitions(text)})] == [
        ("unsupported", "work")
    ]


class TestForms:
    def test_a_form_variable_must_be_declared(self) -> None:
        extra: dict[str, object] = {"type": "textfield", "key": "mood", "properties": {"variable": "true"}}

        findings = lint(sound_bundle() | {"forms/classify.json": form("classify", CHOICE, extra)})

        assert [(each.code, each.node) for each in findings] == [("undeclared_variable", "mood")]

    def test_a_form_rule_knows_fields_and_variables_and_calls_nothing(self) -> None:
        def hidden_by(rule: str) -> list[tuple[str, str]]:
            field: dict[str, object] = {"type": "textfield", "key": "note", "conditional": {"hide": rule}}
            findings = lint(sound_bundle() | {"forms/classify.json": form("classify", CHOICE, REASON, field)})
            return [(each.code, each.node) for each in findings]

        assert hidden_by('=reason = "x" or unit = null') == []
        assert hidden_by("=weather") == [("unknown_name", "note")]
        assert hidden_by("=len(reason) > 3") == [("unknown_function", "note")]
        assert hidden_by("=reason.length") == [("form", "note")]


class TestDecisions:
    def test_a_table_calls_no_functions(self) -> None:
        tables = dmn(decision("routing", "choice", "unit", "- | now()"), decision("limit", "step", "limit", "- | 1"))

        assert [(each.code, each.node) for each in lint(sound_bundle() | {"tables.dmn": tables})] == [
            ("unknown_function", "routing")
        ]

    def test_a_table_reads_only_declared_variables_or_what_is_passed(self) -> None:
        tables = dmn(decision("routing", "weather", "unit", "- | unti"), decision("limit", "step", "limit", "- | 1"))

        findings = lint(sound_bundle() | {"tables.dmn": tables})

        assert [(each.code, each.node) for each in findings] == [("unknown_name", "suggest")] * 2
        assert {name for each in findings for name in ("weather", "unti") if name in each.message_en} == {
            "weather",
            "unti",
        }

    def test_several_outputs_without_result_variable_are_written_to_variables_of_their_names(self) -> None:
        main = {M: definitions(MAIN.replace(' camunda:resultVariable="suggested"', ""))}
        limit = decision("limit", "step", "limit", "- | 1")
        known = dmn(decision("routing", "choice", "unit,suggested", "- | 1 | 2"), limit)
        unknown = dmn(decision("routing", "choice", "unit,sugested", "- | 1 | 2"), limit)

        assert lint(sound_bundle() | main | {"tables.dmn": known}) == []
        assert [each.code for each in lint(sound_bundle() | main | {"tables.dmn": unknown})] == ["undeclared_variable"]


def test_every_code_lint_knows_is_shown_by_a_test() -> None:
    package = Path(lint_package.__file__).parent
    emitted = {
        code
        for module in package.glob("*.py")
        for code in re.findall(r'(?:error|warning|_note|_invalid)\(\s*"([a-z_]+)"', module.read_text("utf-8"))
    }

    source = "".join(module.read_text("utf-8") for module in Path(__file__).parent.glob("*.py"))
    assert emitted - set(re.findall(r'"([a-z_]+)"', source)) == set()


def test_the_functions_lint_accepts_are_those_the_engine_has() -> None:
    calls = {
        "now": "now()",
        "add": 'add(now(), "P1D")',
        "decide": 'decide("limit", step="classify")',
        "coalesce": "coalesce(choice, 1)",
        "len": "len(units)",
        "min": "min(1, 2)",
        "max": "max(1, 2)",
    }
    assert calls.keys() == FUNCTIONS.keys()
    script = "\n".join(f"answer = {call}" for call in calls.values())
    start, end = '<bpmn:startEvent id="start"/>', ends("end")
    task = f'<bpmn:scriptTask id="ask"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>'
    model = process(start + task + end + flow("start", "ask") + flow("ask", "end"))

    case = Walk(procedure(model, **{"tables.dmn": dmn(decision("limit", "step", "limit", '"classify" | "P1WD"'))}))

    assert case.last.ended
    assert case.last.variables["answer"] == 2
