"""What units answer: the four elements of a reply, its public text and its contact, out of the letter's own details."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Final

from engine import clock
from engine.demo.details import place_of, written_day
from engine.demo.letters import DemoLetter
from engine.demo.seed import demo_units
from engine.demo.stories import answers_of, openings, words
from engine.vocabulary import PetitionType

#: Outcomes of a reply for a hundred letters of each type.
_OUTCOMES: Final[Mapping[PetitionType, tuple[int, int, int]]] = {
    PetitionType.CONSULTATION: (30, 70, 0),
    PetitionType.HELP: (80, 18, 2),
    PetitionType.COMPLAINT: (70, 26, 4),
    PetitionType.SUGGESTION: (75, 25, 0),
    PetitionType.ACCUSATION: (80, 20, 0),
    PetitionType.THANKS: (100, 0, 0),
}


def gaps(letter: DemoLetter, *, unit: str, at: datetime) -> dict[str, str]:
    """Return the words for what officials write on ``letter`` at ``at``: its own details and those of the unit."""
    place = next(index for index, each in enumerate(demo_units()) if each.code == unit)
    return {
        **letter.details,
        "unit": demo_units()[place].name,
        "visit": written_day(clock.local(at)),
        "place": place_of(letter.story.text, letter.details),
        "title": letter.letter.title,
        "contact": f"0719-55500{place + 1:02d}",
    }


def write_reply(rng: Random, letter: DemoLetter, *, unit: str, at: datetime, flawed: bool = False) -> dict[str, str]:
    """Return the fields of a reply by ``unit``; a ``flawed`` one promises without a date."""
    words_of = gaps(letter, unit=unit, at=at)
    answers, opening = answers_of(letter.story.category), openings()
    words_of["officer"] = opening["officer"][0].format(surname=rng.choice(words()["surnames"]))
    support, explain, _refuse = _OUTCOMES[letter.story.type]
    drawn = rng.randrange(100)
    outcome = "support" if drawn < support else "explain" if drawn < support + explain else "not_supported"
    facts = (rng.choice(opening["facts"]) + rng.choice(answers.facts)).format_map(words_of)
    action = letter.story.done.format_map(words_of)
    next_step = rng.choice(opening["promise"] if flawed else answers.next_step).format_map(words_of)
    if outcome == "not_supported":
        next_step += rng.choice(opening["remedy"])
    beginning, end = (rng.choice(opening[part]).format_map(words_of) for part in ("public", "closing"))
    return {
        "facts": facts,
        "basis": rng.choice(answers.basis),
        "action": action,
        "next_step": next_step,
        "contact": f"{words_of['unit']} {words_of['officer']} {words_of['contact']}",
        "outcome": outcome,
        "public_text": f"{beginning}{facts}{action}{next_step}{end}",
    }
