"""``wenzheng db``: the schema, and what every county's database holds from the first day."""

from __future__ import annotations

import click

from engine import db as database
from engine.services.calendars import seed_calendar


def prepare_database() -> None:
    """Bring the schema up to date and fill an empty calendar."""
    database.upgrade()
    with database.unit_of_work() as session:
        days = seed_calendar(session)
    if days:
        click.echo(f"calendar: {days} published days", err=True)


@click.group()
def db() -> None:
    """Look after the database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the schema of WENZHENG_DATABASE_URL to the newest version, and fill its calendar if that is empty.

    Creates everything in an empty database. Without the published holidays every working day would be reckoned wrongly.
    """
    prepare_database()
    click.echo(f"database: {database.engine().url.render_as_string(hide_password=True)} is up to date", err=True)
