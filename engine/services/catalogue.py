"""The lists a letter is sorted by: categories and topics. Units are people's business (``people``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.models.petition import Category, Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def list_categories(session: Session) -> Sequence[Category]:
    """Return all categories in the order they are offered."""
    return session.scalars(sa.select(Category).order_by(Category.position, Category.code)).all()


def list_topics(session: Session, *, active_only: bool = False) -> Sequence[Topic]:
    """Return topics (专题) by code."""
    query = sa.select(Topic).order_by(Topic.code)
    return session.scalars(query.where(Topic.active.is_(True)) if active_only else query).all()
