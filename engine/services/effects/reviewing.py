"""Effects of review, publication, follow-up and the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import InvalidInput
from engine.models.petition import Rating
from engine.services import ledger
from engine.services.commands import Command, effect
from engine.services.effects.handling import give_back, latest_reply
from engine.services.effects.intake import close
from engine.services.notes import add_note
from engine.vocabulary import DeadlineKind, PetitionType, Result, Satisfaction, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Calls that must have been tried before somebody counts as unreachable (失联) [domain: 回访].
TRIES_BEFORE_UNREACHABLE = 3


@effect
def record_first_review(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """First review (初审): on to the final reviewer, or back to the unit."""
    if command.variables["first_review"] != "pass":
        return give_back(command, command.text("opinion"))
    command.record("first_reviewed")
    return {"review_result": None}


@effect
def record_final_review(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep the final review (终审): the case counts as closed (办结) from this moment."""
    if command.variables["final_review"] != "pass":
        return give_back(command, command.text("opinion"))
    petition = command.petition
    petition.final_reviewed_at = command.now
    ledger.meet(command, DeadlineKind.STATUTORY_CONCLUDE)
    command.record("final_reviewed", unit=petition.unit_code, public=bool(command.variables["publish"]))
    return {"review_result": "passed"}


@effect
def publish_reply(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Tell the petitioner, and the public where petitioner, reviewer and the law allow it."""
    petition = command.petition
    latest_reply(command).published_at = command.now
    secret = petition.withheld or petition.type == PetitionType.ACCUSATION
    petition.public = bool(petition.wants_public and command.variables["publish"] and not secret)
    petition.stage = Stage.REPLIED
    result = command.variables["result"] or Result.REPLIED
    petition.result = result
    command.record("reply_published", public=petition.public)
    return {"result": result}


@effect
def record_follow_up(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Keep what the petitioner said when called back (回访)."""
    satisfaction = str(command.variables["satisfaction"])
    tries = int(command.submission.get("tries") or 0)
    if satisfaction == Satisfaction.UNREACHABLE and tries < TRIES_BEFORE_UNREACHABLE:
        zh = f"至少联系 {TRIES_BEFORE_UNREACHABLE} 次未果才能登记为失联。"
        raise InvalidInput("Call at least three times before giving up.", message_zh=zh, errors={"tries": zh})
    petition = command.petition
    petition.stage = Stage.FOLLOW_UP
    comment = command.text("comment")
    if not comment and satisfaction != Satisfaction.DISSATISFIED and _own_rating(command) == Satisfaction.DISSATISFIED:
        zh = "群众自评为不满意，登记为其他结果须写明理由。"
        raise InvalidInput(
            "The petitioner's own rating is “dissatisfied”; say why.", message_zh=zh, errors={"comment": zh}
        )
    rating = Rating(
        petition_id=petition.id, satisfaction=satisfaction, comment=comment, source="follow_up", at=command.now
    )
    command.session.add(rating)
    command.record("followed_up", satisfaction=satisfaction, unit=petition.unit_code)
    return {"redo_decision": None}


def _own_rating(command: Command) -> str | None:
    """Return what the petitioner said of this answer without being asked."""
    petition = command.petition
    own = (Rating.petition_id == petition.id, Rating.source == "citizen", Rating.at >= petition.replied_at)
    return command.session.scalar(sa.select(Rating.satisfaction).where(*own).order_by(Rating.id.desc()).limit(1))


@effect
def start_redo(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Have the unit do it again (重办), once, on a limit of its own."""
    petition = command.petition
    petition.redo_count += 1
    petition.replied_at = None
    petition.stage = Stage.ACCEPTED
    command.record("redo_started", unit=petition.unit_code)
    due = ledger.grant(command, DeadlineKind.REPLY, step="redo", reason="redo", unit=petition.unit_code)
    reset = dict.fromkeys(("redo_decision", "handling_result", "review_result", "result", "satisfaction"))
    return {**reset, "redo_count": petition.redo_count, "reply_due": due.isoformat()}


@effect
def explain_final(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """End with an explanation instead of a redo (解释终结)."""
    add_note(command, "notice", command.text("opinion"), public=True)
    command.record("explained_final", reason=command.text("opinion"))
    return {}


@effect
def archive_case(command: Command, _parameters: Mapping[str, object]) -> dict[str, Any]:
    """Archive (归档)."""
    close(command, Result(command.variables["result"] or Result.REPLIED))
    command.record("archived", result=command.petition.result)
    return {}


@effect
def record_withdrawal(command: Command, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Withdraw the letter (撤回); the diagram has cancelled everything open on the case."""
    add_note(command, "withdrawal", command.text("text") or str(parameters["notice"]), public=True)
    close(command, Result.WITHDRAWN)
    command.record("withdrawn", unit=command.petition.unit_code)
    return {"result": Result.WITHDRAWN}
