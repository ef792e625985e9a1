"""``wenzheng history``: prove that nobody has changed what happened."""

from __future__ import annotations

import sys

import click

from engine.db import unit_of_work
from engine.services import audits


@click.group()
def history() -> None:
    """Look after the record of what happened."""


@history.command()
@click.option("--number", help="Verify only the letter with this number (WZ…).")
def verify(number: str | None) -> None:
    """Recompute every case's hash chain; exit status 1 when one does not hold."""
    with unit_of_work(read_only=True) as session:
        audit = audits.verify_chains(session, number=number)
    for each in audit.broken:
        click.echo(f"{each.number or '-'}\tinstance {each.instance_id}\tlink {each.seq}\t{each.reason}")
    click.echo(f"{audit.checked} chains verified, {len(audit.broken)} broken")
    if audit.broken:
        sys.exit(1)
