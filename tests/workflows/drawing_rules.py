"""What makes a drawing good: each rule yields a sentence for everything that breaks it."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from engine.bpmn.lint.model import FLOW_NODES
from engine.bpmn.xml import local_name
from tests.workflows.drawing import Box, Drawing, Line, Shape

#: Lines nearer than this read as one.
LEAST_GAP = 6
#: A label farther than this from what it names is taken for somebody else's.
FARTHEST_LABEL = 24
#: Editors set labels in 11 px type and names inside shapes in 12 px.
LABEL_CHARACTER, NAME_CHARACTER, PADDING = 11, 12, 5
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def everything_is_drawn_once(drawing: Drawing) -> Iterator[str]:
    wanted = FLOW_NODES | {"sequenceFlow", "lane", "participant"}
    model = {identity for identity, element in drawing.elements.items() if local_name(element) in wanted}
    counts = Counter(drawing.drawn)
    yield from (f"{identity} is drawn {counts[identity]} times" for identity in model if counts[identity] != 1)
    yield from (f"{identity} is drawn but is no such element" for identity in counts if identity not in model)


def everything_has_a_chinese_name(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.shapes.values():
        if not _CHINESE.search(shape.name):
            yield f"{shape.id} has no Chinese name"
    for shape in drawing.nodes:
        branches = drawing.leaving(shape.id)
        # The branches of an event-based gateway are named by the events they lead to.
        if len(branches) > 1 and shape.kind != "eventBasedGateway":
            yield from (f"branch {line.id} has no name" for line in branches if not _CHINESE.search(line.name))


def names_have_room(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.nodes:
        width = shape.box.right - shape.box.left
        if not shape.is_labelled_outside and len(shape.name) * NAME_CHARACTER > width - 2 * PADDING:
            yield f"the name of {shape.id} is wider than its shape"
        if shape.is_labelled_outside and shape.label is None:
            yield f"the name of {shape.id} has no place"
    for line in drawing.lines.values():
        if line.name and line.label is None:
            yield f"the name of {line.id} has no place"
    for each in (*drawing.nodes, *drawing.lines.values()):
        if each.label and each.label.right - each.label.left < len(each.name) * LABEL_CHARACTER * 0.9:
            yield f"the label of {each.id} is too narrow for its name"


def nodes_stand_in_their_lane(drawing: Drawing) -> Iterator[str]:
    pools = drawing.of_kind("participant")
    for lane in drawing.of_kind("lane"):
        if not any(pool.box.contains(lane.box) for pool in pools):
            yield f"lane {lane.id} sticks out of its pool"
    for node in drawing.nodes:
        around = drawing.around(node.scope)
        owner = node.scope if around else drawing.lanes.get(node.id)
        if owner is None:
            yield f"{node.id} is in no lane"
        elif not drawing.shapes[owner].box.contains(node.box):
            # A boundary event may sit on the border of a subprocess, not on that of a lane.
            yield f"{node.id} sticks out of {owner}"


def boundary_events_sit_on_their_host(drawing: Drawing) -> Iterator[str]:
    for event in drawing.of_kind("boundaryEvent"):
        if not drawing.shapes[str(event.host)].has_on_border(event.box.centre):
            yield f"{event.id} does not sit on the border of {event.host}"


def shapes_do_not_overlap(drawing: Drawing) -> Iterator[str]:
    for first, second in combinations([*drawing.nodes, *drawing.of_kind("lane")], 2):
        related = {first.id, second.id} & {first.host, second.host, first.scope, second.scope}
        nested = first.id in drawing.around(second.scope) or second.id in drawing.around(first.scope)
        in_lane = (first.kind == "lane") is not (second.kind == "lane")
        if not (related or nested or in_lane) and first.box.meets(second.box):
            yield f"{first.id} and {second.id} overlap"


def flows_run_straight(drawing: Drawing) -> Iterator[str]:
    for line in drawing.lines.values():
        for (x1, y1), (x2, y2) in pairwise(line.points):
            if (x1 == x2) is (y1 == y2):
                yield f"{line.id} runs from {x1:g},{y1:g} to {x2:g},{y2:g}"


def flows_dock_on_borders(drawing: Drawing) -> Iterator[str]:
    for line in drawing.lines.values():
        for end, points in ((line.source, line.points), (line.target, line.points[::-1])):
            shape = drawing.shapes[end]
            if not shape.has_on_border(points[0]):
                yield f"{line.id} does not dock on the border of {end}"
            elif shape.depth(_a_step_along(points)) > 0:
                yield f"{line.id} runs inside {end}"


def _a_step_along(points: list[tuple[float, float]]) -> tuple[float, float]:
    (x, y), (towards_x, towards_y) = points[:2]
    return x + (towards_x > x) - (towards_x < x), y + (towards_y > y) - (towards_y < y)


def flows_do_not_cross(drawing: Drawing) -> Iterator[str]:
    for first, second in combinations(drawing.lines.values(), 2):
        if first.gap(second) < LEAST_GAP:
            yield f"{first.id} and {second.id} cross or run together"


def flows_keep_off_shapes(drawing: Drawing) -> Iterator[str]:
    for line in drawing.lines.values():
        for node in drawing.nodes:
            if node.id in drawing.around(line.scope):
                if not all(node.box.contains(segment) for segment in line.segments):
                    yield f"{line.id} leaves {node.id}"
            elif any(segment.meets(node.box) for segment in _free_of(node, line)):
                yield f"{line.id} runs through {node.id}"


def _free_of(node: Shape, line: Line) -> list[Box]:
    """Return the parts of a line that must keep off a node: docking on a gateway's slope happens inside its box."""
    docks_first = node.is_gateway and line.source == node.id
    docks_last = node.is_gateway and line.target == node.id
    return line.segments[docks_first : len(line.segments) - docks_last]


def labels_are_free(drawing: Drawing) -> Iterator[str]:
    for (first, box), (second, other) in combinations(drawing.labels.items(), 2):
        if box.meets(other):
            yield f"the labels of {first} and {second} overlap"
    for owner, box in drawing.labels.items():
        yield from (
            f"{line.id} runs through the label of {owner}" for line in drawing.lines.values() if line.enters(box)
        )
        for shape in (*drawing.nodes, *drawing.of_kind("lane")):
            may_surround = shape.is_container or shape.kind == "lane"
            if box.meets(shape.box) and not (may_surround and shape.box.contains(box)):
                yield f"the label of {owner} lies over {shape.id}"


def labels_are_near(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.nodes:
        if shape.label is not None and shape.label.gap(shape.box) > FARTHEST_LABEL:
            yield f"the label of {shape.id} is far from it"
    for line in drawing.lines.values():
        if line.label is not None and min(line.label.gap(segment) for segment in line.segments) > FARTHEST_LABEL:
            yield f"the label of {line.id} is far from it"


def the_way_leads_from_left_to_right(drawing: Drawing) -> Iterator[str]:
    """Follow the shortest way to every end: loops may lead back, the way itself may not."""
    starts = [shape for shape in drawing.nodes if shape.kind in {"startEvent", "boundaryEvent"}]
    came_by: dict[str, Line | None] = {shape.id: None for shape in starts}
    waiting = deque(came_by)
    while waiting:
        for line in drawing.leaving(waiting.popleft()):
            if line.target not in came_by:
                came_by[line.target] = line
                waiting.append(line.target)
    for end in drawing.of_kind("endEvent"):
        line = came_by.get(end.id)
        while line is not None:
            if _left(drawing.shapes[line.target]) < _left(drawing.shapes[line.source]):
                yield f"{line.id} leads to the left on the way to {end.id}"
            line = came_by[line.source]


def _left(shape: Shape) -> float:
    return shape.box.left if shape.is_container else shape.box.centre[0]


RULES: tuple[Callable[[Drawing], Iterator[str]], ...] = (
    everything_is_drawn_once,
    everything_has_a_chinese_name,
    names_have_room,
    nodes_stand_in_their_lane,
    boundary_events_sit_on_their_host,
    shapes_do_not_overlap,
    flows_run_straight,
    flows_dock_on_borders,
    flows_do_not_cross,
    flows_keep_off_shapes,
    labels_are_free,
    labels_are_near,
    the_way_leads_from_left_to_right,
)
