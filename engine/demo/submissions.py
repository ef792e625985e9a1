"""What people fill in: for every step of the procedure, the form of one letter as its fate would have it.

Nothing here knows when or by whom: that stands in ``desk``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from engine.demo.fates import Fate
from engine.demo.letters import DemoLetter
from engine.demo.replies import gaps, write_reply
from engine.demo.seed import demo_units
from engine.demo.stories import remarks, stories_of
from engine.vocabulary import PetitionType, Rung, Satisfaction

Submission = dict[str, Any]

_CLASSIFICATIONS: Final[Mapping[Fate, str]] = {
    Fate.URGENT: "urgent",
    Fate.DIRECT: "direct_reply",
    Fate.REJECTED: "reject",
    Fate.TRANSFERRED: "transfer",
    Fate.MERGED: "merge",
    Fate.SPAM: "spam",
    Fate.CORRECTED: "correction",
    Fate.CORRECTION_UNANSWERED: "correction",
}
_SUPERVISIONS: Final[Mapping[Rung, str]] = {
    Rung.WARNING: "urge",
    Rung.REMINDER: "urge",
    Rung.YELLOW_CARD: "interview",
    Rung.RED_CARD: "interview",
    Rung.SUPERVISION_LETTER: "letter",
}
_CHECKLIST: Final = ("has_facts", "has_basis", "has_action", "has_next", "no_private_data")
#: How many of a hundred say what when called back, if nothing else is to become of the letter.
_RATINGS: Final = {Satisfaction.SATISFIED: 62, Satisfaction.BASICALLY_SATISFIED: 22, Satisfaction.UNREACHABLE: 16}
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Work:
    """An open task as whoever does it sees it; ``rung`` of the ladder if it is a supervisor's."""

    id: str
    element: str
    role: str
    unit: str | None
    opened_at: datetime
    rung: Rung | None = None


class Author:
    """Fills in the forms of one letter; remembers how often each step was done."""

    def __init__(self, letter: DemoLetter, rng: Random, *, merge_target: str | None = None) -> None:
        """Take the letter and, if it repeats another one, that one's number."""
        self._letter = letter
        self._rng = rng
        self._merge_target = merge_target
        self._times: Counter[str] = Counter()
        self._detours = self._draw_detours()
        self._forms: dict[str, Callable[[Work, datetime], Submission]] = {
            "classify": self._classify,
            "forward": self._forward,
            "assign_leader": self._assign,
            "adjudicate": self._assign,
            "accept": self._accept,
            "review_return": self._review_return,
            "investigate": self._investigate,
            "extension_unit": self._extension_unit,
            "extension_centre": self._extension_centre,
            "assist": lambda work, at: {"opinion": self.say("assisted", work, at)},
            "sign_off": self._sign_off,
            "first_review": self._first_review,
            "final_review": self._final_review,
            "call_back": self._call_back,
            "redo_decision": self._redo_decision,
            "direct_reply": self._direct_reply,
            "supervise": self._supervise,
            "carry_out_instruction": lambda work, at: {"result": self.say("instruction_result", work, at)},
            "confirm_crisis": self._confirm_crisis,
            "crisis_care": lambda work, at: {
                "contacted": ["petitioner", "town"],
                "note": self.say("crisis_care", work, at),
            },
            "crisis_follow_up": lambda work, at: {"note": self.say("crisis_follow_up", work, at)},
        }

    def fill(self, work: Work, at: datetime) -> Submission:
        """Return what is filled in when ``work`` is done at ``at``; what stays empty is left out."""
        self._times[work.element] += 1
        filled = self._forms[work.element](work, at)
        return {name: value for name, value in filled.items() if value is not None and value != ""}

    def say(self, remark: str, work: Work, at: datetime, *, unit: str | None = None) -> str:
        """Return a remark with its gaps filled; ``{other}`` is the unit the letter should rather go to."""
        unit = unit or work.unit or self._letter.unit
        filling = gaps(self._letter, unit=unit, at=at) | {"other": _name(self._letter.unit)}
        return self._rng.choice(remarks()[remark]).format_map(filling)

    def count(self, element: str) -> int:
        """Return how often the step has been done."""
        return self._times[element]

    def first(self, element: str) -> bool:
        """Tell whether the step is being done for the first time."""
        return self._times[element] == 1

    def _draw_detours(self) -> list[str]:
        """Return the units that are wrongly given the letter before the one that answers it."""
        many = {Fate.RETURNED: 1, Fate.DISPUTED: 3}.get(self._letter.fate, 0)
        barred = {self._letter.unit, self._letter.letter.complained_unit}
        others = [unit.code for unit in demo_units() if unit.code not in barred]
        near = [code for code in others if any(self._shares(code, epidemic) for epidemic in (True, False))]
        return self._rng.sample(near if len(near) >= many else others, many)

    def _shares(self, unit: str, epidemic: bool) -> bool:  # noqa: FBT001 - private
        return any(story.category == self._letter.story.category for story in stories_of(unit, epidemic=epidemic))

    def _another(self) -> str:
        barred = {self._letter.unit, self._letter.letter.complained_unit}
        return self._rng.choice([unit.code for unit in demo_units() if unit.code not in barred])

    def _next_unit(self) -> str:
        return self._detours.pop(0) if self._detours else self._letter.unit

    def _classify(self, work: Work, at: datetime) -> Submission:
        letter = self._letter
        classification = _CLASSIFICATIONS.get(letter.fate, "forward")
        if classification == "correction" and not self.first("classify"):
            classification = "forward"
        filled = {
            "petition_type": letter.story.type,
            "category": letter.story.category,
            "topic": letter.story.topic,
            "classification": classification,
            "complained_unit": letter.letter.complained_unit,
        }
        if classification in {"correction", "reject", "merge", "transfer", "spam"}:
            filled["reason"] = self.say(classification, work, at)
        if classification == "merge":
            filled["target_number"] = self._merge_target
        if classification == "transfer":
            filled["transfer_to"] = self.say("transfer_to", work, at)
        return filled

    def _forward(self, work: Work, at: datetime) -> Submission:
        if self._letter.fate == Fate.REFERRED:
            return {"dispatching": "refer_leader", "opinion": self.say("refer_leader", work, at)}
        unit = self._next_unit()
        assisting = [self._another()] if self._letter.fate == Fate.ASSISTED else []
        remark = "forward_epidemic" if self._letter.epidemic else "forward"
        opinion = self.say(remark, work, at, unit=unit)
        return {"dispatching": "forward", "unit": unit, "assisting_units": assisting, "opinion": opinion}

    def _assign(self, work: Work, at: datetime) -> Submission:
        return {"unit": self._letter.unit, "assisting_units": [], "opinion": self.say("adjudicate", work, at)}

    def _accept(self, work: Work, at: datetime) -> Submission:
        refused = self._letter.fate == Fate.RETURN_REFUSED and self.first("accept")
        if work.unit == self._letter.unit and not refused:
            return {"acceptance": "accept", "opinion": self.say("accept", work, at)}
        return {
            "acceptance": "return",
            "return_reason": self.say("return_reason", work, at),
            "return_basis": self.say("return_basis", work, at),
        }

    def _review_return(self, work: Work, at: datetime) -> Submission:
        if self._letter.fate == Fate.RETURN_REFUSED:
            return {"return_decision": "reject", "opinion": self.say("return_rejected", work, at)}
        unit = self._next_unit()
        return {"return_decision": "reassign", "unit": unit, "opinion": self.say("reassign", work, at, unit=unit)}

    def _investigate(self, work: Work, at: datetime) -> Submission:
        fate = self._letter.fate
        if self.first("investigate"):
            if fate in {Fate.EXTENDED, Fate.EXTENSION_REFUSED}:
                days, reason = self._rng.randint(3, 5), self.say("extension", work, at)
                return {"handling": "extension", "extension_days": days, "extension_reason": reason}
            if fate == Fate.ASSISTANCE_ASKED:
                request = self.say("assist", work, at)
                return {"handling": "assist", "assisting_units": [self._another()], "assist_request": request}
            if fate == Fate.PAUSED:
                return {"handling": "pause", "pause_reason": self.say("pause", work, at)}
        flawed = fate == Fate.FIRST_REVIEW_RETURNED and self.first("investigate")
        reply = write_reply(self._rng, self._letter, unit=work.unit or self._letter.unit, at=at, flawed=flawed)
        return {"handling": "draft", **reply}

    def _extension_unit(self, work: Work, at: datetime) -> Submission:
        return {"extension_unit": "approve", "opinion": self.say("extension_yes", work, at)}

    def _extension_centre(self, work: Work, at: datetime) -> Submission:
        granted = self._letter.fate == Fate.EXTENDED
        remark = "extension_yes" if granted else "extension_no"
        return {"extension_centre": "approve" if granted else "reject", "opinion": self.say(remark, work, at)}

    def _sign_off(self, work: Work, at: datetime) -> Submission:
        if self._letter.fate == Fate.SIGN_OFF_RETURNED and self.first("sign_off"):
            return {"sign_off": "return", "opinion": self.say("sign_off_return", work, at)}
        return {"sign_off": "approve", "opinion": self.say("sign_off", work, at)}

    def _first_review(self, work: Work, at: datetime) -> Submission:
        if self._letter.fate == Fate.FIRST_REVIEW_RETURNED and self.first("first_review"):
            opinion = self.say("first_review_return", work, at)
            return {"checklist": list(_CHECKLIST[:3]), "first_review": "return", "opinion": opinion}
        return {"checklist": list(_CHECKLIST), "first_review": "pass", "opinion": self.say("first_review", work, at)}

    def _final_review(self, work: Work, at: datetime) -> Submission:
        if self._letter.fate == Fate.FINAL_REVIEW_RETURNED and self.first("final_review"):
            return {"final_review": "return", "opinion": self.say("final_review_return", work, at)}
        fit = self._letter.story.type != PetitionType.ACCUSATION and self._letter.fate != Fate.CRISIS
        return {"final_review": "pass", "publish": fit, "opinion": self.say("final_review", work, at)}

    def _call_back(self, work: Work, at: datetime) -> Submission:
        if not self._letter.letter.name:
            satisfaction = Satisfaction.UNREACHABLE
        elif self._letter.fate in {Fate.REDONE, Fate.EXPLAINED} and self.first("call_back"):
            satisfaction = Satisfaction.DISSATISFIED
        else:
            satisfaction = self._rng.choices(list(_RATINGS), list(_RATINGS.values()))[0]
        tries = _TRIES if satisfaction == Satisfaction.UNREACHABLE else 1
        return {"satisfaction": satisfaction, "tries": tries, "comment": self.say(satisfaction, work, at)}

    def _redo_decision(self, work: Work, at: datetime) -> Submission:
        decision = "redo" if self._letter.fate == Fate.REDONE else "explain"
        return {"redo_decision": decision, "opinion": self.say(decision, work, at)}

    def _direct_reply(self, work: Work, at: datetime) -> Submission:
        return {
            "facts": self.say("direct_reply", work, at),
            "contact": self.say("direct_reply_contact", work, at),
            "outcome": "explain",
            "public_text": self.say("direct_reply_public", work, at),
        }

    def _supervise(self, work: Work, at: datetime) -> Submission:
        rung = work.rung or Rung.SUPERVISION_LETTER
        return {"supervision": _SUPERVISIONS.get(rung, "interview"), "note": self.say(rung, work, at)}

    def _confirm_crisis(self, work: Work, at: datetime) -> Submission:
        crisis = "dismissed" if self._letter.fate == Fate.FALSE_CRISIS else "confirmed"
        return {"crisis": crisis, "note": self.say(f"crisis_{crisis}", work, at)}


def _name(code: str) -> str:
    return next(unit.name for unit in demo_units() if unit.code == code)
