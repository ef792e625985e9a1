"""A letter of the demo: who wrote what when, and what is to become of it.

Which letters there are stands in ``quarters``, what people do with one in ``desk``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from engine.demo.details import draw_citizen, draw_details, draw_town
from engine.demo.fates import Fate
from engine.demo.seed import demo_units
from engine.demo.stories import Story, remarks, words
from engine.services.petitions import Letter
from engine.vocabulary import Channel, PetitionType

#: How many of a hundred people want their letter published, and prefer not to say who they are.
_WANT_PUBLIC: Final = 70
_ANONYMOUS: Final = 4


@dataclass(frozen=True, kw_only=True)
class DemoLetter:
    """A letter and its fate: ``unit`` answers it in the end, ``halt`` is the step at which it waits for the visitor.

    ``key`` names it before it has a number; ``merges_into`` is the city portal's number of the letter it repeats.
    """

    key: str
    received_at: datetime
    letter: Letter
    unit: str
    story: Story
    details: Mapping[str, str]
    fate: Fate
    halt: str | None = None
    merges_into: str | None = None

    @property
    def epidemic(self) -> bool:
        """Tell whether the letter belongs to the epidemic's topic."""
        return self.story.topic is not None


def write_letter(
    rng: Random, *, key: str, unit: str, story: Story, received_at: datetime, channel: Channel, fate: Fate
) -> DemoLetter:
    """Write a letter of ``story`` to be dealt with by ``unit``."""
    town = draw_town(rng, next(each for each in demo_units() if each.code == unit))
    details = draw_details(rng, town=town, received=received_at.date())
    citizen = draw_citizen(rng, details)
    named = rng.randrange(100) >= _ANONYMOUS
    letter = Letter(
        title=rng.choice(story.titles).format_map(details),
        content=_content(rng, story.text, fate).format_map(details),
        type=story.type,
        channel=channel,
        name=citizen.name if named else "",
        phone=citizen.phone if named else "",
        address=citizen.address if named else "",
        topic=story.topic,
        complained_unit=town.code if story.type == PetitionType.ACCUSATION else None,
        wants_public=rng.randrange(100) < _WANT_PUBLIC,
    )
    return DemoLetter(
        key=key, received_at=received_at, letter=letter, unit=unit, story=story, details=details, fate=fate
    )


def _content(rng: Random, text: str, fate: Fate) -> str:
    if fate in {Fate.CRISIS, Fate.FALSE_CRISIS}:
        text += rng.choice(remarks()["crisis_letter"])
    return rng.choice(words()["greetings"]) + text + rng.choice(words()["closings"])
