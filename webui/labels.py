"""The words of the trade in the reader's language, one table per vocabulary; codes never reach a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext

from engine.vocabulary import (
    Channel,
    DeadlineKind,
    PetitionType,
    Result,
    Role,
    Rung,
    Satisfaction,
    Stage,
    UnitGroup,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

STAGES: Final = {
    Stage.RECEIVED: lazy_gettext("Received"),
    Stage.CORRECTION: lazy_gettext("Waiting for the petitioner"),
    Stage.FORWARDED: lazy_gettext("Forwarded"),
    Stage.ACCEPTED: lazy_gettext("Being handled"),
    Stage.SIGNING: lazy_gettext("Being signed"),
    Stage.REVIEW: lazy_gettext("Under review"),
    Stage.REPLIED: lazy_gettext("Answered"),
    Stage.FOLLOW_UP: lazy_gettext("Called back"),
    Stage.CLOSED: lazy_gettext("Closed"),
}
TYPES: Final = {
    PetitionType.CONSULTATION: lazy_gettext("Question"),
    PetitionType.HELP: lazy_gettext("Call for help"),
    PetitionType.COMPLAINT: lazy_gettext("Complaint"),
    PetitionType.SUGGESTION: lazy_gettext("Suggestion"),
    PetitionType.ACCUSATION: lazy_gettext("Accusation"),
    PetitionType.THANKS: lazy_gettext("Thanks"),
}
CHANNELS: Final = {
    Channel.WEB: lazy_gettext("Web site"),
    Channel.CITY_PORTAL: lazy_gettext("City portal"),
    Channel.PHONE: lazy_gettext("Telephone"),
    Channel.VISIT: lazy_gettext("Visit"),
}
RESULTS: Final = {
    Result.REPLIED: lazy_gettext("Closed with a reply"),
    Result.DIRECT: lazy_gettext("Answered directly"),
    Result.REJECTED: lazy_gettext("Not taken up, with notice"),
    Result.MERGED: lazy_gettext("Merged into another case"),
    Result.TRANSFERRED: lazy_gettext("Transferred, with notice"),
    Result.WITHDRAWN: lazy_gettext("Withdrawn"),
    Result.SPAM: lazy_gettext("Invalid letter"),
}
SATISFACTIONS: Final = {
    Satisfaction.SATISFIED: lazy_gettext("Satisfied"),
    Satisfaction.BASICALLY_SATISFIED: lazy_gettext("Basically satisfied"),
    Satisfaction.DISSATISFIED: lazy_gettext("Dissatisfied"),
    Satisfaction.UNREACHABLE: lazy_gettext("Could not be reached"),
}
CLOCKS: Final = {
    DeadlineKind.ACCEPT: lazy_gettext("Acceptance limit"),
    DeadlineKind.REPLY: lazy_gettext("Reply limit"),
    DeadlineKind.STATUTORY_ACCEPT: lazy_gettext("Statute: notice of acceptance"),
    DeadlineKind.STATUTORY_CONCLUDE: lazy_gettext("Statute: conclusion"),
    # No deadline of the ledger, but a clock that escalates.
    "crisis": lazy_gettext("Confirmation of a crisis"),
}
BREACHES: Final = {
    DeadlineKind.ACCEPT: lazy_gettext("Not accepted in time"),
    DeadlineKind.REPLY: lazy_gettext("Accepted, not answered in time"),
    "accept_overdue": lazy_gettext("Not accepted in time"),
    "reply_overdue": lazy_gettext("Accepted, not answered in time"),
}
RUNGS: Final = {
    Rung.WARNING: lazy_gettext("Early warning"),
    Rung.REMINDER: lazy_gettext("Reminder"),
    Rung.YELLOW_CARD: lazy_gettext("Yellow card"),
    Rung.RED_CARD: lazy_gettext("Red card"),
    Rung.SUPERVISION_LETTER: lazy_gettext("Supervision letter"),
    Rung.CIRCULAR: lazy_gettext("Circular"),
}
ROLES: Final = {
    Role.INTAKE: lazy_gettext("Intake"),
    Role.DISPATCHER: lazy_gettext("Dispatch"),
    Role.HANDLER: lazy_gettext("Responsible unit"),
    Role.UNIT_HEAD: lazy_gettext("Head of unit"),
    Role.REVIEWER: lazy_gettext("First reviewer"),
    Role.FINAL_REVIEWER: lazy_gettext("Final reviewer"),
    Role.FOLLOW_UP: lazy_gettext("Follow-up"),
    Role.SUPERVISOR: lazy_gettext("Supervisor"),
    Role.LEADER: lazy_gettext("County leader"),
    Role.CONFIDENTIAL_OFFICER: lazy_gettext("Confidential officer"),
    Role.PROCEDURE_EDITOR: lazy_gettext("Procedure editor"),
    Role.AUDITOR: lazy_gettext("Auditor"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
}
GROUPS: Final = {
    UnitGroup.TOWN: lazy_gettext("Towns (farms and forests included)"),
    UnitGroup.DEPARTMENT: lazy_gettext("County departments"),
}
#: Why a line of the deadline ledger was written.
REASONS: Final = {
    "received": lazy_gettext("Letter received"),
    "forwarded": lazy_gettext("Counted from forwarding"),
    "reassigned": lazy_gettext("Given to another unit"),
    "extension": lazy_gettext("Extension granted"),
    "paused": lazy_gettext("Paused until the petitioner answers"),
    "resumed": lazy_gettext("Continued after the pause"),
    "under_review": lazy_gettext("Time under review added"),
    "redo": lazy_gettext("Redo"),
    "calendar": lazy_gettext("Calendar changed"),
}
OUTCOMES: Final = {
    "support": lazy_gettext("Supported"),
    "explain": lazy_gettext("Explained"),
    "not_supported": lazy_gettext("Not supported"),
}
NOTES: Final = {
    "supplement": lazy_gettext("Added by the petitioner"),
    "correction": lazy_gettext("The petitioner's answer"),
    "correction_request": lazy_gettext("Asked of the petitioner"),
    "notice": lazy_gettext("Notice to the petitioner"),
    "instruction": lazy_gettext("Leader's instruction"),
    "instruction_result": lazy_gettext("How the instruction was carried out"),
    "crisis": lazy_gettext("Crisis care"),
    "withdrawal": lazy_gettext("Withdrawal"),
    "spam": lazy_gettext("Reason for closing"),
    "assist_opinion": lazy_gettext("Opinion of an assisting unit"),
}
#: Actors that are no account.
ACTORS: Final = {
    "citizen": lazy_gettext("Petitioner"),
    "import": lazy_gettext("Import from the city portal"),
    "system": lazy_gettext("System"),
}
SOURCES: Final = {
    "citizen": lazy_gettext("Rated by the petitioner"),
    "follow_up": lazy_gettext("Learnt by calling back"),
}

WORDS: Final[Mapping[str, Mapping[Any, object]]] = {
    "actor": ACTORS,
    "breach": BREACHES,
    "channel": CHANNELS,
    "clock": CLOCKS,
    "group": GROUPS,
    "note": NOTES,
    "outcome": OUTCOMES,
    "reason": REASONS,
    "result": RESULTS,
    "role": ROLES,
    "rung": RUNGS,
    "satisfaction": SATISFACTIONS,
    "source": SOURCES,
    "stage": STAGES,
    "type": TYPES,
}


def word(value: str | None, vocabulary: str) -> str:
    """Return what ``value`` of ``vocabulary`` is called; what a county has added for itself stays as it is."""
    return "" if not value else str(WORDS[vocabulary].get(value, value))


def choices(vocabulary: str) -> list[tuple[str, str]]:
    """Return the values of ``vocabulary`` with their words, for a selection."""
    return [(str(value), str(name)) for value, name in WORDS[vocabulary].items()]


def register(app: Flask) -> None:
    """Give the templates ``| word("stage")`` and ``choices("type")``."""
    app.jinja_env.filters["word"] = word
    app.jinja_env.globals["choices"] = choices
