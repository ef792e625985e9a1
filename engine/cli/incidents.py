"""``wenzheng incidents``: timers that failed."""

from __future__ import annotations

import sys

import click

from engine import clock, jobs, logs, schedule
from engine.db import unit_of_work
from engine.services.incidents import list_open


@click.group()
def incidents() -> None:
    """See and retry timers that failed."""


@incidents.command("list")
def list_incidents() -> None:
    """List open incidents, oldest first."""
    with unit_of_work(read_only=True) as session:
        for each in list_open(session):
            retry = (
                "waits for you" if each.retry_at is None else f"next try {clock.local(each.retry_at):%Y-%m-%d %H:%M}"
            )
            click.echo(f"{each.id}\tinstance {each.instance_id}\t{each.attempts} tries\t{retry}\t{each.message}")


@incidents.command()
@click.argument("incident_id", type=int)
def retry(incident_id: int) -> None:
    """Try the timer of an incident again now; exit status 1 when it fails again."""
    logs.configure()
    schedule.prepare_process()
    match jobs.retry_incident(incident_id):
        case jobs.Outcome.FIRED:
            click.echo("fired")
        case jobs.Outcome.IDLE:
            click.echo("nothing to fire: the timer no longer waits, or was given a later date")
        case jobs.Outcome.FAILED:
            click.echo("It failed again; see `wenzheng incidents list`.", err=True)
            sys.exit(1)
