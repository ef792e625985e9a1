"""Effects: what service tasks of the procedure do, by name, a module per part of the lifecycle."""

from __future__ import annotations

from engine.services.effects import caring, handling, intake, reviewing, supervising

__all__ = ["caring", "handling", "intake", "reviewing", "supervising"]
