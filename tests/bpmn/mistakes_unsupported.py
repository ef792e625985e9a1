"""Mistakes that draw what the engine would not run, or would not run faithfully, each made alone."""

from __future__ import annotations

from tests.bpmn.mistakes import H, M, Mistake, P
from tests.bpmn.models import DRAFT, DRAFT_TO_END, LATE_TIMER, effect, flows

TASK = '<bpmn:userTask id="classify" name="甄别分类"'
REMIND = '<bpmn:boundaryEvent id="remind" attachedToRef="classify" cancelActivity="false">'
SUPPLEMENT_EVENT = '<bpmn:messageEventDefinition messageRef="supplement"/>'
LATE_END = '<bpmn:endEvent id="late_end"/>'
CONDITION = "<bpmn:conditionalEventDefinition><bpmn:condition>a</bpmn:condition></bpmn:conditionalEventDefinition>"
DAILY = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"


def draft(element: str) -> str:
    """Return the draft task as another element."""
    return f'<bpmn:{element} id="draft"></bpmn:{element}>'


def draft_event(element: str, definition: str) -> str:
    """Return the draft task as an event."""
    return f'<bpmn:{element} id="draft">{definition}</bpmn:{element}>'


def end_event(definition: str) -> str:
    """Return the end of the reminder with a definition."""
    return f'<bpmn:endEvent id="late_end">{definition}</bpmn:endEvent>'


def extended(content: str) -> str:
    """Return the draft task with extension elements."""
    return effect("draft", "record_draft", f"<bpmn:extensionElements>{content}</bpmn:extensionElements>")


UNSUPPORTED = [  # what the engine does not run faithfully
    Mistake(
        "interrupting_cycle",
        M,
        REMIND,
        '<bpmn:boundaryEvent id="remind" attachedToRef="classify">',
        "remind",
        also="unanswered_end",
    ),
    Mistake(
        "interrupted_multi_instance",
        M,
        '<bpmn:callActivity id="handle" calledElement="handling"/>',
        '<bpmn:callActivity id="handle" calledElement="handling"><bpmn:multiInstanceLoopCharacteristics'
        ' camunda:collection="units" camunda:elementVariable="each_unit"/></bpmn:callActivity>',
        "handle",
        also="unanswered_end",
    ),
    Mistake("interrupting_event_subprocess", M, ' isInterrupting="false"', "", "supplementing"),
    Mistake(
        "start_not_plain",
        H,
        '<bpmn:startEvent id="h_begin"/>',
        '<bpmn:startEvent id="h_begin">' + LATE_TIMER + "</bpmn:startEvent>",
        "h_begin",
    ),
    Mistake("several_definitions", H, LATE_TIMER, LATE_TIMER + "<bpmn:escalationEventDefinition/>", "late"),
    Mistake(
        "several_definitions",
        M,
        SUPPLEMENT_EVENT,
        SUPPLEMENT_EVENT + '<bpmn:messageEventDefinition messageRef="withdrawal"/>',
        "supplemented",
    ),
    Mistake("unsupported", H, DRAFT, draft("task"), "draft"),
    Mistake("unsupported", H, DRAFT, draft("manualTask"), "draft"),
    Mistake("unsupported", H, DRAFT, draft("sendTask"), "draft"),
    Mistake("unsupported", H, DRAFT, draft("complexGateway"), "draft"),
    Mistake("unsupported", H, DRAFT, draft("adHocSubProcess"), "draft"),
    Mistake("unsupported", H, 'topic="record_draft"', 'topic="record_draft" isForCompensation="true"', "draft"),
    Mistake("unsupported", H, DRAFT, effect("draft", "record_draft", "<bpmn:standardLoopCharacteristics/>"), "draft"),
    Mistake(
        "unsupported",
        H,
        LATE_TIMER,
        CONDITION,
        "late",
    ),
    Mistake("unsupported", H, LATE_TIMER, "<bpmn:compensateEventDefinition/>", "late"),
    Mistake("unsupported", H, LATE_TIMER, "<bpmn:cancelEventDefinition/>", "late"),
    Mistake(
        "unsupported",
        H,
        LATE_END,
        end_event("<bpmn:messageEventDefinition messageRef='supplement'/>"),
        "late_end",
    ),
    Mistake("unsupported", H, LATE_END, end_event("<bpmn:compensateEventDefinition/>"), "late_end"),
    Mistake(
        "unsupported",
        H,
        DRAFT,
        draft_event("intermediateThrowEvent", '<bpmn:linkEventDefinition name="x"/>'),
        "draft",
    ),
    Mistake("unsupported", H, DRAFT, '<bpmn:intermediateCatchEvent id="draft"/>', "draft"),
    Mistake(
        "unsupported",
        H,
        DRAFT,
        draft_event("intermediateCatchEvent", DAILY),
        "draft",
    ),
    Mistake(
        "unsupported",
        H,
        DRAFT,
        draft_event("intermediateCatchEvent", "<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>"),
        "draft",
    ),
    Mistake("unsupported", M, SUPPLEMENT_EVENT, LATE_TIMER, "supplemented"),
    Mistake(
        "unsupported", M, SUPPLEMENT_EVENT, "<bpmn:escalationEventDefinition/>", "supplemented", also="no_reference"
    ),
    Mistake("unsupported", H, DRAFT_TO_END, DRAFT_TO_END + '<bpmn:dataStoreReference id="archive"/>', "archive"),
    Mistake(
        "unsupported",
        H,
        DRAFT,
        effect(
            "draft",
            "record_draft",
            '<bpmn:dataOutputAssociation id="a"><bpmn:targetRef>x</bpmn:targetRef></bpmn:dataOutputAssociation>',
        ),
        "draft",
    ),
    # other engines' notations
    Mistake("not_executed", M, 'choice == "forward"', "${choice}", "which_handle"),
    Mistake("not_executed", H, ">=unit<", ">#{unit}<", "draft"),
    Mistake("not_executed", H, "P3WD", "${limit}", "late"),
    Mistake("not_executed", H, "rounds = coalesce(rounds, 0) + 1", 'rounds = "${x}"', "count"),
    Mistake("not_executed", M, TASK, TASK + ' camunda:assignee="li"', "classify"),
    Mistake("not_executed", H, DRAFT, extended('<camunda:executionListener event="start" class="x.Y"/>'), "draft"),
    Mistake(
        "not_executed",
        H,
        DRAFT,
        extended(
            '<camunda:inputOutput><camunda:outputParameter name="a">b</camunda:outputParameter></camunda:inputOutput>'
        ),
        "draft",
    ),
    Mistake(
        "not_executed",
        H,
        DRAFT,
        extended('<z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0" type="mail"/>'),
        "draft",
    ),
    Mistake(
        "not_executed",
        H,
        '<camunda:property name="context" value="unit choice"/>\n          </camunda:properties>',
        "</camunda:properties><camunda:inputOutput>"
        '<camunda:inputParameter name="a">b</camunda:inputParameter></camunda:inputOutput>',
        "assist",
    ),
    # the promise of an answer
    Mistake(
        "unanswered_end",
        M,
        flows("withdraw withdrawn", "withdrawn end_withdrawn"),
        flows("withdraw end_withdrawn") + flows("remind withdrawn", "withdrawn reminded"),
        "end_withdrawn",
        also="implicit_split",
    ),
    Mistake("no_answering_effects", P, '"publish_reply", "notify_rejection", "record_withdrawal"', ""),
    # worth a look
    Mistake("no_default", M, ' default="which_reject"/>', "/>", "which", also="missing_condition"),
    Mistake("no_form", H, ' camunda:formRef="assist"', "", "assist", also="unused_form"),
    Mistake("unknown_property", H, 'name="not_done_by"', 'name="not_done_yb"', "assist"),
    Mistake(
        "shared_variables",
        M,
        'calledElement="handling"/>',
        'calledElement="handling"><bpmn:extensionElements><camunda:in variables="all"/></bpmn:extensionElements>'
        "</bpmn:callActivity>",
        "handle",
    ),
]
