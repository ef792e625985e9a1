"""The ``bench`` group: options in, progress on stderr, one JSON object as the last line on stdout."""

from __future__ import annotations

import json

import click

from engine.cli.bench.completions import measure


@click.group()
def bench() -> None:
    """Measure the engine; the last line of output is one JSON object."""


@bench.command()
@click.option("--count", default=600, show_default=True, type=click.IntRange(min=6), help="Completions per process.")
@click.option("-p", "--processes", default=1, show_default=True, type=click.IntRange(min=1, max=16))
@click.option(
    "--database",
    default="sqlite",
    show_default=True,
    help="'sqlite', or a server URL: a scratch database is created on it and dropped.",
)
def completions(count: int, processes: int, database: str) -> None:
    """User-task completions per second: six tasks, a boundary timer on each, one durable transaction per completion.

    The baseline is a bare transaction that writes the same rows through the plain driver.
    """
    result = measure(database, count=count, processes=processes, report=lambda text: click.echo(text, err=True))
    click.echo(json.dumps(result, ensure_ascii=False))
