from __future__ import annotations

import csv
import random
import string
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from engine.demo.fates import Fate
from engine.demo.letters import DemoLetter
from engine.demo.quarters import PREVIOUS_QUARTER, QUARTER, demo_letters
from engine.demo.replies import write_reply
from engine.demo.seed import read_table
from engine.demo.stories import all_stories, answers_of, remarks
from engine.rules.crisis import suggest_crisis
from engine.rules.masking import find_personal_numbers
from engine.rules.reply import ReplyParts, check_reply
from engine.vocabulary import Channel, PetitionType, Rung, Satisfaction

BULLETIN = Path(__file__).parents[1] / "data" / "bulletin-2020q1.csv"

LETTERS = demo_letters()


def received(period: tuple[date, date]) -> list[DemoLetter]:
    return [letter for letter in LETTERS if period[0] <= letter.received_at.date() <= period[1]]


def test_another_program_draws_the_same_letters() -> None:
    ask = "from engine.demo.quarters import demo_letters; print(hash_of(demo_letters()))"
    define = "import hashlib\ndef hash_of(letters): return hashlib.sha256(repr(letters).encode()).hexdigest()\n"
    answers = {subprocess.check_output([sys.executable, "-c", define + ask], text=True) for _ in range(2)}

    assert len(answers) == 1


def test_the_quarter_has_the_bulletins_letters_unit_by_unit() -> None:
    names = {row["code"]: row["name"] for row in read_table("units.csv")}
    with BULLETIN.open(encoding="utf-8") as file:
        printed = {row["unit"]: int(row["letters"]) for row in csv.DictReader(file)}

    assert Counter(names[letter.unit] for letter in received(QUARTER)) == printed
    assert sum(letter.epidemic for letter in received(QUARTER)) == 387


def test_the_quarter_before_has_fewer_than_half() -> None:
    before = received(PREVIOUS_QUARTER)

    assert 0 < 2 * len(before) < len(received(QUARTER))
    assert not any(letter.epidemic for letter in before)


def test_letters_of_the_epidemic_begin_with_the_closing_of_the_roads() -> None:
    days = [letter.received_at.date() for letter in LETTERS if letter.epidemic]

    assert date(2020, 1, 23) <= min(days) <= date(2020, 1, 26)


def test_all_letters_of_the_quarter_came_through_the_city_portal_with_a_number() -> None:
    quarter = received(QUARTER)
    numbers = [letter.letter.upstream_number for letter in LETTERS if letter.letter.upstream_number]

    assert {letter.letter.channel for letter in quarter} == {Channel.CITY_PORTAL}
    assert all(letter.letter.upstream_number for letter in quarter)
    assert len(numbers) == len(set(numbers))


def test_letters_are_in_order_of_receipt_and_no_two_read_the_same() -> None:
    times = [letter.received_at for letter in LETTERS]
    texts = Counter(letter.letter.content for letter in LETTERS if letter.fate != Fate.MERGED)

    assert times == sorted(times)
    assert [text for text, times in texts.items() if times > 1] == []
    assert len({letter.key for letter in LETTERS}) == len(LETTERS)


def test_every_unit_gets_only_what_is_its_business() -> None:
    assert [letter.key for letter in LETTERS if not letter.story.concerns(letter.unit)] == []


def test_every_category_and_type_of_letter_comes_up() -> None:
    assert {letter.story.category for letter in LETTERS} == {row["code"] for row in read_table("categories.csv")}
    assert {letter.story.type for letter in LETTERS} == set(PetitionType)


def test_accusations_name_a_unit_that_does_not_deal_with_them() -> None:
    accusations = [letter for letter in LETTERS if letter.story.type == PetitionType.ACCUSATION]

    assert all(letter.letter.complained_unit not in {None, letter.unit} for letter in accusations)


def test_no_gap_is_left_open() -> None:
    gaps = string.Formatter()
    told = [text for letter in LETTERS for text in (letter.letter.title, letter.letter.content, letter.letter.address)]

    assert not [text for text in told if any(name for _, name, _, _ in gaps.parse(text))]


def test_people_and_telephones_are_invented() -> None:
    phones = {letter.letter.phone for letter in LETTERS} - {""}
    written = [number for letter in LETTERS for number in find_personal_numbers(letter.letter.content)]

    assert all(phone.startswith("1300000") and len(phone) == 11 for phone in phones)
    assert written == []


def test_only_the_letters_meant_to_sound_like_a_crisis_do() -> None:
    alarming = {letter.key for letter in LETTERS if suggest_crisis(f"{letter.letter.title}\n{letter.letter.content}")}
    meant = {letter.key for letter in LETTERS if letter.fate in {Fate.CRISIS, Fate.FALSE_CRISIS}}

    assert alarming == meant
    assert len(meant) == 5


def test_no_letter_of_the_quarter_ends_without_a_units_answer() -> None:
    without = {
        Fate.DIRECT,
        Fate.REJECTED,
        Fate.TRANSFERRED,
        Fate.MERGED,
        Fate.SPAM,
        Fate.WITHDRAWN,
        Fate.CORRECTION_UNANSWERED,
    }

    assert {letter.fate for letter in LETTERS} == set(Fate)
    assert not without & {letter.fate for letter in received(QUARTER)}


def test_every_category_has_answers_and_every_step_has_words() -> None:
    assert all(answers_of(story.category).facts for story in all_stories())
    assert all(remarks()[kind] for kind in (*Rung, *Satisfaction))


def test_answers_keep_the_reply_rules() -> None:
    rng = random.Random(7)  # noqa: S311
    for letter in LETTERS[::15]:
        reply = write_reply(rng, letter, unit=letter.unit, at=letter.received_at)
        person = {"petitioner_name": letter.letter.name, "petitioner_phone": letter.letter.phone}
        warnings = check_reply(ReplyParts(**reply, **person))
        assert [warning.message_zh for warning in warnings] == []


def test_a_flawed_answer_promises_without_a_date() -> None:
    letter = LETTERS[0]
    reply = write_reply(random.Random(7), letter, unit=letter.unit, at=letter.received_at, flawed=True)  # noqa: S311

    assert {warning.code for warning in check_reply(ReplyParts(**reply))} == {"empty_promise"}
