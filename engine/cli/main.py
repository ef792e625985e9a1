"""The root command: groups, and how errors leave the program."""

from __future__ import annotations

import os
import sys

import click

from engine.cli.bench import bench
from engine.cli.demo import demo
from engine.cli.petitions import petitions
from engine.cli.report import report
from engine.cli.server import incidents, serve, ticker, worker
from engine.cli.workflow import workflow
from engine.errors import WenzhengError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wenzheng")
def cli() -> None:
    """Wenzheng 问政: receive, route, answer and account for citizens' online petitions."""


@cli.group()
def db() -> None:
    """Look after the database's schema."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema of WENZHENG_DATABASE_URL to the newest version (creates it when empty)."""
    from engine import db as database  # noqa: PLC0415 - the command shadows the module's name

    database.upgrade()
    click.echo(f"database: {database.engine().url.render_as_string(hide_password=True)} is up to date", err=True)


for command in (demo, serve, ticker, worker, incidents, workflow, petitions, report, bench):
    cli.add_command(command)


def main() -> None:
    """Run the command line; an error of ours goes to stderr in the reader's language and ends with status 1."""
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    try:
        cli()
    except WenzhengError as error:
        click.echo(f"wenzheng: {error.message(language)}", err=True)
        for name, value in error.fields.items():
            if isinstance(value, (str, int)) and name != "text":
                click.echo(f"  {name}: {value}", err=True)
        sys.exit(1)
