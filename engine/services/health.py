"""Whether this process can do its work: asked by whatever watches over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.models.process import Deployment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def is_ready(session: Session) -> bool:
    """Tell whether the database answers, has its tables, and holds a published procedure."""
    return session.scalar(sa.select(Deployment.id).limit(1)) is not None
