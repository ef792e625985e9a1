"""Named facts a database keeps about itself, such as the time its demo lives in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import clock
from engine.models.jobs import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

_DEMO_CLOCK = "demo_clock"


def get_fact(session: Session, *, name: str) -> Mapping[str, Any] | None:
    """Return a fact, or ``None``."""
    row = session.get(Fact, name)
    return None if row is None else row.value


def set_fact(session: Session, *, name: str, value: Mapping[str, Any]) -> None:
    """Set a fact, replacing what was known."""
    session.merge(Fact(name=name, value=dict(value)))


def set_demo_clock(session: Session, *, at: datetime) -> None:
    """Let the demo's time start at ``at`` now, and go on from there with every later start of the server."""
    offset = at - clock.SystemClock().now()
    set_fact(session, name=_DEMO_CLOCK, value={"offset_seconds": round(offset.total_seconds())})


def demo_clock(session: Session) -> clock.SystemClock | None:
    """Return the clock the demo lives by, or ``None`` where there is no demo."""
    fact = get_fact(session, name=_DEMO_CLOCK)
    return None if fact is None else clock.SystemClock(timedelta(seconds=fact["offset_seconds"]))
