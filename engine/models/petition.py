"""Petitions and what hangs on them: assignments, deadlines, replies, escalations, notes, ratings; topics."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Model
from engine.models.people import Petitioner, Unit
from engine.vocabulary import Stage


class Topic(Model):
    """A campaign (专题) that crosses units and categories, such as 疫情网上求助."""

    __tablename__ = "topic"

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    active: Mapped[bool] = mapped_column(default=True)


class Category(Model):
    """What a letter is about; a category may belong to a topic."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    topic_code: Mapped[str | None] = mapped_column(sa.ForeignKey("topic.code"))
    position: Mapped[int] = mapped_column(default=0)


class NumberSeries(Model):
    """The last petition number given on a day; the row's lock makes the next one unique."""

    __tablename__ = "number_series"

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    last: Mapped[int]


class Petition(Model):
    """One letter (来信) and where its case stands; the present, as opposed to history."""

    __tablename__ = "petition"
    __table_args__ = (
        sa.Index("ix_petition_unit_received", "unit_code", "received_at"),
        sa.Index("ix_petition_received", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("process_instance.id"), unique=True)
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    query_code_hash: Mapped[str] = mapped_column(sa.String(64))
    upstream_number: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    channel: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[str] = mapped_column(sa.Text)
    type: Mapped[str] = mapped_column(sa.String(16))
    category_code: Mapped[str | None] = mapped_column(sa.ForeignKey("category.code"))
    topic_code: Mapped[str | None] = mapped_column(sa.ForeignKey("topic.code"))
    petitioner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("petitioner.id"))
    complained_unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    wants_public: Mapped[bool] = mapped_column(default=False)
    public: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[bool] = mapped_column(default=False)
    crisis: Mapped[bool] = mapped_column(default=False)
    withheld: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(sa.String(16), default=Stage.RECEIVED)
    result: Mapped[str | None] = mapped_column(sa.String(16))
    unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("petition.id"))
    received_at: Mapped[datetime]
    forwarded_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    final_reviewed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    return_count: Mapped[int] = mapped_column(default=0)
    extension_count: Mapped[int] = mapped_column(default=0)
    redo_count: Mapped[int] = mapped_column(default=0)

    petitioner: Mapped[Petitioner | None] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_code])
    category: Mapped[Category | None] = relationship()
    topic: Mapped[Topic | None] = relationship()


class Assignment(Model):
    """A unit's time on a case, as lead or assisting; never changed but for its end."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index("ix_assignment_petition", "petition_id"), sa.Index("ix_assignment_unit", "unit_code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    unit_code: Mapped[str] = mapped_column(sa.ForeignKey("unit.code"))
    lead: Mapped[bool]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str] = mapped_column(sa.String(64))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(32))


class Deadline(Model):
    """One line of the ledger that explains a due date; a later line of the same kind replaces an earlier one."""

    __tablename__ = "deadline"
    __table_args__ = (sa.Index("ix_deadline_petition", "petition_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    rule: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(64))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    explanation: Mapped[dict[str, Any]]


class Reply(Model):
    """One version of the answer (答复), with its four elements; public and private text apart."""

    __tablename__ = "reply"
    __table_args__ = (sa.UniqueConstraint("petition_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    version: Mapped[int]
    unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    facts: Mapped[str] = mapped_column(sa.Text, default="")
    basis: Mapped[str] = mapped_column(sa.Text, default="")
    action: Mapped[str] = mapped_column(sa.Text, default="")
    next_step: Mapped[str] = mapped_column(sa.Text, default="")
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    outcome: Mapped[str] = mapped_column(sa.String(16), default="")
    public_text: Mapped[str] = mapped_column(sa.Text, default="")
    drafted_by: Mapped[str] = mapped_column(sa.String(64))
    drafted_at: Mapped[datetime]
    sent_up_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class Escalation(Model):
    """One rung of the ladder reached (督办), and what the supervisor did about it."""

    __tablename__ = "escalation"
    __table_args__ = (
        sa.Index("ix_escalation_petition", "petition_id"),
        sa.Index("ix_escalation_open", "raised_at", postgresql_where=sa.text("answered_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    clock: Mapped[str] = mapped_column(sa.String(16))
    rung: Mapped[str] = mapped_column(sa.String(32))
    unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    due_at: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(sa.String(64))
    action: Mapped[str | None] = mapped_column(sa.String(32))
    note: Mapped[str] = mapped_column(sa.Text, default="")


class Note(Model):
    """Something said on a case outside the reply: supplement, notice, instruction, opinion of an assisting unit."""

    __tablename__ = "note"
    __table_args__ = (sa.Index("ix_note_petition", "petition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.Text)
    author: Mapped[str] = mapped_column(sa.String(64))
    unit_code: Mapped[str | None] = mapped_column(sa.ForeignKey("unit.code"))
    at: Mapped[datetime]
    public: Mapped[bool] = mapped_column(default=False)


class Rating(Model):
    """What the petitioner thought of the answer (满意度), and how we learnt it."""

    __tablename__ = "rating"
    __table_args__ = (sa.Index("ix_rating_petition", "petition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(sa.ForeignKey("petition.id"))
    satisfaction: Mapped[str] = mapped_column(sa.String(32))
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]
