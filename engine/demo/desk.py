"""Who does a letter's open tasks, and when; and what the citizen and the leader say in between.

What they fill in stands in ``submissions``, how long they take in ``tempo``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from engine.demo.fates import Fate
from engine.demo.letters import DemoLetter
from engine.demo.submissions import Author, Submission, Work
from engine.demo.tempo import at_work, minutes_for
from engine.vocabulary import Channel, Role, Rung, Satisfaction

_ACCOUNTS: Final[Mapping[str, str]] = {
    Role.DISPATCHER: "dispatcher1",
    Role.REVIEWER: "reviewer1",
    Role.FINAL_REVIEWER: "final1",
    Role.FOLLOW_UP: "followup1",
    Role.SUPERVISOR: "supervisor1",
    Role.LEADER: "leader1",
}
#: The step a letter halts at when it is the citizen's turn.
ANSWER: Final = "answer"

_PROMPT: Final = frozenset({Fate.URGENT, Fate.CRISIS})
_AT_ANY_HOUR: Final = frozenset({"confirm_crisis", "crisis_care"})
_NOBODY_DOES: Final = frozenset({(Fate.NEVER_ACCEPTED, "accept"), (Fate.NEVER_ANSWERED, "investigate")})
#: Rungs that still wait for the supervisor on the letters nobody answers.
_UNANSWERED_RUNGS: Final = frozenset({Rung.SUPERVISION_LETTER, Rung.CIRCULAR})
#: Hours that a step takes, instead of minutes, on some paths: the first time, and again.
_HOURS: Final[Mapping[tuple[Fate, str], tuple[tuple[int, int], tuple[int, int]]]] = {
    (Fate.SLOW, "investigate"): ((24, 38), (1, 3)),
    (Fate.EXTENDED, "investigate"): ((18, 28), (44, 50)),
    (Fate.EXTENSION_REFUSED, "investigate"): ((18, 28), (1, 3)),
    (Fate.LATE_ACCEPTED, "accept"): ((90, 130), (1, 3)),
    (Fate.LATE_ANSWERED, "investigate"): ((230, 260), (1, 3)),
}
_RATE_THEMSELVES: Final = 45


class Saying(StrEnum):
    """Something said on a case without a task."""

    SUPPLEMENT = "supplement"
    WITHDRAWAL = "withdrawal"
    INSTRUCTION = "instruction"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Completion:
    """Somebody completes a task."""

    at: datetime
    task: str
    username: str
    submission: Submission


@dataclass(frozen=True, slots=True)
class Remark:
    """Somebody says something; ``satisfaction`` if it is a rating."""

    at: datetime
    saying: Saying
    text: str
    satisfaction: Satisfaction | None = None


class Desk:
    """Everybody who has to do with one letter."""

    def __init__(self, letter: DemoLetter, *, merge_target: str | None = None) -> None:
        """Take a letter on; the same letter is always dealt with in the same way."""
        self._letter = letter
        self._rng = Random(letter.key)  # noqa: S311 - the same every time
        self._author = Author(letter, self._rng, merge_target=merge_target)
        self._intake = self._rng.choice(("intake1", "intake2"))

    def plan(self, work: Work) -> Iterator[Completion | Remark]:
        """Yield what will happen because ``work`` is open now."""
        if not self._is_done(work):
            return
        at = self._when(work)
        submission = self._author.fill(work, at)
        yield Completion(at, work.id, self._who(work), submission)
        yield from self._remarks(work, at)

    def _is_done(self, work: Work) -> bool:
        letter = self._letter
        if work.element == letter.halt or (letter.fate, work.element) in _NOBODY_DOES:
            return False
        hopeless = letter.fate in {Fate.NEVER_ACCEPTED, Fate.NEVER_ANSWERED}
        return not (hopeless and work.rung in _UNANSWERED_RUNGS)

    def _who(self, work: Work) -> str:
        if work.unit is not None:
            return work.unit.lower() + ("head" if work.role == Role.UNIT_HEAD else "")
        return self._intake if work.role == Role.INTAKE else _ACCOUNTS[work.role]

    def _when(self, work: Work) -> datetime:
        letter, rng = self._letter, self._rng
        hours = _HOURS.get((letter.fate, work.element))
        if hours is not None:
            least, most = hours[0 if self._author.count(work.element) == 0 else 1]
            takes = timedelta(minutes=rng.randint(least * 60, most * 60))
        else:
            takes = minutes_for(rng, work.element)
        forwarded = work.unit is not None
        if work.element in _AT_ANY_HOUR or (letter.fate in _PROMPT and forwarded):
            return work.opened_at + takes
        begin = at_work(work.opened_at, epidemic=letter.epidemic)
        return at_work(begin + takes, epidemic=letter.epidemic)

    def _remarks(self, work: Work, at: datetime) -> Iterator[Remark]:
        """Yield what others say about the step: soon after it begins, or some time after it is done."""
        fate, soon = self._letter.fate, work.opened_at + timedelta(minutes=self._rng.randint(5, 25))
        first = self._author.first(work.element)
        if work.element == "investigate" and first:
            if fate == Fate.SUPPLEMENTED:
                yield self._remark(soon, Saying.SUPPLEMENT, "supplement", work)
            elif fate == Fate.INSTRUCTED:
                yield self._remark(soon, Saying.INSTRUCTION, "instruction", work)
            elif fate == Fate.WITHDRAWN:
                yield self._remark(soon, Saying.WITHDRAWAL, "withdrawal", work)
        asked = (fate, work.element) in {(Fate.PAUSED, "investigate"), (Fate.CORRECTED, "classify")}
        if asked and first and self._letter.halt != ANSWER:
            later = at + timedelta(minutes=self._rng.randint(180, 2000))
            yield self._remark(later, Saying.SUPPLEMENT, "corrected", work)
        online = self._letter.letter.channel == Channel.WEB and fate not in {Fate.REDONE, Fate.EXPLAINED}
        if work.element == "call_back" and online and self._rng.randrange(100) < _RATE_THEMSELVES:
            yield self._rating(soon, work)

    def _remark(self, at: datetime, saying: Saying, remark: str, work: Work) -> Remark:
        return Remark(at, saying, self._author.say(remark, work, at))

    def _rating(self, at: datetime, work: Work) -> Remark:
        satisfaction = self._rng.choice((Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED))
        return Remark(at, Saying.RATING, self._author.say(satisfaction, work, at), satisfaction)
