"""``wenzheng report``: what leaders read."""

from __future__ import annotations

import json
from datetime import datetime

import click

from engine.db import unit_of_work
from engine.documents.bulletin_text import bulletin_text
from engine.services import reports

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Print what leaders read, computed from history."""


@report.command("bulletin")
@click.option("--from", "start", type=_DAY, required=True, help="First day of the period.")
@click.option("--to", "end", type=_DAY, required=True, help="Last day of the period.")
@click.option("--as-of", "as_of", type=_DAY, help="The day as of which to count (default: the last day of the period).")
@click.option("--format", "form", type=click.Choice(["txt", "json"]), default="txt", show_default=True)
def bulletin(start: datetime, end: datetime, as_of: datetime | None, form: str) -> None:
    """Print the bulletin's two tables, totals and breaches for a period, as known at the end of a day."""
    with unit_of_work(read_only=True) as session:
        result = reports.bulletin(session, start=start.date(), end=end.date(), as_of=(as_of or end).date())
    if form == "json":
        click.echo(json.dumps(reports.as_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo(bulletin_text(result), nl=False)
