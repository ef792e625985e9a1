"""Errors of the engine: each says what is wrong, where, and how to mend it, in Chinese and English.

Here belong the root of all our errors and the few kinds that every layer raises. Errors of one concept live with it.
How an error becomes an HTTP status or a page is decided in one table per front, never here.
"""

from __future__ import annotations


class WenzhengError(Exception):
    """Anything the product refuses or cannot do.

    ``code`` is stable and machine-readable; ``fields`` carries the details a caller may act on (names, ids, positions).
    """

    code = "error"

    def __init__(self, message_en: str = "", *, message_zh: str = "", **fields: object) -> None:
        """Keep both messages; the Chinese one falls back to the English."""
        super().__init__(message_en or message_zh or self.code)
        self.message_en = message_en or self.code
        self.message_zh = message_zh or self.message_en
        self.fields = fields

    def message(self, language: str) -> str:
        """Return the message in ``language`` (``zh…`` or anything else for English)."""
        return self.message_zh if language.lower().startswith("zh") else self.message_en


class NotFound(WenzhengError):
    """The thing asked for does not exist, or the asker may not know that it does."""

    code = "not_found"


class Forbidden(WenzhengError):
    """The asker is known and may not do this."""

    code = "forbidden"


class Conflict(WenzhengError):
    """Somebody else was faster: the state the asker acted on is no longer the current one."""

    code = "conflict"


class InvalidInput(WenzhengError):
    """The input breaks a rule; ``fields["errors"]`` maps field name to message when fields are to blame."""

    code = "invalid_input"


class Misconfigured(WenzhengError):
    """The product cannot start or work with the settings it was given."""

    code = "misconfigured"
