"""The promise of the procedure: whoever writes gets an answer (有来件必答复).

On every way from the start to an end of the case one of the answering effects must be passed. Subprocesses and called
processes are followed inside, interrupting boundary events lead on from wherever their activity was; event
subprocesses and what non-interrupting boundary events start run beside the case and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.manifest import MANIFEST_FILE
from engine.bpmn.xml import camunda

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.lint.model import Model, Node, Scope

_THROWABLE = ("error", "escalation")


def check_answers(model: Model) -> Iterator[Finding]:
    """Yield the ends of a case that can be reached without an answer."""
    if model.manifest is None or model.start is None:
        return
    if not model.manifest.answering_effects:
        # A procedure of the office itself has nobody to answer; that is said, not refused.
        yield warning("no_answering_effects", Place(MANIFEST_FILE), _NO_ANSWERS)
        return
    walk = _Walker(model).walk(model.start)
    for node in walk.ends:
        yield error("unanswered_end", node.place, _unanswered(walk.way_to(node)))


@dataclass(frozen=True, slots=True)
class _Thrown:
    """An error or escalation on its way out of a scope."""

    kind: str
    code: str


@dataclass(eq=False, slots=True)
class _Walk:
    """What of one scope can be reached without an answer, and how it can be left."""

    came_from: dict[Node, Node | None] = field(default_factory=dict)
    ends: list[Node] = field(default_factory=list)
    thrown: set[_Thrown] = field(default_factory=set)

    def way_to(self, node: Node) -> list[str]:
        """Return the names of the nodes on one unanswered way to ``node``."""
        names: list[str] = []
        current: Node | None = node
        while current is not None:
            names.append(current.name or current.id)
            current = self.came_from.get(current)
        return names[::-1]


class _Walker:
    """Follows tokens that have not met an answering effect."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.answering = frozenset(model.manifest.answering_effects) if model.manifest else frozenset()
        self.walks: dict[Scope, _Walk] = {}

    def walk(self, scope: Scope) -> _Walk:
        """Return what of ``scope`` an unanswered token reaches."""
        if scope in self.walks:
            return self.walks[scope]  # for a recursive call: still empty, it adds no way of its own
        walk = self.walks[scope] = _Walk()
        arrived: dict[Node, set[str]] = {}
        waiting: list[tuple[Node, Node | None]] = [(start, None) for start in scope.of_kind("startEvent")]
        while waiting:
            node, origin = waiting.pop()
            if node in walk.came_from:
                continue
            walk.came_from[node] = origin
            waiting += [(event, node) for event in self._interruptions(node, walk)]
            if self._passes(node, walk):
                waiting += [(target, node) for target in _targets(node, arrived)]
        return walk

    def _passes(self, node: Node, walk: _Walk) -> bool:
        """Tell whether a token leaves ``node`` unanswered; note ends and what is thrown."""
        self._throw(node, walk)
        if node.kind == "endEvent":
            if node.definition("error") is None:
                walk.ends.append(node)
            return False
        if node.is_multi_instance:
            return True  # the collection may be empty
        inside = self.model.inside(node)
        if inside is None:
            # Nothing is said about a call that leads nowhere: that is a mistake of its own.
            return not self._answers(node) and node.kind != "callActivity"
        return bool(self.walk(inside).ends)

    def _answers(self, node: Node) -> bool:
        return node.kind == "serviceTask" and node.element.get(camunda("topic")) in self.answering

    def _throw(self, node: Node, walk: _Walk) -> None:
        if node.kind in {"endEvent", "intermediateThrowEvent"}:
            for kind in _THROWABLE:
                definition = node.definition(kind)
                if definition is not None:
                    walk.thrown.add(_Thrown(kind, self.model.code(definition, kind)))

    def _interruptions(self, node: Node, walk: _Walk) -> Iterator[Node]:
        """Yield the interrupting boundary events that may fire before ``node`` has answered."""
        if self._answers(node):
            return  # an effect is done at once: nothing can come between
        for event in node.boundaries:
            if event.interrupts and not any(event.definition(kind) is not None for kind in _THROWABLE):
                yield event
        inside = self.model.inside(node)
        for thrown in self.walk(inside).thrown if inside is not None else ():
            catcher = self.model.catcher(node, thrown.kind, thrown.code)
            if catcher is None:
                walk.thrown.add(thrown)
            elif catcher.interrupts:
                yield catcher


def _targets(node: Node, arrived: dict[Node, set[str]]) -> Iterator[Node]:
    """Yield where a token goes from ``node``; a parallel join lets it on once every branch has brought one."""
    for flow in node.outgoing:
        target = flow.target
        if target is None:
            continue
        if target.kind == "parallelGateway":
            # One answered branch is enough: the join waits for it.
            brought = arrived.setdefault(target, set())
            brought.add(flow.id)
            if brought != {incoming.id for incoming in target.incoming}:
                continue
        yield target


def _unanswered(way: list[str]) -> Text:
    return Text(
        f"can be reached without an answer to the citizen: {' → '.join(way)}",
        f"可以在没有答复的情况下到达：{' → '.join(way)}",
        "Put a service task with an answering effect (procedure.toml, answering_effects) on this way",
        "请在这条路径上加入答复类效果的服务任务（见 procedure.toml 的 answering_effects）",
    )


_NO_ANSWERS = Text(
    "names no answering effects, so nothing ensures that every case is answered",
    "没有写明答复类效果，无法保证每件都有答复",
    "List them in answering_effects under [procedure]",
    "请在 [procedure] 的 answering_effects 中列出",
)
