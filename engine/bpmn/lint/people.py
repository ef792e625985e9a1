"""Checks of who does what: lanes, roles, four eyes and what is copied onto tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.lint.model import Model, Node
from engine.bpmn.manifest import MANIFEST_FILE, Manifest
from engine.bpmn.xml import bpmn, camunda

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_people(model: Model) -> Iterator[Finding]:
    """Yield tasks nobody can do, and lanes or roles that do not exist."""
    if model.manifest is None:
        return
    yield from _declared_lanes(model, model.manifest)
    for file, root in model.documents.items():
        for lane in root.iterdescendants(bpmn("lane")):
            has_lanes_inside = lane.find(bpmn("childLaneSet")) is not None
            if lane.get("name", "") not in model.manifest.lanes and not has_lanes_inside:
                place = Place(file, lane.get("id", ""), lane.get("name", ""))
                yield error("unknown_lane", place, _UNKNOWN_LANE)
    for node in model.nodes("userTask"):
        yield from _user_task(model, node)


def _declared_lanes(model: Model, manifest: Manifest) -> Iterator[Finding]:
    drawn = set(model.lane_names.values())
    for name, lane in manifest.lanes.items():
        if lane.role and lane.role not in model.roles:
            yield error("unknown_role", Place(MANIFEST_FILE, name), _unknown_role(model, lane.role))
        if name not in drawn and ".bpmn" not in model.unread:
            yield warning("unused_lane", Place(MANIFEST_FILE, name), _UNUSED_LANE)


def _user_task(model: Model, node: Node) -> Iterator[Finding]:
    groups = node.element.get(camunda("candidateGroups"))
    lane = model.lane(node)
    if groups and groups not in model.roles:
        yield error("unknown_role", node.place, _unknown_role(model, groups))
    if not groups and (lane is None or not lane.role) and not _in_unknown_lane(model, node):
        yield error("no_role", node.place, _NO_ROLE)
    other = properties(node).get("not_done_by")
    others = {task.id for task in model.nodes("userTask")} - {node.id}
    if other is not None and other not in others and ".bpmn" not in model.unread:
        yield error("unknown_task", node.place, _unknown_task(other))


def _in_unknown_lane(model: Model, node: Node) -> bool:
    """Tell whether the lane itself is the mistake, which is reported once for the lane."""
    name = model.lane_of(node)
    return name is not None and model.manifest is not None and name not in model.manifest.lanes


def properties(node: Node) -> dict[str, str]:
    """Return the extension properties of a node."""
    path = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"
    return {element.get("name", ""): element.get("value", "") for element in node.element.iterfind(path)}


def _unknown_role(model: Model, name: str) -> Text:
    known = ", ".join(sorted(model.roles))
    return Text(
        f"names the role “{name}”, which does not exist",
        f"指定的角色“{name}”不存在",
        f"Choose one of: {known}",
        f"请从以下角色中选择：{known}",
    )


def _unknown_task(name: str) -> Text:
    return Text(
        f"says not_done_by “{name}”, which is no other user task of the bundle",
        f"的 not_done_by“{name}”不是流程包中的其他用户任务",
        "Write the id of the task whose doer may not do this one",
        "请填写须由不同人办理的那个任务的编号",
    )


_UNUSED_LANE = Text(
    "is a lane of procedure.toml that no diagram has",
    "是 procedure.toml 中的泳道，但图中没有",
    "Draw the lane, or remove it from procedure.toml",
    "请画出该泳道，或从 procedure.toml 中删去",
)
_UNKNOWN_LANE = Text(
    "is a lane procedure.toml does not know",
    "是 procedure.toml 中没有的泳道",
    "Correct the lane's name, or add it under [lanes] with its role",
    "请改正泳道名称，或在 procedure.toml 的 [lanes] 中写明其角色",
)
_NO_ROLE = Text(
    "has no role: it stands in no lane with a role and has no candidateGroups",
    "没有角色：不在带角色的泳道中，也没有 candidateGroups",
    "Move it into a lane, or set camunda:candidateGroups to a role",
    "请放入泳道，或在 camunda:candidateGroups 填写角色",
)
