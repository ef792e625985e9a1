"""The process that is measured: six user tasks in a row, each with a non-interrupting boundary timer."""

from __future__ import annotations

TASKS = 6

_MANIFEST = """[procedure]
key = "six_tasks"
name = "six tasks"
start = "six_tasks"
answering_effects = []
[variables]
decision = { type = "string", about = "what the last task decided" }
[lanes."desk"]
role = "handler"
"""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="definitions" targetNamespace="http://wenzheng/bench">
<bpmn:process id="six_tasks" isExecutable="true">
<bpmn:startEvent id="start"><bpmn:outgoing>to_1</bpmn:outgoing></bpmn:startEvent>
<bpmn:sequenceFlow id="to_1" sourceRef="start" targetRef="task_1"/>
"""

_TASK = """<bpmn:userTask id="task_{n}" name="Task {n}" camunda:candidateGroups="handler" camunda:dueDate="P1D">
<bpmn:incoming>to_{n}</bpmn:incoming><bpmn:outgoing>to_{next}</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="to_{next}" sourceRef="task_{n}" targetRef="{target}"/>
<bpmn:boundaryEvent id="timer_{n}" cancelActivity="false" attachedToRef="task_{n}">
<bpmn:outgoing>late_{n}</bpmn:outgoing>
<bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:sequenceFlow id="late_{n}" sourceRef="timer_{n}" targetRef="late_end_{n}"/>
<bpmn:endEvent id="late_end_{n}"><bpmn:incoming>late_{n}</bpmn:incoming></bpmn:endEvent>
"""

_FOOT = """<bpmn:endEvent id="end"><bpmn:incoming>to_{next}</bpmn:incoming></bpmn:endEvent>
</bpmn:process></bpmn:definitions>
"""


def six_tasks() -> dict[str, str]:
    """Return the bundle."""
    tasks = [_TASK.format(n=n, next=n + 1, target=f"task_{n + 1}" if n < TASKS else "end") for n in range(1, TASKS + 1)]
    diagram = _HEAD + "".join(tasks) + _FOOT.format(next=TASKS + 1)
    return {"procedure.toml": _MANIFEST, "six_tasks.bpmn": diagram}
