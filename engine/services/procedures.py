"""Deployments: publish a bundle as a new version, find versions, and the per-process cache of parsed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import clock
from engine.bpmn.bundle import Bundle, load_directory
from engine.bpmn.lint import Finding, lint_bundle
from engine.bpmn.parser import Procedure, parse_procedure
from engine.bpmn.xml import InvalidModel
from engine.errors import InvalidInput, NotFound
from engine.models.process import Deployment, ProcessInstance
from engine.services import effects as _effects  # noqa: F401 - registers every effect by importing it
from engine.services.commands import EFFECTS
from engine.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

_parsed: dict[str, Procedure] = {}


class ProcedureRefused(InvalidInput):
    """A bundle with lint errors is not published; ``findings`` says what is wrong where."""

    code = "procedure_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings."""
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__(
            f"The procedure has {len(errors)} errors and is not published: {errors[0].message_en}",
            message_zh=f"流程有 {len(errors)} 处错误,未发布:{errors[0].message_zh}",
        )
        self.findings = findings


def lint_path(path: Path) -> Sequence[Finding]:
    """Check the bundle in a directory, or one file of a bundle: then only what is wrong in that file is told.

    A file that cannot even be read is a finding like any other. A file beside which no readable bundle lies is
    checked by itself.
    """
    if path.is_dir():
        try:
            return lint(load_directory(path))
        except InvalidModel as error:
            return [_as_finding(error)]
    root = path.parent.parent if path.parent.name == "forms" else path.parent
    name = path.relative_to(root).as_posix()
    try:
        files = load_directory(root)
    except InvalidModel as error:
        if error.fields.get("file") == name:
            return [_as_finding(error)]
        files = {}
    if name not in files:
        files = {name: path.read_text(encoding="utf-8", errors="replace")}
    findings = lint(files)
    return [finding for finding in findings if finding.file == name] or (findings if len(files) == 1 else [])


def _as_finding(error: InvalidModel) -> Finding:
    told = {name: str(error.fields.get(name) or "") for name in ("file", "node", "fix")}
    return Finding("error", error.code, message_zh=error.message_zh, message_en=error.message_en, **told)


def lint(files: Mapping[str, str]) -> Sequence[Finding]:
    """Check a bundle against everything the engine needs to run it faithfully."""
    return lint_bundle(files, effects=frozenset(EFFECTS), roles=frozenset(Role))


def publish(session: Session, *, files: Mapping[str, str], actor: str, note: str) -> Deployment:
    """Publish a bundle: new cases start on it, running ones stay on theirs. The same content again is the same version.

    Raises:
        ProcedureRefused: lint found errors.

    """
    findings = lint(files)
    if any(finding.severity == "error" for finding in findings):
        raise ProcedureRefused(findings)
    bundle = Bundle.parse(files)
    key = bundle.manifest.key
    parse_procedure(files)
    newest = session.scalars(
        sa.select(Deployment).where(Deployment.key == key).order_by(Deployment.version.desc()).limit(1)
    ).first()
    if newest is not None and newest.content_hash == bundle.content_hash:
        return newest
    if session.scalars(
        sa.select(Deployment).where(Deployment.key == key, Deployment.content_hash == bundle.content_hash)
    ).first():
        raise InvalidInput(
            "This content was published before as an older version; change something (a comment will do) and publish.",
            message_zh="该内容与某个旧版本完全相同;请作出修改(例如改注释)后再发布。",
        )
    deployment = Deployment(
        key=key,
        version=1 if newest is None else newest.version + 1,
        content_hash=bundle.content_hash,
        files=dict(files),
        published_at=clock.now(),
        published_by=actor,
        note=note,
    )
    session.add(deployment)
    session.flush()
    return deployment


def newest(session: Session, *, key: str) -> Deployment:
    """Return the version new cases start on.

    Raises:
        NotFound: nothing is published under ``key``.

    """
    found = session.scalars(
        sa.select(Deployment).where(Deployment.key == key).order_by(Deployment.version.desc()).limit(1)
    ).first()
    if found is None:
        raise NotFound(
            f"No procedure {key} is published; run `wenzheng workflow publish workflows/{key}`.",
            message_zh=f"尚未发布流程“{key}”。",
            key=key,
        )
    return found


def versions(session: Session, *, key: str | None = None) -> Sequence[Deployment]:
    """Return all deployments, newest first."""
    query = sa.select(Deployment).order_by(Deployment.key, Deployment.version.desc())
    return session.scalars(query if key is None else query.where(Deployment.key == key)).all()


def get(session: Session, *, deployment_id: int) -> Deployment:
    """Return one deployment.

    Raises:
        NotFound: there is none.

    """
    found = session.get(Deployment, deployment_id)
    if found is None:
        raise NotFound(
            f"There is no definition {deployment_id}.", message_zh="没有该流程版本。", definition=deployment_id
        )
    return found


def parsed(session: Session, *, deployment_id: int, content_hash: str) -> Procedure:
    """Return the parsed form of a deployment, from this process's cache when it has been used before."""
    if content_hash not in _parsed:
        _parsed[content_hash] = parse_procedure(get(session, deployment_id=deployment_id).files)
    return _parsed[content_hash]


def of_instance(session: Session, *, instance_id: int) -> Procedure:
    """Return the version a case runs on, parsed."""
    query = sa.select(Deployment.id, Deployment.content_hash)
    query = query.join(ProcessInstance, ProcessInstance.deployment_id == Deployment.id)
    row = session.execute(query.where(ProcessInstance.id == instance_id)).one()
    return parsed(session, deployment_id=row.id, content_hash=row.content_hash)
