"""Every shipped diagram is well drawn, and the rules that say so notice when one is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.xml import BPMNDI_NAMESPACE, bpmn, parse_xml
from tests.workflows import drawing_rules
from tests.workflows.drawing import Drawing

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
FILES = sorted(WORKFLOWS.glob("*/*.bpmn"))
DI = f"{{{BPMNDI_NAMESPACE}}}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"

Rule = Callable[[Drawing], Iterator[str]]


def read(path: Path) -> etree._Element:
    return parse_xml(path.read_bytes(), file=path.name)


def test_there_is_something_to_look_at() -> None:
    assert {path.stem for path in FILES} >= {"petition", "handling", "acceptance", "answering", "review", "follow_up"}


@pytest.mark.parametrize("path", [*FILES, *sorted(WORKFLOWS.glob("*/*.dmn"))], ids=lambda path: path.name)
def test_no_id_is_used_twice_in_a_file_or_editors_refuse_it(path: Path) -> None:
    counts = Counter(read(path).xpath("//@id"))

    assert [identity for identity, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("rule", drawing_rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_diagram_is_well_drawn(path: Path, rule: Rule) -> None:
    assert list(rule(Drawing(read(path)))) == []


def drawn(root: etree._Element, identity: str) -> etree._Element:
    return next(each for each in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge") if each.get("bpmnElement") == identity)


def moved(identity: str, x: int = 0, y: int = 0) -> Callable[[etree._Element], None]:
    def move(root: etree._Element) -> None:
        for place in drawn(root, identity).iter(BOUNDS, "{*}waypoint"):
            place.set("x", str(float(place.get("x")) + x))
            place.set("y", str(float(place.get("y")) + y))

    return move


def label_moved(identity: str, x: int, y: int = 0) -> Callable[[etree._Element], None]:
    def move(root: etree._Element) -> None:
        place = drawn(root, identity).find(f"{DI}BPMNLabel/{BOUNDS}")
        place.set("x", str(float(place.get("x")) + x))
        place.set("y", str(float(place.get("y")) + y))

    return move


def not_drawn(identity: str) -> Callable[[etree._Element], None]:
    def remove(root: etree._Element) -> None:
        shape = drawn(root, identity)
        shape.getparent().remove(shape)

    return remove


def renamed(identity: str, name: str) -> Callable[[etree._Element], None]:
    def rename(root: etree._Element) -> None:
        next(each for each in root.iter(bpmn("*")) if each.get("id") == identity).set("name", name)

    return rename


def drawn_through(identity: str, *points: tuple[int, int]) -> Callable[[etree._Element], None]:
    def bend(root: etree._Element) -> None:
        edge = drawn(root, identity)
        waypoints = list(edge.iter("{*}waypoint"))
        for x, y in points:
            extra = etree.Element(waypoints[0].tag, x=str(x), y=str(y))
            waypoints[-1].addprevious(extra)

    return bend


SPOILED: tuple[tuple[Callable[[etree._Element], None], Rule], ...] = (
    (not_drawn("flow_review_started__first_review"), drawing_rules.everything_is_drawn_once),
    (renamed("first_review", "first review"), drawing_rules.everything_has_a_chinese_name),
    (renamed("flow_first_review_choice__final_review", ""), drawing_rules.everything_has_a_chinese_name),
    (renamed("first_review", "初审岗对答复稿进行初步审核"), drawing_rules.names_have_room),
    (moved("first_review", y=100), drawing_rules.nodes_stand_in_their_lane),
    (moved("record_first_review", x=-100), drawing_rules.shapes_do_not_overlap),
    (drawn_through("flow_review_started__first_review", (330, 170)), drawing_rules.flows_run_straight),
    (moved("first_review", x=10), drawing_rules.flows_dock_on_borders),
    (moved("flow_first_review_choice__given_back", y=150), drawing_rules.flows_do_not_cross),
    (moved("flow_first_review_choice__given_back", y=150), drawing_rules.flows_keep_off_shapes),
    (label_moved("first_review_choice", x=20, y=20), drawing_rules.labels_are_free),
    (label_moved("passed", x=0, y=60), drawing_rules.labels_are_near),
    (moved("passed", x=-500), drawing_rules.the_way_leads_from_left_to_right),
)


@pytest.mark.parametrize(("spoil", "rule"), SPOILED, ids=lambda each: each.__name__)
def test_a_badly_drawn_diagram_is_noticed(spoil: Callable[[etree._Element], None], rule: Rule) -> None:
    root = read(WORKFLOWS / "petition" / "review.bpmn")
    spoil(root)

    assert list(rule(Drawing(root))) != []


def test_a_boundary_event_beside_its_task_is_noticed() -> None:
    root = read(WORKFLOWS / "petition" / "answering.bpmn")
    moved("assistance_overdue", y=30)(root)

    assert list(drawing_rules.boundary_events_sit_on_their_host(Drawing(root))) != []
