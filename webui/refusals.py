"""What a page says of input that was refused: by field, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import g

from api.messages import say

if TYPE_CHECKING:
    from engine.errors import InvalidInput


def errors_of(refused: InvalidInput) -> dict[str, str]:
    """Return what is wrong with which field; empty when no field is to blame."""
    errors = refused.fields.get("errors")
    if not isinstance(errors, Mapping):
        return {}
    # Where one field alone is to blame the services say the same of it as of the whole, and that in both languages.
    whole = refused.message(g.language)
    return {str(name): whole if text == refused.message_zh else say(text) for name, text in errors.items()}
