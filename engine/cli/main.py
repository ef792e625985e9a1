"""The root command: groups, and how errors leave the program."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from engine.cli.bench import bench
from engine.cli.database import db
from engine.cli.demo import demo
from engine.cli.history import history
from engine.cli.incidents import incidents
from engine.cli.petitions import petitions
from engine.cli.report import report
from engine.cli.server import serve, ticker, worker
from engine.cli.workflow import workflow
from engine.errors import Misconfigured, WenzhengError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wenzheng")
def cli() -> None:
    """Wenzheng 问政: receive, route, answer and account for citizens' online petitions."""


for command in (demo, db, serve, ticker, worker, incidents, history, workflow, petitions, report, bench):
    cli.add_command(command)


def main() -> None:
    """Run the command line; an error of ours goes to stderr in the reader's language and ends with status 1."""
    try:
        cli()
    except WenzhengError as error:
        _fail(error)
    except (OperationalError, ProgrammingError) as error:
        _fail(_database_trouble(error))


def _fail(error: WenzhengError) -> None:
    language = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    click.echo(f"wenzheng: {error.message(language)}", err=True)
    for name, value in error.fields.items():
        if isinstance(value, (str, int)) and name != "text":
            click.echo(f"  {name}: {value}", err=True)
    sys.exit(1)


def _database_trouble(error: DBAPIError) -> Misconfigured:
    said = str(error.orig).strip().partition("\n")[0]
    # A connection that failed had no statement to send yet.
    if error.statement is None:
        return Misconfigured(
            f"The database cannot be reached ({said}). Start it or correct WENZHENG_DATABASE_URL; "
            "then create its tables with `wenzheng db upgrade`.",
            message_zh=f"无法连接数据库({said})。请启动数据库或更正 WENZHENG_DATABASE_URL,"
            "然后运行 `wenzheng db upgrade` 建表。",
        )
    return Misconfigured(
        f"The database refused ({said}). If its tables are missing or old, run `wenzheng db upgrade`.",
        message_zh=f"数据库拒绝了操作({said})。如果尚未建表或版本过旧,请运行 `wenzheng db upgrade`。",
    )
