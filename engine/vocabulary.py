"""The words of the trade as closed sets; their Chinese names stand in docs/glossary.md and the catalogues.

Only words that code decides on belong here. What a county may change (limits, categories, units) is data.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account may do (角色); one account may hold several."""

    INTAKE = "intake"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    REVIEWER = "reviewer"
    FINAL_REVIEWER = "final_reviewer"
    FOLLOW_UP = "follow_up"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    CONFIDENTIAL_OFFICER = "confidential_officer"
    PROCEDURE_EDITOR = "procedure_editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class PetitionType(StrEnum):
    """What the citizen wants (来信类型)."""

    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    ACCUSATION = "accusation"
    THANKS = "thanks"


class Channel(StrEnum):
    """How the letter reached us (来源)."""

    WEB = "web"
    CITY_PORTAL = "city_portal"
    PHONE = "phone"
    VISIT = "visit"


class Stage(StrEnum):
    """Where a case stands, in the citizen's words (环节)."""

    RECEIVED = "received"
    CORRECTION = "correction"
    FORWARDED = "forwarded"
    ACCEPTED = "accepted"
    SIGNING = "signing"
    REVIEW = "review"
    REPLIED = "replied"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


class Result(StrEnum):
    """How a case ended (结案方式)."""

    REPLIED = "replied"
    DIRECT = "direct"
    REJECTED = "rejected"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"


class Satisfaction(StrEnum):
    """The petitioner's rating (满意度)."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    UNREACHABLE = "unreachable"


class DeadlineKind(StrEnum):
    """Which clock a deadline belongs to (时限)."""

    ACCEPT = "accept"
    REPLY = "reply"
    STATUTORY_ACCEPT = "statutory_accept"
    STATUTORY_CONCLUDE = "statutory_conclude"


class Rung(StrEnum):
    """The rungs of the supervision ladder (督办梯级), lowest first."""

    WARNING = "warning"
    REMINDER = "reminder"
    YELLOW_CARD = "yellow_card"
    RED_CARD = "red_card"
    SUPERVISION_LETTER = "supervision_letter"
    CIRCULAR = "circular"


class UnitGroup(StrEnum):
    """Which of the bulletin's two tables a unit stands in."""

    TOWN = "town"
    DEPARTMENT = "department"


class InstanceStatus(StrEnum):
    """Life of a process instance."""

    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    """Life of a user task."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TimerStatus(StrEnum):
    """Life of a timer: ``sleeping`` has no due date at present."""

    ARMED = "armed"
    SLEEPING = "sleeping"
    FIRED = "fired"
    CANCELLED = "cancelled"
