"""The case a citizen follows: number and query code stay in the signed session and are checked on every act."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import session as cookie

from engine.db import unit_of_work
from engine.errors import NotFound
from engine.services import petitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from engine.models.petition import Petition


@contextmanager
def open_tracked(*, read_only: bool = False) -> Iterator[tuple[Session, Petition]]:
    """Open the case the citizen has given number and query code for."""
    tracked = cookie.get("tracked")
    if tracked is None:
        raise NotFound("Enter number and query code first.", message_zh="请先输入编号和查询码。")
    with unit_of_work(read_only=read_only) as session:
        yield session, petitions.track_petition(session, **tracked)
