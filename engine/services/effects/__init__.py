"""Effects: what service tasks of the procedure do, by name. One module per part of the lifecycle; importing registers them."""

from engine.services.effects import caring, handling, intake, reviewing, supervising

__all__ = ["caring", "handling", "intake", "reviewing", "supervising"]
