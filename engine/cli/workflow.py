"""``wenzheng workflow``: check, publish and list procedures."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from engine import clock, schedule
from engine.bpmn.bundle import load_directory
from engine.db import unit_of_work
from engine.services import procedures

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def workflow() -> None:
    """Check, publish and list procedures: BPMN, DMN and forms."""


@workflow.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def lint(path: Path, form: str) -> None:
    """Check the bundle in PATH, or one of its files; exit status 1 when there are errors."""
    findings = procedures.lint_path(path)
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            place = " ".join(part for part in (finding.file, finding.node) if part)
            click.echo(f"{finding.severity}: {place} [{finding.code}]")
            for line in (finding.message_zh, finding.message_en, f"→ {finding.fix}"):
                click.echo(f"  {line}")
        errors = sum(finding.severity == "error" for finding in findings)
        click.echo(f"{errors} errors, {len(findings) - errors} warnings", err=True)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


@workflow.command()
@click.argument("path", type=_DIRECTORY)
@click.option("--note", required=True, help="Why this version: shown in the list of versions.")
@click.option("--actor", default="cli", show_default=True, help="Who publishes.")
def publish(path: Path, note: str, actor: str) -> None:
    """Publish the bundle in PATH: new cases follow it, running ones keep theirs."""
    schedule.prepare_process()
    with unit_of_work() as session:
        deployment = procedures.publish(session, files=load_directory(path), actor=actor, note=note)
        click.echo(f"{deployment.key} version {deployment.version} ({deployment.content_hash[:12]})")


@workflow.command("list")
def list_versions() -> None:
    """List every published version, newest first."""
    with unit_of_work(read_only=True) as session:
        for each in procedures.versions(session):
            published = f"{clock.local(each.published_at):%Y-%m-%d %H:%M}"
            columns = (each.key, str(each.version), each.content_hash[:12], published, each.published_by, each.note)
            click.echo("\t".join(columns))
