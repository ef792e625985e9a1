"""Exchange with the city portal (市平台转入): take in the letters it forwards, from the file it exports.

A letter is known by the portal's own number: importing it again changes nothing. Our clocks start when we receive the
letter, that is now; when it reached the portal and by when the portal wants an answer is kept as a note on the case,
because neither starts a limit of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine import clock
from engine.db import unit_of_work
from engine.errors import InvalidInput
from engine.models.petition import Category, Note, Petition, Topic
from engine.rules.full_width import narrow
from engine.services.exchange_columns import HEADINGS, Row, RowError, read_letters
from engine.services.petitions import Letter, submit_petition
from engine.vocabulary import Channel, PetitionType

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_TYPES: Final[Mapping[str, PetitionType]] = {
    "咨询": PetitionType.CONSULTATION,
    "求助": PetitionType.HELP,
    "求决": PetitionType.HELP,
    "投诉": PetitionType.COMPLAINT,
    "建议": PetitionType.SUGGESTION,
    "意见建议": PetitionType.SUGGESTION,
    "举报": PetitionType.ACCUSATION,
    "感谢": PetitionType.THANKS,
    "表扬": PetitionType.THANKS,
}
_ANONYMOUS: Final = frozenset({"", "匿名", "匿名网友", "网友"})
_LONGEST: Final = {"number": 64, "name": 64, "phone": 32, "address": 200}
_DATE: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})秒?)?)?"
)


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UNCHANGED = "unchanged"


@dataclass
class ImportReport:
    """What became of a file: letters taken in, letters we had already, rows refused."""

    created: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_file(path: Path, *, actor: str) -> ImportReport:
    """Import the letters of an export; good rows are kept, bad ones named.

    The whole file is read before the first letter is taken in. Then every row is a transaction of its own, opened
    here: a file of thousands must not keep citizens from submitting until its last row.

    Raises:
        InvalidInput: the file is no such table; nothing was changed.

    """
    report = ImportReport()
    lines: dict[str, int] = {}
    for row in read_letters(path):
        if isinstance(row, RowError):
            report.errors.append(row)
            continue
        try:
            _refuse_repetition(row, lines)
            outcome = _import_alone(row, actor)
        except InvalidInput as error:
            report.errors += _row_errors(row, error)
            continue
        report.created += outcome == Outcome.CREATED
        report.unchanged += outcome == Outcome.UNCHANGED
    return report


def _refuse_repetition(row: Row, lines: dict[str, int]) -> None:
    first = lines.setdefault(row.number, row.line)
    if row.number and first != row.line:
        raise _refused("number", f"The same number stands in line {first}.", f"编号与第 {first} 行重复。")


def _import_alone(row: Row, actor: str) -> Outcome:
    try:
        with unit_of_work() as session:
            return import_row(session, row=row, actor=actor)
    except IntegrityError:
        # Somebody else took in the same letter at the same moment; by now it is there to be found.
        with unit_of_work() as session:
            return import_row(session, row=row, actor=actor)


def _row_errors(row: Row, error: InvalidInput) -> list[RowError]:
    found = error.fields.get("errors")
    messages = found if isinstance(found, dict) else {"": error.message_zh}
    return [RowError(row.line, str(name), str(zh), error.message_en) for name, zh in messages.items()]


def import_row(session: Session, *, row: Row, actor: str) -> Outcome:
    """Take in one letter, unless it is here already.

    Raises:
        InvalidInput: the row does not make a letter, or differs from the letter we have under its number.

    """
    letter = _letter(session, row)
    known = session.scalars(sa.select(Petition).where(Petition.upstream_number == row.number)).first()
    if known is not None:
        if (known.title, known.content) != (letter.title, letter.content):
            zh = "该编号已导入,但标题或内容与已有信件不同;未作改动,请核对。"
            raise _refused("number", "A letter of this number is here already, with another title or content.", zh)
        return Outcome.UNCHANGED
    told = _told_upstream(row)
    petition = submit_petition(session, letter=letter, actor=actor).petition
    if told:
        session.add(Note(petition_id=petition.id, kind="upstream", text=told, author=actor, at=clock.now()))
    return Outcome.CREATED


def _letter(session: Session, row: Row) -> Letter:
    for column, longest in _LONGEST.items():
        if len(row.text(column)) > longest:
            zh = f"“{HEADINGS[column][0]}”最多 {longest} 个字。"
            raise _refused(column, f"At most {longest} characters.", zh)
    if not row.number:
        raise _refused("number", "The city portal's number is missing.", "缺少编号。")
    name = row.text("name")
    return Letter(
        title=row.text("title"),
        content=row.text("content"),
        type=_type(row.text("type")),
        channel=Channel.CITY_PORTAL,
        name="" if name in _ANONYMOUS else name,
        phone=narrow(row.text("phone")),
        address=row.text("address"),
        category=_code(session, Category, row, "category"),
        topic=_code(session, Topic, row, "topic"),
        upstream_number=row.number,
    )


def _type(text: str) -> PetitionType:
    found = _TYPES.get(text.removesuffix("类")) or next((kind for kind in PetitionType if kind == text), None)
    if found is None:
        zh = f"不认识的类型“{text}”,应为咨询、求助、投诉、建议、举报或感谢。" if text else "缺少类型。"
        raise _refused("type", f"{text!r} is not a type of letter.", zh)
    return found


def _code(session: Session, model: type[Category | Topic], row: Row, column: str) -> str | None:
    text = row.text(column)
    if not text:
        return None
    found = session.scalars(sa.select(model.code).where(sa.or_(model.code == text, model.name == text))).first()
    if found is None:
        heading = HEADINGS[column][0]
        raise _refused(column, f"There is no {column} {text!r}.", f"没有名为“{text}”的{heading},请改正或留空。")
    return found


def _told_upstream(row: Row) -> str:
    """Return in one line when the letter reached the portal and by when the portal wants an answer."""
    received, due = (_moment(row, column) for column in ("received", "due"))
    if received is not None and received > clock.now():
        raise _refused(
            "received", "The letter cannot have been received in the future.", "来信时间晚于当前时间,请核对。"
        )
    told = (("市平台来信时间", received), ("市平台要求办结时间", due))
    return ";".join(f"{label}:{clock.local(moment):%Y-%m-%d %H:%M}" for label, moment in told if moment is not None)


def _moment(row: Row, column: str) -> datetime | None:
    cell = row.cells.get(column, "")
    if isinstance(cell, datetime):
        return cell if cell.tzinfo is not None else cell.replace(tzinfo=clock.ZONE)
    if not cell:
        return None
    match = _DATE.fullmatch(narrow(cell))
    text = "{:0>4}-{:0>2}-{:0>2}T{:0>2}:{:0>2}:{:0>2}".format(*match.groups("0")) if match else cell
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        zh = f"“{cell}”不是有效的时间,应如 2020-02-03 10:12。"
        raise _refused(column, f"{cell!r} is not a time; write it as 2020-02-03 10:12.", zh) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=clock.ZONE)


def _refused(column: str, english: str, chinese: str) -> InvalidInput:
    return InvalidInput(english, message_zh=chinese, errors={column: chinese})


__all__ = ["ImportReport", "Outcome", "Row", "RowError", "import_file", "import_row", "read_letters"]
