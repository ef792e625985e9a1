"""The wall: a line of bars per unit, each an open case against its limit, as coordinates for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webui.filters import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.services.boards import Bar, WallRow

#: Units of the drawing: a bar as high as LIMIT has used its limit up; none is higher than HEIGHT.
HEIGHT: Final = 30
LIMIT: Final = 20
WIDTH: Final = 10
GAP: Final = 4
_LOWEST: Final = 2


@dataclass(frozen=True)
class DrawnBar:
    """A case as a bar: where it stands and how high it is."""

    bar: Bar
    x: int
    y: float
    height: float
    standing: Standing


@dataclass(frozen=True)
class DrawnRow:
    """A unit with its bars, how many are late, and how wide the drawing is."""

    unit_code: str
    bars: Sequence[DrawnBar]
    late: int

    @property
    def width(self) -> int:
        """Return the width of the drawing."""
        return max(len(self.bars), 1) * (WIDTH + GAP)


def draw(rows: Sequence[WallRow]) -> list[DrawnRow]:
    """Return the wall ready for drawing."""
    return [_draw_row(row) for row in rows]


def _draw_row(row: WallRow) -> DrawnRow:
    bars = []
    for place, bar in enumerate(row.bars):
        height = min(max(bar.spent * LIMIT, _LOWEST), HEIGHT)
        bars.append(DrawnBar(bar, place * (WIDTH + GAP), HEIGHT - height, height, standing(bar.deadline.due_at)))
    return DrawnRow(row.unit_code, bars, sum(bar.standing.state == "late" for bar in bars))
