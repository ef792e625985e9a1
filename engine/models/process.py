"""Deployments, process instances and their projections: user tasks and timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Json, Model
from engine.vocabulary import InstanceStatus, TaskStatus, TimerStatus


class Deployment(Model):
    """One published version of a bundle; never changed after it is inserted."""

    __tablename__ = "deployment"
    __table_args__ = (sa.UniqueConstraint("key", "version"), sa.UniqueConstraint("key", "content_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    #: Some 300 kB that hardly anybody who looks at a version needs: read when asked for.
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.Text, default="")


class ProcessInstance(Model):
    """One running or ended case of a deployment; ``state`` is opaque to everything but ``engine.bpmn.state``."""

    __tablename__ = "process_instance"

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment.id"), index=True)
    business_key: Mapped[str] = mapped_column(sa.String(64), index=True)
    status: Mapped[str] = mapped_column(sa.String(16), default=InstanceStatus.ACTIVE)
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)
    revision: Mapped[int] = mapped_column(default=0)
    history_seq: Mapped[int] = mapped_column(default=0)
    history_head: Mapped[str] = mapped_column(sa.String(64), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UserTask(Model):
    """A user task, open or done: what the desk lists. Candidates (role, unit) are resolved when asked."""

    __tablename__ = "user_task"
    __table_args__ = (
        sa.Index("ix_user_task_inbox", "role", "unit_code", "due_at", postgresql_where=sa.text("status = 'open'")),
        sa.Index("ix_user_task_assignee", "assignee", "due_at", postgresql_where=sa.text("status = 'open'")),
        sa.Index("ix_user_task_instance", "instance_id", "status"),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"))
    process_id: Mapped[str] = mapped_column(sa.String(64))
    element_id: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(128))
    role: Mapped[str] = mapped_column(sa.String(32))
    unit_code: Mapped[str | None] = mapped_column(sa.String(16))
    form: Mapped[str | None] = mapped_column(sa.String(64))
    not_done_by: Mapped[str | None] = mapped_column(sa.String(64))
    context: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(sa.String(16), default=TaskStatus.OPEN)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    assignee: Mapped[str | None] = mapped_column(sa.String(64))
    claimed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(sa.String(64))
    submission: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Timer(Model):
    """A timer that waits, fired or was cancelled; a cycle leaves a row per firing. The ticker looks by ``due_at``."""

    __tablename__ = "timer"
    __table_args__ = (
        sa.Index("ix_timer_due", "due_at", postgresql_where=sa.text("status = 'armed'")),
        sa.Index("ix_timer_instance", "instance_id", "status"),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("process_instance.id"))
    process_id: Mapped[str] = mapped_column(sa.String(64))
    element_id: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(128))
    expression: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[str] = mapped_column(sa.String(16), default=TimerStatus.ARMED)
    due_at: Mapped[datetime | None]
    armed_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
