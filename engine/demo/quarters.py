"""Which letters the demo has, always the same: the quarter of the seed, the quarter before it, the first days after.

How many letters each unit has in a quarter is data; those of the days after it are listed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Final

from engine import clock
from engine.demo.fates import Fate, draw_fate
from engine.demo.letters import DemoLetter, write_letter
from engine.demo.seed import read_table
from engine.demo.stories import Story, stories_of
from engine.demo.tempo import at_work
from engine.vocabulary import Channel

_SEED: Final = 2020
PREVIOUS_QUARTER: Final = (date(2019, 10, 1), date(2019, 12, 31))
QUARTER: Final = (date(2020, 1, 1), date(2020, 3, 31))
#: When the county closed its roads and opened the platform for the epidemic, and when most wrote.
_EPIDEMIC_BEGINS: Final = date(2020, 1, 23)
_EPIDEMIC_PEAK: Final = (date(2020, 2, 1), date(2020, 3, 10))
#: The county's standstill: few wrote about anything else.
_STANDSTILL: Final = (date(2020, 1, 23), date(2020, 2, 12))

#: The two letters the bulletin names: 交警大队 never accepted one, 城管局 accepted one and never answered.
_BREACHES: Final[Mapping[str, tuple[Fate, datetime]]] = {
    "D18": (Fate.NEVER_ACCEPTED, datetime(2020, 3, 23, 9, 26, tzinfo=clock.ZONE)),
    "D19": (Fate.NEVER_ANSWERED, datetime(2020, 3, 20, 10, 12, tzinfo=clock.ZONE)),
}
#: Ends without a unit's answer, and late answers: only the quarter before has them, for the seed knows of none.
_ENDINGS: Final = (
    *(Fate.DIRECT,) * 6,
    *(Fate.REJECTED,) * 3,
    *(Fate.TRANSFERRED,) * 2,
    *(Fate.SPAM,) * 2,
    *(Fate.WITHDRAWN,) * 2,
    Fate.CORRECTION_UNANSWERED,
    *(Fate.LATE_ACCEPTED,) * 2,
    *(Fate.LATE_ANSWERED,) * 2,
)
_REPETITIONS: Final = 3
#: What ends late needs time to do so before the year is over.
_ENDINGS_BEFORE: Final = date(2019, 12, 5)
#: Letters in which somebody speaks of ending their life; in the last it is only a manner of speaking.
_CRISES: Final = (Fate.CRISIS, Fate.CRISIS, Fate.CRISIS, Fate.FALSE_CRISIS)

_CHANNELS: Final = {Channel.CITY_PORTAL: 76, Channel.WEB: 16, Channel.PHONE: 5, Channel.VISIT: 3}
#: How many letters come in each hour of the day, from midnight.
_HOURS: Final = (1, 0, 0, 0, 0, 1, 2, 5, 12, 16, 15, 11, 6, 6, 8, 10, 10, 8, 6, 7, 8, 7, 5, 2)
_SATURDAY: Final = 5
_DAYS_TO_ANSWER: Final = 2


@cache
def demo_letters() -> tuple[DemoLetter, ...]:
    """Return all letters in order of receipt."""
    rng = Random(_SEED)  # noqa: S311 - the same letters every time
    drawn = [*_previous_quarter(rng), *_quarter(rng), *_days_after(rng)]
    drawn.sort(key=lambda letter: letter.received_at)
    numbers = {each.key: f"SY{each.received_at:%Y%m%d}{place:05d}" for place, each in enumerate(drawn, start=1)}
    return tuple(_with_numbers(each, numbers) for each in drawn)


def _with_numbers(letter: DemoLetter, numbers: Mapping[str, str]) -> DemoLetter:
    """Give a letter the city portal forwarded the portal's number."""
    if letter.letter.channel != Channel.CITY_PORTAL:
        return letter
    merges_into = numbers.get(letter.merges_into or "")
    return replace(letter, letter=replace(letter.letter, upstream_number=numbers[letter.key]), merges_into=merges_into)


def _previous_quarter(rng: Random) -> list[DemoLetter]:
    first, last = PREVIOUS_QUARTER
    letters: list[DemoLetter] = []
    for row in read_table("quarters.csv"):
        for _ in range(int(row["letters_2019q4"])):
            story, moment = _draw_matter(rng, row["unit"], first, last)
            channel = rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
            letters.append(_write(rng, f"before-{len(letters)}", row["unit"], story, moment, channel))
    early = [place for place, letter in enumerate(letters) if letter.received_at.date() < _ENDINGS_BEFORE]
    for place, fate in zip(rng.sample(early, len(_ENDINGS)), _ENDINGS, strict=True):
        letters[place] = replace(letters[place], fate=fate)
    return [*letters[:-_REPETITIONS], *_repetitions(rng, letters)]


def _repetitions(rng: Random, letters: Sequence[DemoLetter]) -> Iterator[DemoLetter]:
    """Yield, in place of the last letters, some that repeat an earlier one a few days later (重复件)."""
    forwarded = [
        letter
        for letter in letters[:-_REPETITIONS]
        if letter.letter.channel == Channel.CITY_PORTAL
        and letter.fate == Fate.PLAIN
        and letter.received_at.date() < _ENDINGS_BEFORE
    ]
    for repeated, place in zip(letters[-_REPETITIONS:], rng.sample(forwarded, _REPETITIONS), strict=True):
        later = place.received_at + timedelta(days=rng.randint(1, 4), minutes=rng.randint(1, 90))
        yield replace(place, key=repeated.key, received_at=later, fate=Fate.MERGED, merges_into=place.key)


def _quarter(rng: Random) -> list[DemoLetter]:
    first, last = QUARTER
    letters: list[DemoLetter] = []
    for row in read_table("quarters.csv"):
        about_epidemic = int(row["epidemic_2020q1"])
        for place in range(int(row["letters_2020q1"])):
            story, moment = _draw_matter(rng, row["unit"], first, last, epidemic=place < about_epidemic)
            letters.append(_write(rng, f"quarter-{len(letters)}", row["unit"], story, moment, Channel.CITY_PORTAL))
        if row["unit"] in _BREACHES:
            fate, received_at = _BREACHES[row["unit"]]
            letters[-1] = _write(
                rng, letters[-1].key, row["unit"], _complaint(row["unit"]), received_at, Channel.CITY_PORTAL, fate
            )
    return _with_crises(rng, letters)


def _complaint(unit: str) -> Story:
    """Return the first complaint that is ``unit``'s business: it has five working days to answer."""
    return next(story for story in stories_of(unit, epidemic=False) if story.type == "complaint")


def _with_crises(rng: Random, letters: list[DemoLetter]) -> list[DemoLetter]:
    closed = [
        place
        for place, letter in enumerate(letters)
        if letter.epidemic
        and letter.fate == Fate.PLAIN
        and letter.letter.type == "help"
        and letter.received_at.month == 2  # noqa: PLR2004 - February
    ]
    for place, fate in zip(rng.sample(closed, len(_CRISES)), _CRISES, strict=True):
        each = letters[place]
        letters[place] = write_letter(
            rng,
            key=each.key,
            unit=each.unit,
            story=each.story,
            received_at=each.received_at.replace(hour=rng.randint(9, 16)),
            channel=Channel.CITY_PORTAL,
            fate=fate,
        )
    return letters


def _days_after(rng: Random) -> Iterator[DemoLetter]:
    """Yield the letters of the first days of April, each left at the step its row names."""
    for place, row in enumerate(read_table("april.csv")):
        story = next(
            each for each in stories_of(row["unit"], epidemic=bool(row["epidemic"])) if each.type == row["type"]
        )
        letter = write_letter(
            rng,
            key=f"after-{place}",
            unit=row["unit"],
            story=story,
            received_at=datetime.fromisoformat(row["received"]).replace(tzinfo=clock.ZONE),
            channel=Channel(row["channel"]),
            fate=Fate(row["fate"]),
        )
        yield replace(letter, halt=row["halt"] or None)


def _write(
    rng: Random, key: str, unit: str, story: Story, moment: datetime, channel: Channel, fate: Fate | None = None
) -> DemoLetter:
    quarter = QUARTER if moment.date() >= QUARTER[0] else PREVIOUS_QUARTER
    fate = fate or draw_fate(rng, received=moment.date(), end=quarter[1])
    if channel in {Channel.PHONE, Channel.VISIT}:
        moment = at_work(moment, epidemic=False)
    return write_letter(rng, key=key, unit=unit, story=story, received_at=moment, channel=channel, fate=fate)


def _draw_matter(rng: Random, unit: str, first: date, last: date, *, epidemic: bool = False) -> tuple[Story, datetime]:
    """Draw a story for ``unit`` and when it is told; the last days stay free, so that all is answered by then."""
    until = last - timedelta(days=_DAYS_TO_ANSWER)
    told = [story for story in stories_of(unit, epidemic=epidemic) if any(_weights(story, first, until))]
    story = rng.choice(told)
    days = range((until - first).days + 1)
    day = first + timedelta(days=rng.choices(days, _weights(story, first, until))[0])
    hour = rng.choices(range(24), _HOURS)[0]
    return story, datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), clock.ZONE)


@cache
def _weights(story: Story, first: date, last: date) -> tuple[float, ...]:
    """Return how many letters of ``story`` come on each day, compared with the others."""
    return tuple(_weight(story, first + timedelta(days=offset)) for offset in range((last - first).days + 1))


def _weight(story: Story, day: date) -> float:
    if not story.told_on(day):
        return 0
    usual = 0.6 if day.weekday() >= _SATURDAY else 1.0
    if story.topic is None:
        return usual * (0.2 if _STANDSTILL[0] <= day <= _STANDSTILL[1] else 1)
    if day < _EPIDEMIC_BEGINS:
        return 0
    return 2 if _EPIDEMIC_PEAK[0] <= day <= _EPIDEMIC_PEAK[1] else 1
