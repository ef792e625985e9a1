"""What lint says about a bundle: one finding per mistake, in both languages, with a way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: ``code`` is stable, ``node`` an element's id ("" for the file as a whole)."""

    severity: Severity
    code: str
    file: str
    node: str
    message_zh: str
    message_en: str
    fix: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding belongs; ``name`` is what the diagram shows there."""

    file: str
    node: str = ""
    name: str = ""

    @property
    def english(self) -> str:
        """Return the place as the beginning of an English sentence."""
        if not self.node:
            return self.file
        return f"{self.node} “{self.name}”" if self.name else self.node

    @property
    def chinese(self) -> str:
        """Return the place as the beginning of a Chinese sentence."""
        if not self.node:
            return self.file
        return f"“{self.name}”（{self.node}）" if self.name else self.node


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence without its subject, and the fix, each in both languages."""

    english: str
    chinese: str
    fix_english: str
    fix_chinese: str


def error(code: str, place: Place, text: Text) -> Finding:
    """Return a finding that forbids publishing; ``text`` continues a sentence that begins with the place."""
    return _finding("error", code, place, text)


def warning(code: str, place: Place, text: Text) -> Finding:
    """Return a finding that does not forbid publishing."""
    return _finding("warning", code, place, text)


def _finding(severity: Severity, code: str, place: Place, text: Text) -> Finding:
    return Finding(
        severity=severity,
        code=code,
        file=place.file,
        node=place.node,
        message_zh=f"{place.chinese}{text.chinese}。",
        message_en=f"{place.english} {text.english}.",
        fix=f"{text.fix_chinese}。 {text.fix_english}.",
    )
