"""A procedure editor changes the shipped bundle as a BPMN editor would write it, checks it and publishes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from lxml import etree

from engine.bpmn.bundle import load_directory
from engine.cli.main import cli
from engine.models.process import Deployment
from engine.services import procedures
from engine.vocabulary import DeadlineKind
from tests.workflows.conftest import SHIPPED, Letter, Uow, moment

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
Submit = Callable[..., Letter]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return Path(copytree(SHIPPED, tmp_path / "petition"))


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    return result.exit_code, result.stdout


def lengthen_time_to_accept(bundle: Path) -> None:
    """One working day to accept becomes two: one cell of the table."""
    path = bundle / "time_limits.dmn"
    text = path.read_text(encoding="utf-8")
    start = text.index('<rule id="time_limits_accept">')
    end = text.index("</rule>", start)
    path.write_text(text[:start] + text[start:end].replace('"P1WD"', '"P2WD"') + text[end:], encoding="utf-8")


def add_review_task(bundle: Path) -> None:
    """Between review and publication somebody reads the public text once more."""
    path = bundle / "petition.bpmn"
    document = etree.parse(str(path))
    [publish] = document.xpath("//b:serviceTask[@id='publish_reply']", namespaces={"b": BPMN})
    scope = publish.getparent()
    [flow] = document.xpath("//b:sequenceFlow[@targetRef='publish_reply']", namespaces={"b": BPMN})
    task = etree.SubElement(scope, f"{{{BPMN}}}userTask", id="Activity_0k3x9", name="公开前复核")
    task.set(f"{{{CAMUNDA}}}candidateGroups", "reviewer")
    task.set(f"{{{CAMUNDA}}}formRef", "publication_check")
    etree.SubElement(task, f"{{{BPMN}}}incoming").text = flow.get("id")
    etree.SubElement(task, f"{{{BPMN}}}outgoing").text = "Flow_1a2b3c"
    flow.set("targetRef", "Activity_0k3x9")
    etree.SubElement(
        scope, f"{{{BPMN}}}sequenceFlow", id="Flow_1a2b3c", sourceRef="Activity_0k3x9", targetRef="publish_reply"
    )
    [incoming] = publish.findall(f"{{{BPMN}}}incoming")
    incoming.text = "Flow_1a2b3c"
    [plane] = document.iter(f"{{{DI}}}BPMNPlane")
    shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id="Activity_0k3x9_di", bpmnElement="Activity_0k3x9")
    etree.SubElement(shape, f"{{{DC}}}Bounds", x="10", y="10", width="100", height="80")
    document.write(str(path), xml_declaration=True, encoding="UTF-8")
    form = {
        "type": "default",
        "id": "publication_check",
        "components": [{"type": "textarea", "key": "remark", "label": "复核意见", "validate": {"required": True}}],
    }
    (bundle / "forms" / "publication_check.json").write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")


def test_new_cases_follow_an_edited_limit_and_an_added_task_and_running_ones_keep_theirs(
    submit: Submit, bundle: Path
) -> None:
    running = submit()
    lengthen_time_to_accept(bundle)
    add_review_task(bundle)
    status, output = run("workflow", "lint", str(bundle), "--format", "json")
    assert status == 0, output
    assert [finding for finding in json.loads(output) if finding["severity"] == "error"] == []
    status, output = run("workflow", "publish", str(bundle), "--note", "公开前复核")
    assert (status, output.split()[:3]) == (0, ["petition", "version", "2"])

    new = submit()
    new.to_unit()
    assert new.deadline(DeadlineKind.ACCEPT) == moment("2020-03-04 23:59:59")
    new.do("accept", acceptance="accept")
    new.to_review()
    new.through_review()
    assert new.open() == ["Activity_0k3x9"]
    assert new.task("Activity_0k3x9").role == "reviewer"
    new.do("Activity_0k3x9", remark="可以公开")
    assert new.open() == ["call_back"]

    running.to_unit()
    assert running.deadline(DeadlineKind.ACCEPT) == moment("2020-03-03 23:59:59")
    running.do("accept", acceptance="accept")
    running.to_review()
    running.through_review()
    assert running.open() == ["call_back"]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("petition.bpmn", "</bpmn:definitions>", ""),
        (
            "petition.bpmn",
            "<bpmn:definitions",
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><bpmn:definitions',
        ),
        ("petition.bpmn", "redo_count &gt; 0", "__import__('os').system('id')"),
        ("petition.bpmn", 'camunda:formRef="classify"', 'camunda:formRef="unheard_of"'),
        ("handling.bpmn", 'camunda:topic="raise_escalation"', 'camunda:topic="rm"'),
    ],
)
def test_a_broken_or_hostile_bundle_is_refused_with_a_reason_and_publishes_nothing(
    county: Uow, bundle: Path, file: str, before: str, after: str
) -> None:
    path = bundle / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    status, output = run("workflow", "lint", str(bundle), "--format", "json")
    assert status == 1
    errors = [finding for finding in json.loads(output) if finding["severity"] == "error"]
    assert errors[0]["file"] == file
    assert all(finding["message_zh"] and finding["message_en"] and finding["fix"] for finding in errors)
    with pytest.raises(procedures.ProcedureRefused), county() as session:
        procedures.publish(session, files=load_directory(bundle), actor="editor1", note="broken")
    with county() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deployment)) == 1


def test_the_shipped_procedure_has_no_finding_at_all() -> None:
    assert procedures.lint(load_directory(SHIPPED)) == []


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("broken.bpmn", "<a><b></a>", "xml"),
        ("hostile.bpmn", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml"),
        ("stray.txt", "hello", "bundle"),
    ],
)
def test_a_single_file_is_checked_by_itself_whatever_lies_beside_it(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    (tmp_path / "other.bpmn").write_bytes(b"\xff\xfe")
    (tmp_path / name).write_text(text, encoding="utf-8")
    status, output = run("workflow", "lint", str(tmp_path / name), "--format", "json")
    assert status == 1
    assert json.loads(output)[0]["code"] == code
