"""The first checks of lint: can each file be read at all, and is it valid BPMN? Builds the model for the others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import SpiffWorkflow
from lxml import etree

from engine.bpmn.bundle import check_files
from engine.bpmn.decisions import parse_decisions
from engine.bpmn.forms import parse_form
from engine.bpmn.lint.findings import Finding, Place, Text, error
from engine.bpmn.lint.model import Model, add_document
from engine.bpmn.manifest import MANIFEST_FILE, parse_manifest
from engine.bpmn.xml import BPMN_NAMESPACE, InvalidModel, bpmn, parse_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.bpmn.decisions import Decision
    from engine.bpmn.forms import Form
    from engine.bpmn.manifest import Manifest

MAX_SCHEMA_FINDINGS = 20

_READ_FIX = "请按提示改正后重新保存。 Correct it as the message says and save it again."


def read_model(
    files: Mapping[str, str], *, effects: Collection[str], roles: Collection[str]
) -> tuple[Model, list[Finding]]:
    """Read all files of a bundle as far as possible; return the model and what could not be read."""
    reader = _Reader(files)
    model = Model(
        manifest=reader.manifest(),
        documents=reader.documents(),
        decisions=reader.decisions(),
        forms=reader.forms(),
        form_files=reader.form_files,
        effects=effects,
        roles=roles,
        unread=frozenset(reader.unread),
    )
    for file, root in model.documents.items():
        add_document(model, root, file)
    return model, reader.findings


class _Reader:
    """Parses file by file and keeps going."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(sorted(files.items()))
        self.findings: list[Finding] = []
        self.form_files: dict[str, str] = {}
        self.unread: set[str] = set()
        try:
            check_files(files)
        except InvalidModel as problem:
            self._note("bundle", problem)

    def manifest(self) -> Manifest | None:
        try:
            return parse_manifest(self.files[MANIFEST_FILE]) if MANIFEST_FILE in self.files else None
        except InvalidModel as problem:
            self._note("manifest", problem)
            return None

    def documents(self) -> dict[str, etree._Element]:
        found: dict[str, etree._Element] = {}
        for file in self._named(".bpmn"):
            try:
                root = parse_xml(self.files[file], file=file)
            except InvalidModel as problem:
                self._note("xml", problem)
                continue
            if root.tag == bpmn("definitions"):
                self.findings += _schema_findings(root, file)
                found[file] = root
            else:
                self.unread.add(".bpmn")
                self.findings.append(error("not_bpmn", Place(file), _NOT_BPMN))
        return found

    def decisions(self) -> dict[str, Decision]:
        found: dict[str, Decision] = {}
        for file in self._named(".dmn"):
            try:
                decisions = parse_decisions(self.files[file], file=file)
            except InvalidModel as problem:
                self._note("decision", problem)
                continue
            for decision in decisions.values():
                self._unique(decision.id, file, decision.id in found)
                found.setdefault(decision.id, decision)
        return found

    def forms(self) -> dict[str, Form]:
        found: dict[str, Form] = {}
        for file in self._named(".json"):
            try:
                form = parse_form(self.files[file], file=file)
            except InvalidModel as problem:
                self._note("form", problem)
                continue
            self._unique(form.id, file, form.id in found)
            found.setdefault(form.id, form)
            self.form_files.setdefault(form.id, file)
        return found

    def _named(self, suffix: str) -> Iterator[str]:
        return (file for file in self.files if file.endswith(suffix))

    def _unique(self, identity: str, file: str, known: bool) -> None:  # noqa: FBT001 - a plain private test
        if known:
            self.findings.append(error("duplicate_id", Place(file, identity), DUPLICATE_ID))

    def _note(self, code: str, problem: InvalidModel) -> None:
        file, line = str(problem.fields.get("file", "")), problem.fields.get("line")
        self.unread.add(Path(file).suffix)
        self.findings.append(
            Finding(
                severity="error",
                code=code,
                file=file,
                node=str(problem.fields.get("node") or ""),
                message_zh=problem.message_zh + (f"（第 {line} 行）" if line else ""),
                message_en=problem.message_en + (f" (line {line})" if line else ""),
                fix=str(problem.fields.get("fix", _READ_FIX)),
            )
        )


@cache
def _schema() -> etree.XMLSchema:
    # The files lie inside the installed library; nothing a user sends decides what is opened here.
    directory = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema"
    return etree.XMLSchema(etree.parse(directory / "BPMN20.xsd"))


def _schema_findings(root: etree._Element, file: str) -> Iterator[Finding]:
    schema = _schema()
    if schema.validate(root):
        return
    for entry in list(schema.error_log)[:MAX_SCHEMA_FINDINGS]:
        if "'xs:ID'" in entry.message and "attribute 'id'" in entry.message:
            continue  # a repeated id has a check of its own
        message = entry.message.replace(f"{{{BPMN_NAMESPACE}}}", "bpmn:")
        yield error(
            "schema",
            Place(file, _nearest_id(root, entry.path)),
            Text(
                f"breaks the BPMN 2.0 schema in line {entry.line}: {message.rstrip('.')}",
                f"第 {entry.line} 行不符合 BPMN 2.0 规范：{message.rstrip('.')}",
                "Open the file in a BPMN editor and save it again, or correct the line",
                "请用 BPMN 编辑器打开后重新保存，或改正该行",
            ),
        )


def _nearest_id(root: etree._Element, path: str | None) -> str:
    """Return the id of the element at the path the validator gives, or of the nearest one around it that has an id."""
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.xpath(path or "*", namespaces=prefixes)
    except etree.XPathError:  # a prefix declared further down
        return ""
    element = found[0] if isinstance(found, list) and found else None
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""


_NOT_BPMN = Text(
    "is not a BPMN 2.0 file",
    "不是 BPMN 2.0 文件",
    "Save the model as BPMN 2.0 XML",
    "请把模型另存为 BPMN 2.0 XML",
)
DUPLICATE_ID = Text(
    "uses an id that another element of the bundle has too",
    "的编号与流程包中另一元素重复",
    "Give it an id of its own",
    "请改用不同的编号",
)
