"""The matters people write about and the words to tell them with: data beside this module, read once.

Which letter tells which story, and when, is drawn in ``letters``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from engine.vocabulary import PetitionType

#: Stands for every town in a story's ``units``.
_ANY_TOWN: Final = "town"
EPIDEMIC: Final = "epidemic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One matter: its texts have gaps, and ``done`` is what the unit did about it."""

    category: str
    topic: str | None
    type: PetitionType
    units: tuple[str, ...]
    titles: tuple[str, ...]
    text: str
    done: str
    since: str = ""
    until: str = ""

    def concerns(self, unit: str) -> bool:
        """Tell whether the matter may be ``unit``'s business."""
        return unit in self.units or (unit.startswith("T") and _ANY_TOWN in self.units)

    def told_on(self, day: date) -> bool:
        """Tell whether people wrote about it on ``day``; a season (month and day) bounds it within the year."""
        today = f"{day:%m-%d}"
        return (not self.since or self.since <= today) and (not self.until or today <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How units answer in one category, beside what they did."""

    facts: tuple[str, ...]
    basis: tuple[str, ...]
    next_step: tuple[str, ...]


def read_texts(name: str) -> dict[str, Any]:
    """Return a TOML file of the demo's data."""
    return tomllib.loads((resources.files("engine.demo") / "data" / name).read_text(encoding="utf-8"))


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Return the words that fill gaps, by kind."""
    return {kind: tuple(choices) for kind, choices in read_texts("words.toml").items()}


@cache
def all_stories() -> tuple[Story, ...]:
    """Return every story, those of the epidemic first."""
    return tuple(
        Story(
            category=entry["category"],
            topic=topic,
            type=PetitionType(entry["type"]),
            units=tuple(entry["units"]),
            titles=tuple(entry["titles"]),
            text=entry["text"],
            done=entry["done"],
            since=entry.get("since", ""),
            until=entry.get("until", ""),
        )
        for name, topic in (("letters_epidemic.toml", EPIDEMIC), ("letters_standing.toml", None))
        for entry in read_texts(name)["story"]
    )


@cache
def stories_of(unit: str, *, epidemic: bool) -> tuple[Story, ...]:
    """Return the stories that may be ``unit``'s business, of the epidemic or of every season."""
    return tuple(story for story in all_stories() if story.concerns(unit) and (story.topic is not None) == epidemic)


@cache
def openings() -> Mapping[str, tuple[str, ...]]:
    """Return how answers begin and end, whatever the category."""
    return {part: tuple(choices) for part, choices in read_texts("replies.toml")["opening"].items()}


@cache
def answers_of(category: str) -> Answers:
    """Return how units answer in ``category``."""
    entry = read_texts("replies.toml")[category]
    return Answers(facts=tuple(entry["facts"]), basis=tuple(entry["basis"]), next_step=tuple(entry["next_step"]))


@cache
def remarks() -> Mapping[str, tuple[str, ...]]:
    """Return what officials and citizens write beside letters and answers, by the step at which they write it."""
    return {step: tuple(choices) for step, choices in read_texts("remarks.toml").items()}
