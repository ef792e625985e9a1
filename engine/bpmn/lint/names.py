"""Which names an expression may use at each place of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.xml import bpmn, camunda

if TYPE_CHECKING:
    from engine.bpmn.lint.model import Model, Node, Scope

#: Functions of the language → how many positional arguments each takes, at least and at most.
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "now": (0, 0),
    "add": (2, 2),
    "decide": (1, 1),
    "coalesce": (1, None),
    "len": (1, 1),
    "min": (1, None),
    "max": (1, None),
}


class Names:
    """The declared variables, and the element variables of the multi-instances around a place."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.declared = frozenset(model.manifest.variables) if model.manifest else frozenset()
        #: Without a readable procedure.toml nothing can be said about names.
        self.is_known = model.manifest is not None
        self._called: dict[str, frozenset[str]] = {}
        self._follow_calls()

    def at(self, node: Node) -> frozenset[str]:
        """Return the names known at a node: declared ones, and what the multi-instances around it add."""
        return self.declared | self._local(node)

    def _local(self, node: Node) -> frozenset[str]:
        return element_variables(node) | self._around(node.scope)

    def _around(self, scope: Scope) -> frozenset[str]:
        owner = scope.owner
        return self._local(owner) if owner is not None else self._called.get(scope.id, frozenset())

    def _follow_calls(self) -> None:
        """Carry element variables into called processes until nothing is added any more."""
        changed = True
        while changed:
            changed = False
            for node in self.model.nodes("callActivity"):
                target = node.element.get("calledElement", "")
                before = self._called.get(target, frozenset())
                after = before | self._local(node)
                if after != before:
                    self._called[target] = after
                    changed = True


def element_variables(node: Node) -> frozenset[str]:
    """Return the element variable of a multi-instance activity, if it has one."""
    loop = node.element.find(bpmn("multiInstanceLoopCharacteristics"))
    name = None if loop is None else loop.get(camunda("elementVariable"))
    return frozenset({name}) if name else frozenset()
