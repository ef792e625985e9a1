"""Checks of the editors' own attributes: what belongs to another engine and would silently not happen here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.lint.findings import Finding, Place, Text, error, warning
from engine.bpmn.lint.model import FLOW_NODES, Model
from engine.bpmn.xml import CAMUNDA_NAMESPACE, bpmn, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ZEEBE_NAMESPACE = "http://camunda.org/schema/zeebe/1.0"

#: Attributes that make Camunda do something we do not do.
_ATTRIBUTES = frozenset(
    {
        "assignee",
        "candidateUsers",
        "class",
        "delegateExpression",
        "expression",
        "followUpDate",
        "formKey",
        "resource",
        "caseRef",
        "variableMappingClass",
        "variableMappingDelegateExpression",
    }
)
_ELEMENTS = frozenset(
    {
        "connector",
        "entry",
        "errorEventDefinition",
        "executionListener",
        "field",
        "formData",
        "list",
        "map",
        "outputParameter",
        "script",
        "taskListener",
    }
)
_PROPERTIES = frozenset({"not_done_by", "context", "effect"})


def check_camunda(model: Model) -> Iterator[Finding]:
    """Yield extension attributes and elements that nothing here carries out."""
    for file, root in model.documents.items():
        for element in root.iter(etree.Element):
            place = _place(element, file)
            if any(_juel(value) for value in (*element.attrib.values(), element.text or "")):
                yield error("not_executed", place, _JUEL)
            yield from _attributes(element, place)
            namespace = etree.QName(element).namespace
            if namespace == ZEEBE_NAMESPACE:
                yield error("not_executed", place, _ZEEBE)
            elif namespace == CAMUNDA_NAMESPACE:
                yield from _extension(element, place)


def _juel(text: str) -> bool:
    return "${" in text or "#{" in text


def _place(element: etree._Element, file: str) -> Place:
    """Return the place of the nearest element with an id: extensions have none themselves."""
    current: etree._Element | None = element
    while current is not None and not current.get("id"):
        current = current.getparent()
    return Place(file) if current is None else Place(file, current.get("id", ""), current.get("name", ""))


def _attributes(element: etree._Element, place: Place) -> Iterator[Finding]:
    for name in element.attrib:
        qualified = etree.QName(name)
        if qualified.namespace == CAMUNDA_NAMESPACE and qualified.localname in _ATTRIBUTES:
            yield error("not_executed", place, _named(f"camunda:{qualified.localname}"))


def _extension(element: etree._Element, place: Place) -> Iterator[Finding]:
    name = local_name(element)
    owner = _owner(element)
    if name in _ELEMENTS:
        yield error("not_executed", place, _named(f"camunda:{name}"))
    elif name in {"in", "out"}:
        yield warning("shared_variables", place, _SHARED)
    elif name == "inputParameter" and owner != "serviceTask":
        yield error("not_executed", place, _named("camunda:inputParameter"))
    elif name == "property" and owner in FLOW_NODES and element.get("name") not in _PROPERTIES:
        yield warning("unknown_property", place, _UNKNOWN_PROPERTY)


def _owner(element: etree._Element) -> str:
    """Return the kind of the BPMN element an extension belongs to."""
    holder = next(element.iterancestors(bpmn("extensionElements")), None)
    parent = None if holder is None else holder.getparent()
    return "" if parent is None else local_name(parent)


def _named(name: str) -> Text:
    return Text(
        f"has {name}, which nothing here carries out",
        f"含有 {name}，这里不会执行",
        "Remove it; use candidateGroups, formRef, dueDate, topic and our expressions",
        "请删去；请使用 candidateGroups、formRef、dueDate、topic 和本系统的表达式",
    )


_JUEL = Text(
    "has an expression written as ${…}, which nothing here evaluates",
    "含有 ${…} 写法的表达式，这里不会求值",
    'Write it plainly, for example classification == "forward", or =expression in a field',
    '请直接书写，例如 classification == "forward"，在字段中写 =表达式',
)
_ZEEBE = Text(
    "carries extensions of Camunda 8, which nothing here carries out",
    "带有 Camunda 8 的扩展，这里不会执行",
    "Draw the model for Camunda 7 (camunda: attributes)",
    "请按 Camunda 7 绘制（使用 camunda: 属性）",
)
_SHARED = Text(
    "maps variables in or out, which has no effect: a case has one set of variables that all processes share",
    "设置了变量传入传出，但不起作用：一个办件只有一套变量，各流程共用",
    "Remove the mapping and use the variables directly",
    "请删去映射，直接使用变量",
)
_UNKNOWN_PROPERTY = Text(
    "has a property other than not_done_by, context and effect, which nothing reads",
    "含有 not_done_by、context 和 effect 以外的属性，不会被读取",
    "Correct its name or remove it",
    "请改正名称或删去",
)
