"""``wenzheng petitions``: letters from outside."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine import schedule
from engine.services.exchange import import_file


@click.group()
def petitions() -> None:
    """Take in letters from outside."""


@petitions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--actor", default="import", show_default=True, help="Who is named in the history as having imported.")
def import_letters(file: Path, actor: str) -> None:
    """Import letters the city portal exported as CSV or XLSX.

    Good rows are kept, bad ones named line by line (exit status 1); importing the same file again changes nothing.
    """
    schedule.prepare_process()
    report = import_file(file, actor=actor)
    for error in report.errors:
        click.echo(f"line {error.line}, {error.field}: {error.message_zh} / {error.message_en}", err=True)
    click.echo(f"created {report.created}, unchanged {report.unchanged}, refused {len(report.errors)}")
    if report.errors:
        sys.exit(1)
