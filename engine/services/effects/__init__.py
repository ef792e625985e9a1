"""Effects: what service tasks of the procedure do, by name, a module per part of the lifecycle."""

from __future__ import annotations

from engine.services.effects import asking, caring, handling, intake, reviewing, supervising

__all__ = ["asking", "caring", "handling", "intake", "reviewing", "supervising"]
