"""Load the demo into a database: reference data, accounts, the shipped procedure, and every letter's life.

An edge: it opens its own units of work. A run that was interrupted goes on where it stopped, and one that was complete
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import clock
from engine.bpmn.bundle import load_directory
from engine.clock import ManualClock
from engine.db import unit_of_work
from engine.demo.quarters import demo_letters
from engine.demo.seed import PASSWORD, load_accounts, load_reference
from engine.demo.simulation import run_letter
from engine.errors import Conflict, Misconfigured, NotFound
from engine.models.people import Account
from engine.models.petition import Petition
from engine.rules.access import Principal
from engine.services import people, petitions, procedures
from engine.services.facts import demo_clock, get_fact, set_demo_clock, set_fact
from engine.settings import settings
from engine.vocabulary import Channel

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.demo.letters import DemoLetter

#: When the county set up the platform, and the moment of the bulletin's day at which the visitor comes in.
OPENED: Final = datetime(2019, 9, 30, 9, tzinfo=clock.ZONE)
TODAY: Final = datetime(2020, 4, 8, 9, tzinfo=clock.ZONE)

_ACCOUNTS: Final = (
    "intake1, dispatcher1, t01, t01head, reviewer1, final1, followup1, supervisor1, leader1, confidential1,"
    " editor1, auditor1 or admin1"
)
_FACT: Final = "demo_loaded"
#: Letters in one transaction: few enough to lose little, many enough not to wait for the disk.
_BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the database holds now; ``number`` and ``query_code`` open a citizen's letter that is still on its way."""

    letters: int
    loaded: int
    number: str
    query_code: str

    @property
    def message(self) -> str:
        """Tell a visitor what there is and how to get in."""
        told = (
            f"demo: {self.letters} letters, {self.loaded} of them just loaded; it is 2020-04-08 09:00 in the county.\n"
            f"Sign in as {_ACCOUNTS}; every password is {PASSWORD}."
        )
        if self.number:
            told += f"\nFollow a letter as a citizen: number {self.number}, query code {self.query_code}."
        return told


def load_demo(*, letters: int | None = None, progress: Callable[[int, int], None]) -> DemoSummary:
    """Load the demo, or what is missing of it; with ``letters`` only so many, from all over its time.

    ``progress`` is told after every few letters how many are done and how many there are.

    Raises:
        Misconfigured: this is production; everybody knows the demo's passwords.
        Conflict: the database holds letters of its own.

    """
    if settings().production:
        raise Misconfigured("The demo is not for production.", message_zh="生产环境不能装载演示数据。")
    manual = ManualClock(OPENED)
    with clock.use(manual):
        with unit_of_work() as session:
            done = _prepare(session)
            staff = _staff(session)
        chosen = _choose(letters)
        missing = [letter for letter in chosen if letter.key not in done["letters"]]
        for first in range(0, len(missing), _BATCH):
            progress(len(chosen) - len(missing) + first, len(chosen))
            with unit_of_work() as session:
                done = _run(session, missing[first : first + _BATCH], done, manual, staff)
        progress(len(chosen), len(chosen))
        with unit_of_work() as session:
            # A visitor may have been at work since: the demo's time never goes back.
            if demo_clock(session) is None:
                set_demo_clock(session, at=TODAY)
    return DemoSummary(len(done["letters"]), len(missing), done["number"], done["query_code"])


def _prepare(session: Session) -> Mapping[str, Any]:
    """Load what letters need, and return what an earlier run has done."""
    done = get_fact(session, name=_FACT)
    if done is not None:
        return done
    if session.scalar(sa.select(Petition.id).limit(1)) is not None:
        raise Conflict(
            "The database holds letters already; load the demo into an empty one.",
            message_zh="数据库中已有信件,请在空数据库中装载演示数据。",
        )
    load_reference(session)
    load_accounts(session)
    try:
        procedures.newest(session, key=petitions.PROCEDURE)
    except NotFound:
        files = load_directory(settings().workflows / petitions.PROCEDURE)
        procedures.publish(session, files=files, actor="editor1", note="demo")
    done = {"letters": [], "number": "", "query_code": ""}
    set_fact(session, name=_FACT, value=done)
    return done


def _staff(session: Session) -> dict[str, Principal]:
    return {account.username: people.principal_of(account) for account in session.scalars(sa.select(Account))}


def _choose(number: int | None) -> Sequence[DemoLetter]:
    """Return the letters to load: all, or ``number`` of them, evenly from all over their time."""
    every = demo_letters()
    if number is None or number >= len(every):
        return every
    chosen = [every[place * len(every) // number] for place in range(number)]
    numbers = {letter.letter.upstream_number for letter in chosen}
    return [letter for letter in chosen if letter.merges_into is None or letter.merges_into in numbers]


def _run(
    session: Session,
    letters: Sequence[DemoLetter],
    done: Mapping[str, Any],
    manual: ManualClock,
    staff: Mapping[str, Principal],
) -> Mapping[str, Any]:
    """Run some letters and keep, in the same transaction, that they are done."""
    number, query_code = done["number"], done["query_code"]
    for letter in letters:
        receipt = run_letter(session, letter=letter, clock=manual, until=TODAY, staff=staff)
        if letter.letter.channel == Channel.WEB and receipt.petition.closed_at is None:
            number, query_code = receipt.petition.number, receipt.query_code
        session.flush()
        session.expunge_all()
    known = [*done["letters"], *(letter.key for letter in letters)]
    done = {"letters": known, "number": number, "query_code": query_code}
    set_fact(session, name=_FACT, value=done)
    return done
