"""Find text that two letters share word for word: a reply pasted from another case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

#: So many identical characters are no coincidence: greetings and closing phrases stay below it.
SHORTEST_RUN: Final = 40

# Any run of SHORTEST_RUN characters holds a whole block that starts at a multiple of the block's length, so that
# only those few blocks of the other text need looking up.
_BLOCK: Final = SHORTEST_RUN // 2


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text, found in another one too."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many characters it has."""
        return self.end - self.start


class RunFinder:
    """Compare one text with many."""

    def __init__(self, text: str) -> None:
        """Index ``text`` once, by the places of all its blocks."""
        self._text = text
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for start in range(len(text) - _BLOCK + 1):
            self._places[text[start : start + _BLOCK]].append(start)

    def longest_in(self, other: str) -> Run | None:
        """Return the longest run of the text that stands in ``other`` as well, if long enough to mean anything."""
        best: Run | None = None
        reached: dict[int, int] = {}
        for there in range(0, len(other) - _BLOCK + 1, _BLOCK):
            for here in self._places.get(other[there : there + _BLOCK], ()):
                # the same run shows once for every block in it: measure it at the first
                if reached.get(here - there, -1) >= here:
                    continue
                run = self._stretch(other, here, there)
                reached[here - there] = run.end
                if run.length >= SHORTEST_RUN and (best is None or run.length > best.length):
                    best = run
        return best

    def _stretch(self, other: str, here: int, there: int) -> Run:
        """Return the run around the block at ``here`` in the text and at ``there`` in ``other``."""
        before = 0
        while before < min(here, there) and self._text[here - before - 1] == other[there - before - 1]:
            before += 1
        after, most = _BLOCK, min(len(self._text) - here, len(other) - there)
        while after < most and self._text[here + after] == other[there + after]:
            after += 1
        return Run(here - before, here + after)
