"""``wenzheng demo``: fill a database with the demo quarter."""

from __future__ import annotations

import click

from engine.cli.database import prepare_database
from engine.demo import load_demo


@click.group()
def demo() -> None:
    """Load the demo: a county's first quarter of 2020, run through the real engine."""


@demo.command("load")
@click.option("--letters", type=click.IntRange(min=1), help="Load only so many letters (default: all).")
def load(letters: int | None) -> None:
    """Load units, categories, accounts, the shipped procedure and every demo letter; a second run changes nothing.

    Brings the database up to date first, as `wenzheng db upgrade` does.
    """
    prepare_database()
    with click.progressbar(length=1, label="demo data", show_pos=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        summary = load_demo(letters=letters, progress=progress)
    click.echo(summary.message, err=True)
