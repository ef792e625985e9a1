"""Details that make two letters of one story differ: places, dates, amounts, and an invented citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from engine.demo.seed import DemoUnit, demo_units
from engine.demo.stories import words
from engine.vocabulary import UnitGroup

#: Kinds of words a gap of the same name (in the singular) is filled with.
_FROM_WORDS: Final = {
    "group": "groups",
    "road": "roads",
    "street": "streets",
    "community": "communities",
    "school": "schools",
    "city": "cities",
    "company": "companies",
    "relative": "relatives",
    "illness": "illnesses",
    "medicine": "medicines",
    "hospital": "hospitals",
    "goods": "goods",
    "crop": "crops",
    "grade": "grades",
}
#: Smallest and largest whole number for each gap.
_NUMBERS: Final = {
    "days": (3, 18),
    "count": (6, 40),
    "few": (2, 5),
    "hours": (2, 6),
    "weeks": (20, 36),
    "months": (2, 6),
    "price": (5, 15),
    "year": (1988, 2005),
}
_VILLAGES_OF_A_TOWN: Final = 8
#: The places a letter may name, the most exact first: where an answer says somebody went.
_PLACES: Final = ("{village}", "{community}", "{school}", "{street}", "{road}")


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody who writes; invented, the number among those no network gives out."""

    name: str
    phone: str
    address: str


def draw_citizen(rng: Random, details: Mapping[str, str]) -> Citizen:
    """Invent a citizen who lives where ``details`` say."""
    name = rng.choice(words()["surnames"]) + rng.choice(words()["given_names"])
    return Citizen(name, f"1300000{rng.randrange(10_000):04d}", "{town}{village}{group}".format_map(details))


def draw_town(rng: Random, unit: DemoUnit) -> DemoUnit:
    """Return the town a letter comes from: the unit in charge if it is one, any other otherwise."""
    towns = [each for each in demo_units() if each.group == UnitGroup.TOWN]
    return unit if unit.group == UnitGroup.TOWN else rng.choice(towns)


def draw_details(rng: Random, *, town: DemoUnit, received: date) -> dict[str, str]:
    """Return words for every gap a letter may have."""
    details = {gap: rng.choice(words()[kind]) for gap, kind in _FROM_WORDS.items()}
    details |= {gap: str(rng.randint(least, most)) for gap, (least, most) in _NUMBERS.items()}
    past, soon = received - timedelta(days=rng.randint(1, 6)), received + timedelta(days=rng.randint(2, 8))
    return details | {
        "town": town.name,
        "village": rng.choice(_villages(town)),
        "date": written_day(past),
        "soon": written_day(soon),
        "month": str((received.month - rng.randint(2, 6)) % 12 + 1),
        "amount": str(rng.randint(28, 480) * 100),
        "amount_small": str(rng.randint(20, 90) * 10),
    }


def place_of(text: str, details: Mapping[str, str]) -> str:
    """Return the place that a letter written from the template ``text`` is about: by default the writer's village."""
    named = next((gap for gap in _PLACES if gap in text), _PLACES[0])
    return named.format_map(details)


def _villages(town: DemoUnit) -> tuple[str, ...]:
    """Return the villages of a town, always the same ones."""
    known = words()["villages"]
    first = demo_units().index(town) * 5
    return tuple(known[(first + offset) % len(known)] for offset in range(_VILLAGES_OF_A_TOWN))


def written_day(day: date) -> str:
    """Return ``day`` as people write it."""
    return f"{day.month}月{day.day}日"
