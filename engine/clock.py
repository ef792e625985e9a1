"""The only place that reads the wall clock.

Everything else asks ``clock.now()``. The clock in force is a context variable, so that a simulated quarter or a test
can run under its own time without touching anybody else's.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The zone in which the county lives: working days, deadlines and reports are reckoned in it.
ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, shifted by a fixed ``offset`` (zero in production; the demo lives in April 2020)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        """Shift the machine's time by ``offset``."""
        self.offset = offset

    def now(self) -> datetime:
        """Return the machine's time plus the offset, in UTC."""
        return datetime.now(UTC) + self.offset


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        """Stand at ``start`` (aware)."""
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time the clock was last set to, in UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move the clock to ``moment`` (aware); going back is allowed."""
        self._now = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on by ``by`` and return the new time."""
        self._now += by
        return self._now


_system: Clock = SystemClock()
_current: ContextVar[Clock | None] = ContextVar("clock", default=None)


def current() -> Clock:
    """Return the clock in force."""
    return _current.get() or _system


def now() -> datetime:
    """Return the current time of the clock in force, aware, in UTC."""
    return current().now()


def install(clock: Clock) -> None:
    """Make ``clock`` the process-wide default, for every thread that has not chosen another."""
    global _system  # noqa: PLW0603 - one clock per process is the point
    _system = clock


@contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    """Put ``clock`` in force for the duration of a ``with`` block in this context."""
    token = _current.set(clock)
    try:
        yield clock
    finally:
        _current.reset(token)


def local(moment: datetime) -> datetime:
    """Return ``moment`` in the county's zone."""
    return moment.astimezone(ZONE)
