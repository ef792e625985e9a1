"""Petitions from the citizen's side: submit, follow by number and query code, supplement, answer, withdraw, rate."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine import clock
from engine.errors import Conflict, InvalidInput, NotFound
from engine.models.people import Petitioner, Unit
from engine.models.petition import Category, Note, NumberSeries, Petition, Rating, Topic
from engine.rules.crisis import suggest_crisis
from engine.rules.numbers import format_number, new_query_code, normalize_query_code
from engine.services import procedures, processes
from engine.services.commands import SYSTEM
from engine.settings import settings
from engine.vocabulary import Channel, PetitionType, Satisfaction, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

PROCEDURE = "petition"
#: Who acts when the citizen does.
CITIZEN = "citizen"
_LONGEST: Final = {"title": 200, "content": 10_000, "name": 64, "phone": 32, "address": 200}
_REQUIRED: Final = {"title": "请填写标题。", "content": "请填写来信内容。"}
#: Messages whose text no effect of the diagram keeps, because the flow goes straight on to a task.
_KEPT_HERE = frozenset({"correction", "crisis"})


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a citizen or the city portal hands in; ``name`` empty means anonymous."""

    title: str
    content: str
    type: PetitionType
    channel: Channel = Channel.WEB
    name: str = ""
    phone: str = ""
    address: str = ""
    category: str | None = None
    topic: str | None = None
    complained_unit: str | None = None
    wants_public: bool = False
    upstream_number: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps: the number and the query code, shown once."""

    petition: Petition
    query_code: str


def submit_petition(
    session: Session, *, letter: Letter, actor: str = CITIZEN, choose: Callable[[str], str] = secrets.choice
) -> Receipt:
    """Take a letter in, start its case, and return the receipt.

    Raises:
        InvalidInput: a field names something that does not exist, or is missing.

    """
    _check(session, letter)
    petition, query_code = _keep(session, letter, choose)
    started = processes.start_instance(
        session,
        deployment=procedures.newest(session, key=PROCEDURE),
        business_key=str(petition.id),
        variables=_variables(petition),
        actor=actor,
    )
    petition.instance_id = started.instance_id
    session.flush()
    _look_for_crisis(session, petition, f"{petition.title}\n{petition.content}")
    return Receipt(petition, query_code)


def _look_for_crisis(session: Session, petition: Petition, text: str) -> None:
    """Put words of despair before a person, who decides (危机干预)."""
    phrases = suggest_crisis(text)
    if phrases:
        report_crisis(session, petition=petition, text="系统提示（待人工确认）：" + "、".join(phrases), actor=SYSTEM)


def _keep(session: Session, letter: Letter, choose: Callable[[str], str]) -> tuple[Petition, str]:
    """Insert the letter under the next number; return it and its query code."""
    now = clock.now()
    number = _next_number(session, clock.local(now).date())
    query_code = new_query_code(choose)
    petition = Petition(
        number=number,
        query_code_hash=_code_hash(number, query_code),
        upstream_number=letter.upstream_number,
        channel=letter.channel,
        title=letter.title.strip(),
        content=letter.content.strip(),
        type=letter.type,
        category_code=letter.category,
        topic_code=letter.topic,
        complained_unit_code=letter.complained_unit,
        wants_public=letter.wants_public,
        received_at=now,
    )
    name = letter.name.strip()
    if name:
        petition.petitioner = Petitioner(name=name, phone=letter.phone.strip(), address=letter.address.strip())
    session.add(petition)
    session.flush()
    return petition, query_code


def _variables(petition: Petition) -> dict[str, Any]:
    return {
        "petition_id": petition.id,
        "petition_type": petition.type,
        "category": petition.category_code,
        "topic": petition.topic_code,
        "channel": petition.channel,
        "urgent": False,
        "multi_unit": False,
        "assisting_units": [],
        "return_count": 0,
        "extension_count": 0,
        "redo_count": 0,
    }


def _check(session: Session, letter: Letter) -> None:
    errors: dict[str, str] = {}
    for field in _LONGEST:
        complaint = _complaint(field, str(getattr(letter, field)))
        if complaint is not None:
            errors[field] = complaint
    if letter.name.strip() and not letter.phone.strip():
        errors["phone"] = "请填写联系电话，便于承办单位与您联系；如需匿名，请将姓名和电话都留空。"
    for field, model, code in (
        ("category", Category, letter.category),
        ("topic", Topic, letter.topic),
        ("complained_unit", Unit, letter.complained_unit),
    ):
        if code and session.get(model, code) is None:
            errors[field] = f"没有这一项:{code}。"
    if errors:
        raise InvalidInput("Some fields need attention.", message_zh="请检查标出的各项。", errors=errors)


def _complaint(field: str, text: str) -> str | None:
    if field in _REQUIRED and not text.strip():
        return _REQUIRED[field]
    if len(text) > _LONGEST[field]:
        return f"最多 {_LONGEST[field]} 个字。"
    return None if _is_storable(text) else "含有不能识别的字符，请删去后重试。"


def _is_storable(text: str) -> bool:
    """Tell whether a database takes the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _next_number(session: Session, day: date) -> str:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(NumberSeries).values(day=day, last=1)
    statement = statement.on_conflict_do_update(index_elements=["day"], set_={"last": NumberSeries.last + 1})
    return format_number(day, session.scalars(statement.returning(NumberSeries.last)).one())


def _code_hash(number: str, query_code: str) -> str:
    key = settings().secret_key.encode()
    return hmac.new(key, f"{number}:{normalize_query_code(query_code)}".encode(), hashlib.sha256).hexdigest()


def track_petition(session: Session, *, number: str, query_code: str) -> Petition:
    """Return the petition of a citizen who knows its number and query code.

    Raises:
        NotFound: they do not go together; which of the two is wrong is not told.

    """
    number = number.strip().upper()
    petition = session.scalars(sa.select(Petition).where(Petition.number == number)).first()
    known = petition.query_code_hash if petition is not None else ""
    if petition is None or not hmac.compare_digest(known, _code_hash(number, query_code)):
        raise NotFound("Number and query code do not match.", message_zh="编号或查询码不正确，请核对受理回执。")
    return petition


def supplement_petition(session: Session, *, petition: Petition, text: str) -> None:
    """Add to a letter: the answer to a requested correction (补正) when one is awaited, else a supplement (群众补充).

    Raises:
        InvalidInput: the text is empty.
        Conflict: the case has ended.

    """
    if not text.strip():
        zh = "请填写补充内容。"
        raise InvalidInput("Write what you want to add.", message_zh=zh, errors={"text": zh})
    if petition.stage == Stage.CORRECTION:
        _tell(session, petition, "correction", text)
        if petition.stage == Stage.CORRECTION:
            # A unit's pause ends by an effect that says where the case stands; before classification there is none.
            petition.stage = Stage.RECEIVED
    else:
        _tell(session, petition, "supplement", text)
    _look_for_crisis(session, petition, text)


def withdraw_petition(session: Session, *, petition: Petition, text: str = "") -> None:
    """Withdraw a letter; possible until it is answered.

    Raises:
        Conflict: it is too late.

    """
    if petition.redo_count:
        raise Conflict("The case has been answered before.", message_zh="该件已经答复，不能撤回。")
    _tell(session, petition, "withdrawal", text)


def instruct(session: Session, *, petition: Petition, text: str, actor: str) -> None:
    """Write a leader's instruction (批示) on a case.

    Raises:
        InvalidInput: the text is empty.
        Conflict: the case has ended.

    """
    if not text.strip():
        zh = "请填写批示内容。"
        raise InvalidInput("Write the instruction.", message_zh=zh, errors={"text": zh})
    _tell(session, petition, "instruction", text, actor=actor)


def report_crisis(session: Session, *, petition: Petition, text: str, actor: str) -> None:
    """Raise the suspicion that somebody may end their life; a person confirms it within 30 minutes.

    Until then, and for good once it is confirmed, the case is kept from publication.
    """
    _tell(session, petition, "crisis", text, actor=actor)
    petition.withheld = True
    petition.public = False


def _tell(session: Session, petition: Petition, message: str, text: str, *, actor: str = CITIZEN) -> None:
    if petition.instance_id is None or petition.closed_at is not None:
        raise Conflict("The case has ended.", message_zh="该件已办结。")
    text = text.replace("\x00", "")
    processes.send_message(
        session, instance_id=petition.instance_id, message=message, actor=actor, payload={"text": text.strip()}
    )
    if message in _KEPT_HERE:
        note = Note(
            petition_id=petition.id,
            kind=message,
            text=text.strip(),
            author=actor,
            at=clock.now(),
            public=message == "correction",
        )
        session.add(note)


def rate_petition(session: Session, *, petition: Petition, satisfaction: Satisfaction, comment: str = "") -> Rating:
    """Keep the citizen's own rating of an answer; one per answer.

    Raises:
        Conflict: there is no answer yet, or it was rated already.

    """
    if petition.stage not in {Stage.REPLIED, Stage.FOLLOW_UP, Stage.CLOSED} or petition.result not in {
        "replied",
        "direct",
    }:
        raise Conflict("There is no answer to rate yet.", message_zh="尚未答复，暂不能评价。")
    processes.note_in_history(
        session, instance_id=petition.instance_id or 0, kind="rated", actor=CITIZEN, satisfaction=satisfaction
    )
    rated = sa.select(Rating.id).where(
        Rating.petition_id == petition.id, Rating.source == CITIZEN, Rating.at > petition.replied_at
    )
    if session.scalar(rated.limit(1)) is not None:
        raise Conflict("You have rated this answer.", message_zh="您已评价过本次答复。")
    rating = Rating(
        petition_id=petition.id, satisfaction=satisfaction, comment=comment.strip(), source=CITIZEN, at=clock.now()
    )
    session.add(rating)
    session.flush()
    return rating
