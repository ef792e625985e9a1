"""A BPMN file's drawing as boxes and lines, to be measured.

Reading and geometry only; what makes a drawing good is said in ``drawing_rules``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from lxml import etree

from engine.bpmn.lint.model import EVENTS, FLOW_NODES, GATEWAYS, SUBPROCESSES
from engine.bpmn.xml import BPMNDI_NAMESPACE, bpmn, local_name

_DI = f"{{{BPMNDI_NAMESPACE}}}"
_BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
#: How far off an outline a point may be and still count as on it.
_TOLERANCE = 0.5

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, or a line of one when it has no width or height; y grows downwards, as in BPMN."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def contains(self, other: Box) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def meets(self, other: Box) -> bool:
        """Tell whether the two share more than a border."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def gap(self, other: Box) -> float:
        """Return the distance between the two, across or down, whichever is larger."""
        across = max(self.left - other.right, other.left - self.right)
        return max(across, self.top - other.bottom, other.top - self.bottom, 0)


@dataclass(eq=False, slots=True)
class Shape:
    """A drawn element that is not a flow; ``scope`` is the process or subprocess it stands in."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    scope: str
    host: str | None

    @property
    def is_node(self) -> bool:
        return self.kind in FLOW_NODES

    @property
    def is_container(self) -> bool:
        return self.kind in SUBPROCESSES

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS

    @property
    def is_labelled_outside(self) -> bool:
        return self.kind in EVENTS | GATEWAYS

    def depth(self, point: Point) -> float:
        """Return how far inside the outline (circle, diamond or rectangle) a point lies; negative outside."""
        centre = self.box.centre
        across, down = abs(point[0] - centre[0]), abs(point[1] - centre[1])
        radius, half_height = centre[0] - self.box.left, centre[1] - self.box.top
        if self.kind in EVENTS:
            return radius - (across**2 + down**2) ** 0.5
        if self.is_gateway:
            return radius - across - down
        return min(radius - across, half_height - down)

    def has_on_border(self, point: Point) -> bool:
        return abs(self.depth(point)) <= _TOLERANCE


@dataclass(eq=False, slots=True)
class Line:
    """A drawn sequence flow."""

    id: str
    name: str
    source: str
    target: str
    points: list[Point]
    label: Box | None
    scope: str

    @property
    def segments(self) -> list[Box]:
        return [Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for (x1, y1), (x2, y2) in pairwise(self.points)]

    def enters(self, box: Box) -> bool:
        return any(segment.meets(box) for segment in self.segments)

    def gap(self, other: Line) -> float:
        """Return the least distance to another line of horizontal and vertical parts."""
        return min(mine.gap(theirs) for mine in self.segments for theirs in other.segments)


class Drawing:
    """All that is drawn in a file, and what the model says ought to be."""

    def __init__(self, root: etree._Element) -> None:
        self.elements = {element.get("id"): element for element in root.iterdescendants(bpmn("*")) if element.get("id")}
        self.drawn = [
            element.get("bpmnElement") for tag in ("BPMNShape", "BPMNEdge") for element in root.iter(f"{_DI}{tag}")
        ]
        self.shapes = {shape.id: shape for shape in self._shapes(root)}
        self.lines = {line.id: line for line in self._lines(root)}
        self.lanes = {
            reference.text: element.get("id")
            for element in root.iter(bpmn("lane"))
            for reference in element.iterchildren(bpmn("flowNodeRef"))
        }

    def _shapes(self, root: etree._Element) -> Iterator[Shape]:
        for drawn in root.iter(f"{_DI}BPMNShape"):
            element = self.elements[drawn.get("bpmnElement")]
            yield Shape(
                id=element.get("id"),
                kind=local_name(element),
                name=element.get("name", ""),
                box=_box(drawn.find(_BOUNDS)),
                label=_label(drawn),
                scope=element.getparent().get("id", ""),
                host=element.get("attachedToRef"),
            )

    def _lines(self, root: etree._Element) -> Iterator[Line]:
        for drawn in root.iter(f"{_DI}BPMNEdge"):
            element = self.elements[drawn.get("bpmnElement")]
            yield Line(
                id=element.get("id"),
                name=element.get("name", ""),
                source=element.get("sourceRef"),
                target=element.get("targetRef"),
                points=[(float(point.get("x")), float(point.get("y"))) for point in drawn.iter(_WAYPOINT)],
                label=_label(drawn),
                scope=element.getparent().get("id", ""),
            )

    @cached_property
    def nodes(self) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.is_node]

    @cached_property
    def labels(self) -> dict[str, Box]:
        return {each.id: each.label for each in (*self.nodes, *self.lines.values()) if each.label is not None}

    def of_kind(self, kind: str) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.kind == kind]

    def leaving(self, node: str) -> list[Line]:
        return [line for line in self.lines.values() if line.source == node]

    def around(self, scope: str) -> set[str]:
        """Return the subprocesses around whatever stands in ``scope``."""
        found: set[str] = set()
        while scope in self.shapes:
            found.add(scope)
            scope = self.shapes[scope].scope
        return found


def _box(bounds: etree._Element) -> Box:
    left, top, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(left, top, left + width, top + height)


def _label(drawn: etree._Element) -> Box | None:
    bounds = drawn.find(f"{_DI}BPMNLabel/{_BOUNDS}")
    return None if bounds is None else _box(bounds)
