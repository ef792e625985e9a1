"""A citizen's view of a case: where it stands in one sentence, and the steps done, now and next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from engine.vocabulary import Result, Stage
from webui.filters import plain_day
from webui.labels import word

if TYPE_CHECKING:
    from datetime import datetime

    from engine.services.answers import Progress


@dataclass(frozen=True)
class Step:
    """A step on the way: ``done``, ``now`` or ``next``; when it was, or by when it is promised."""

    state: str
    what: str
    at: datetime | None = None
    by: datetime | None = None


def sentence(progress: Progress) -> str:
    """Say in one sentence where the case stands and what happens next."""
    petition, unit = progress.petition, _unit(progress)
    stage = Stage(petition.stage)
    if stage == Stage.CLOSED:
        return _closed(progress)
    if stage == Stage.FORWARDED:
        return _with_date(
            _("We have forwarded your letter to %(unit)s, which takes it up by %(date)s."),
            _("We have forwarded your letter to %(unit)s."),
            unit,
            progress.acceptance.due_at if progress.acceptance else None,
        )
    if stage in {Stage.ACCEPTED, Stage.SIGNING}:
        return _with_date(
            _("%(unit)s has accepted your letter and promises an answer by %(date)s."),
            _("%(unit)s has accepted your letter and is working on the answer."),
            unit,
            progress.reply_limit.due_at if progress.reply_limit else None,
        )
    plain = {
        Stage.RECEIVED: _("We have received your letter and are deciding who answers it."),
        Stage.CORRECTION: _("We need something from you before we can go on. Please answer below."),
        Stage.REVIEW: _("%(unit)s has written the answer; it is being reviewed.", unit=unit),
        Stage.REPLIED: _("Your letter has been answered. Please read the answer below."),
        Stage.FOLLOW_UP: _("Your letter has been answered and we have asked how satisfied you are."),
    }
    return plain[stage]


def _closed(progress: Progress) -> str:
    endings = {
        Result.REPLIED: _("Your letter has been answered and the case is closed."),
        Result.DIRECT: _("Your letter has been answered and the case is closed."),
        Result.REJECTED: _("Your letter is not taken up; the notice below says why and where to turn."),
        Result.MERGED: _("Your letter was merged with an earlier one on the same matter; see the notice below."),
        Result.TRANSFERRED: _("Your letter was handed to the competent body; see the notice below."),
        Result.WITHDRAWN: _("Your letter was withdrawn; nothing more happens with it."),
    }
    return endings.get(Result(progress.petition.result or Result.REPLIED), _("The case is closed."))


def _with_date(dated: str, plain: str, unit: str, due: datetime | None) -> str:
    return plain % {"unit": unit} if due is None else dated % {"unit": unit, "date": plain_day(due)}


def _unit(progress: Progress) -> str:
    unit = progress.petition.unit
    return _("the responsible unit") if unit is None else unit.name


def steps(progress: Progress) -> list[Step]:
    """Return the steps from receipt to the end, with their dates."""
    petition = progress.petition
    if petition.closed_at and petition.result not in {Result.REPLIED, Result.DIRECT}:
        return [
            Step("done", _("Letter received"), petition.received_at),
            Step("done", word(petition.result, "result"), petition.closed_at),
        ]
    unit = _unit(progress)
    entries = [
        (_("Letter received"), petition.received_at, None),
        (_("Forwarded to %(unit)s", unit=unit), petition.forwarded_at, None),
        (_("%(unit)s accepts the case", unit=unit), petition.accepted_at, progress.acceptance),
        (_("Answer written and reviewed"), petition.replied_at, progress.reply_limit),
        (_("Answer sent to you"), petition.final_reviewed_at, None),
        (_("Case closed"), petition.closed_at, None),
    ]
    if petition.result == Result.DIRECT:
        entries = [entries[0], (_("Answer sent to you"), petition.replied_at, None), entries[5]]
    reached = next((place for place, entry in enumerate(entries) if entry[1] is None), len(entries))
    return [
        Step(
            "done" if place < reached else "now" if place == reached else "next",
            what,
            at if place < reached else None,
            limit.due_at if limit is not None and place >= reached else None,
        )
        for place, (what, at, limit) in enumerate(entries)
    ]
