"""Lint: says before publishing what is wrong with a bundle, why, and how to mend it. Nothing is run or changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.lint.answers import check_answers
from engine.bpmn.lint.camunda import check_camunda
from engine.bpmn.lint.expressions import check_expressions
from engine.bpmn.lint.files import read_model
from engine.bpmn.lint.findings import Finding
from engine.bpmn.lint.people import check_people
from engine.bpmn.lint.references import check_references
from engine.bpmn.lint.structure import check_structure
from engine.bpmn.lint.support import check_support

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Finding", "lint_bundle"]

_CHECKS = (
    check_structure,
    check_support,
    check_camunda,
    check_references,
    check_people,
    check_expressions,
    check_answers,
)


def lint_bundle(files: Mapping[str, str], *, effects: Collection[str], roles: Collection[str]) -> list[Finding]:
    """Return everything wrong with the files of a bundle, errors first.

    ``effects`` are the names service tasks may use, ``roles`` those lanes may name.
    """
    model, findings = read_model(files, effects=effects, roles=roles)
    for check in _CHECKS:
        findings += check(model)
    distinct = dict.fromkeys(findings)
    return sorted(distinct, key=lambda finding: (finding.severity, finding.file))
