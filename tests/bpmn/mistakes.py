"""Mistakes in the drawing, the references, the people and the expressions of a bundle, each made alone."""

from __future__ import annotations

from typing import NamedTuple

from engine.bpmn.lint import Finding, lint_bundle
from tests.bpmn.models import (
    DRAFT,
    DRAFT_TO_END,
    EFFECTS,
    HANDLING,
    LATE_TIMER,
    MAIN,
    PROCEDURE,
    ROLES,
    choice,
    definitions,
    effect,
    flows,
    sound_bundle,
)

H, M, P = "handling.bpmn", "main.bpmn", "procedure.toml"
SOURCES = {M: MAIN, H: HANDLING, P: PROCEDURE}
LOOP = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="one">'
DUE = 'camunda:dueDate=\'=add(now(), decide("limit", step="classify"))\''
FORWARD = choice("which", "handle", 'choice == "forward"')
SPLIT = '<bpmn:exclusiveGateway id="which" default="which_reject"/>'


class Mistake(NamedTuple):
    """A change to the sound bundle; lint must report ``code`` at ``node``, else only what follows from it."""

    code: str
    file: str
    old: str
    new: str
    node: str = ""
    also: str = ""

    def files(self) -> dict[str, str]:
        """Return the sound bundle with the mistake made."""
        source = SOURCES[self.file]
        assert self.old in source, self.old
        text = source.replace(self.old, self.new)
        return sound_bundle() | {self.file: text if self.file == P else definitions(text)}


def lint(files: dict[str, str]) -> list[Finding]:
    """Lint a bundle with the effects and roles of the examples."""
    return lint_bundle(files, effects=EFFECTS, roles=ROLES)


MISTAKES = [
    # the drawing
    Mistake("duplicate_id", M, 'id="begin"', 'id="h_begin"', "h_begin", also="bad_flow unreachable dead_end"),
    Mistake("missing_id", H, '<bpmn:endEvent id="late_end"/>', '<bpmn:endEvent id="late_end"/><bpmn:task/>'),
    Mistake(
        "start_events",
        H,
        '<bpmn:startEvent id="w_begin"/>',
        '<bpmn:startEvent id="w_begin"/><bpmn:startEvent id="w2"/>' + flows("w2 w_end"),
        "work",
    ),
    Mistake(
        "no_end",
        H,
        '<bpmn:endEvent id="w_end"/>',
        '<bpmn:intermediateThrowEvent id="w_end"/>' + flows("w_end assist"),
        "work",
    ),
    Mistake("bad_flow", H, DRAFT_TO_END, DRAFT_TO_END + flows("late_end publish"), "late_end_publish"),
    Mistake(
        "bad_flow",
        H,
        DRAFT_TO_END,
        DRAFT_TO_END + '<bpmn:sequenceFlow id="loose" sourceRef="publish" targetRef="nowhere"/>',
        "loose",
        also="implicit_split",
    ),
    Mistake(
        "bad_flow",
        M,
        flows("remind reminded"),
        flows("remind reminded", "remind supplementing"),
        "remind_supplementing",
        also="implicit_split",
    ),
    Mistake(
        "dead_end", H, flows("w_begin assist", "assist w_end"), flows("w_begin w_end"), "assist", also="unreachable"
    ),
    Mistake("implicit_split", H, DRAFT_TO_END, DRAFT_TO_END + flows("draft count"), "draft"),
    Mistake("bad_boundary", H, 'attachedToRef="work"', 'attachedToRef="h_begin"', "late"),
    Mistake("bad_boundary", H, LATE_TIMER, "", "late"),
    Mistake("bad_boundary", H, LATE_TIMER, "<bpmn:errorEventDefinition/>", "late"),
    Mistake("condition_ignored", H, DRAFT_TO_END, choice("draft", "late_end", "rounds > 1"), "draft_late_end"),
    Mistake("condition_ignored", M, flows("which reject"), choice("which", "reject", "True"), "which_reject"),
    Mistake("unknown_default", M, 'default="which_reject"', 'default="handle_done"', "which", also="missing_condition"),
    Mistake("missing_condition", M, FORWARD, flows("which handle"), "which_handle"),
    Mistake(
        "event_gateway",
        M,
        SPLIT,
        '<bpmn:eventBasedGateway id="which"/>',
        "which",
        also="condition_ignored",
    ),
    Mistake(
        "unreachable", H, DRAFT_TO_END, DRAFT_TO_END + effect("lost", "record_draft") + flows("lost late_end"), "lost"
    ),
    # references
    Mistake("unknown_start", P, 'start = "main"', 'start = "mian"', "mian"),
    Mistake("unknown_effect", H, 'topic="record_draft"', 'topic="format_disk"', "draft"),
    Mistake("unknown_effect", H, 'name="context" value="unit choice"', 'name="effect" value="format_disk"', "assist"),
    Mistake("unknown_effect", P, '"notify_rejection"', '"notify_rejection", "dance"', "dance"),
    Mistake(
        "no_effect", H, 'camunda:type="external" camunda:topic="record_draft"', 'camunda:topic="record_draft"', "draft"
    ),
    Mistake("not_executable", H, 'isExecutable="true"', 'isExecutable="false"', "handling"),
    Mistake("unknown_form", H, 'formRef="assist"', 'formRef="asist"', "assist", also="unused_form"),
    Mistake("no_decision", M, ' camunda:decisionRef="routing"', "", "suggest", also="unused_decision"),
    Mistake("unknown_decision", M, 'decisionRef="routing"', 'decisionRef="ruoting"', "suggest", also="unused_decision"),
    Mistake("unknown_decision", M, 'decide("limit"', 'decide("limits"', "classify", also="unused_decision"),
    Mistake("no_result_variable", M, ' camunda:resultVariable="suggested"', "", "suggest"),
    Mistake(
        "unknown_process", M, 'calledElement="handling"', 'calledElement="haendling"', "handle", also="unused_process"
    ),
    Mistake("recursive_call", H, DRAFT, '<bpmn:callActivity id="draft" calledElement="handling"/>', "handling"),
    Mistake("unknown_reference", M, 'messageRef="withdrawal"', 'messageRef="goodbye"', "withdraw"),
    Mistake("no_reference", M, 'messageRef="withdrawal"', "", "withdraw"),
    Mistake(
        "no_reference",
        M,
        '<bpmn:message id="withdrawal" name="withdrawal"/>',
        '<bpmn:message id="withdrawal"/>',
        "withdraw",
    ),
    # people
    Mistake("unknown_role", P, 'role = "intake"', 'role = "king"', "受理岗"),
    Mistake("unknown_role", H, 'candidateGroups="handler"', 'candidateGroups="king"', "assist"),
    Mistake("no_role", H, ' camunda:candidateGroups="handler"', "", "assist"),
    Mistake("no_role", P, 'role = "intake"', 'role = ""', "classify"),
    Mistake("unknown_task", H, 'value="classify"', 'value="assist"', "assist"),
    # expressions
    Mistake("expression", M, 'choice == "forward"', "choice.strip()", "which_handle"),
    Mistake("expression", M, 'choice == "forward"', "__import__('os').system('true')", "which_handle"),
    Mistake("expression", M, 'choice == "forward"', " ", "which_handle"),
    Mistake("expression", H, "rounds = coalesce(rounds, 0) + 1", "import os", "count"),
    Mistake("expression", H, ">=unit<", ">=unit +<", "draft"),
    Mistake("expression", H, "rounds >= 3", "rounds >= ", "assist"),
    Mistake("unknown_name", M, 'choice == "forward"', "choice == forward", "which_handle"),
    Mistake("unknown_name", H, ">=unit<", ">=nuit<", "draft"),
    Mistake("unknown_name", H, ">=unit<", ">=one<", "draft"),
    Mistake("unknown_name", H, 'value="unit choice"', 'value="unit coice"', "assist"),
    Mistake("unknown_name", P, 'unit = "unit"', 'unit = "unti"', "受理岗"),
    Mistake("unknown_name", M, ', step="classify"', "", "classify"),
    Mistake("unknown_function", M, "add(now()", "add(today()", "classify"),
    Mistake("bad_call", M, "add(now(), ", "add(now(), 1, ", "classify"),
    Mistake("decision_not_literal", M, 'decide("limit"', "decide(choice", "classify", also="unused_decision"),
    Mistake("undeclared_variable", M, 'resultVariable="suggested"', 'resultVariable="sugested"', "suggest"),
    Mistake("undeclared_variable", H, "rounds = coalesce", "laps = coalesce", "count"),
    Mistake("expression", H, "P3WD", "=limit.days", "late"),
    Mistake("timer", H, "P3WD", "3 days", "late"),
    Mistake("timer", H, "P3WD", "R3/P1D", "late"),
    Mistake("timer", M, "R3/P1D", "P1D", "remind"),
    Mistake("timer", H, "<bpmn:timeDuration>P3WD</bpmn:timeDuration>", "", "late"),
    Mistake("timer", M, DUE, 'camunda:dueDate="soon"', "classify", also="unused_decision"),
    Mistake(
        "timer",
        M,
        'decide("limit", step="classify")',
        'coalesce(decide("limit", step="classify"), add(now(), "3WD"))',
        "classify",
    ),
    Mistake("multi_instance", H, LOOP, "<bpmn:multiInstanceLoopCharacteristics>", "assist"),
]
