"""Read what Chinese keyboards make of ASCII: full-width letters, digits and signs, and long dashes."""

from __future__ import annotations

from typing import Final

_FIRST, _LAST = 0xFF01, 0xFF5E
_EN_DASH, _EM_DASH = 0x2013, 0x2014
_TO_ASCII: Final = {wide: wide - _FIRST + ord("!") for wide in range(_FIRST, _LAST + 1)} | {
    0x3000: ord(" "),
    _EN_DASH: ord("-"),
    _EM_DASH: ord("-"),
}


def narrow(text: str) -> str:
    """Return ``text`` with full-width signs as ASCII, one for one, so that places in it stay the same."""
    return text.translate(_TO_ASCII)
