"""The citizen's form: reading what was sent into a letter, and showing it again with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from api import forms
from engine.errors import InvalidInput
from engine.services.petitions import Letter
from engine.vocabulary import PetitionType
from webui.refusals import errors_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

#: What citizens choose between, in their words.
KINDS: Final = {
    PetitionType.CONSULTATION: lazy_gettext("I want to know something (policy, procedure)"),
    PetitionType.HELP: lazy_gettext("I need help with a difficulty"),
    PetitionType.COMPLAINT: lazy_gettext("I complain about a service or a decision"),
    PetitionType.SUGGESTION: lazy_gettext("I have a suggestion for the county"),
    PetitionType.ACCUSATION: lazy_gettext("I report misconduct of a unit or an official"),
    PetitionType.THANKS: lazy_gettext("I want to say thank you"),
}


@dataclass(frozen=True)
class LetterForm:
    """The form as the page shows it."""

    categories: list[tuple[str, str]]
    topics: list[tuple[str, str]]
    units: list[tuple[str, str]]
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None


def open_letter_form(
    session: Session, *, sent: MultiDict[str, str] | None = None, refused: InvalidInput | None = None
) -> LetterForm:
    """Return the form, empty or with what was sent and why it was refused."""
    errors = errors_of(refused) if refused else {}
    return LetterForm(
        categories=forms.choices(session, "categories"),
        topics=forms.choices(session, "topics"),
        units=forms.choices(session, "units"),
        values=dict(sent or {}),
        errors=errors,
        problem=refused.message(g.language) if refused and not errors else None,
    )


def read_letter(sent: MultiDict[str, str]) -> Letter:
    """Return the letter that was sent.

    Raises:
        InvalidInput: something is missing, told in the reader's language for all fields at once.

    """
    kind = sent.get("type", "")
    errors = dict(_missing(sent))
    if errors:
        raise InvalidInput("Some fields need attention.", message_zh="请检查标出的各项。", errors=errors)
    accusation = kind == PetitionType.ACCUSATION
    return Letter(
        title=sent.get("title", ""),
        content=sent.get("content", ""),
        type=PetitionType(kind),
        name=sent.get("name", ""),
        phone=sent.get("phone", ""),
        address=sent.get("address", ""),
        category=sent.get("category") or None,
        topic=sent.get("topic") or None,
        complained_unit=(sent.get("complained_unit") or None) if accusation else None,
        wants_public="wants_public" in sent and not accusation,
    )


def _missing(sent: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    if sent.get("type", "") not in set(PetitionType):
        yield "type", _("Choose what your letter is about.")
    if not sent.get("title", "").strip():
        yield "title", _("Give your letter a title.")
    if not sent.get("content", "").strip():
        yield "content", _("Write what has happened and what you ask for.")
    if sent.get("name", "").strip() and not sent.get("phone", "").strip():
        yield (
            "phone",
            _("Give a telephone number so that the unit can reach you, or leave the name empty to stay anonymous."),
        )
