"""A bundle: the files of one version of a procedure, read from a directory or a mapping and parsed as a whole.

Parsing here says whether the files can be read and which belong together; whether they make a sound procedure is for
lint, and what runs for the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from engine.bpmn.decisions import parse_decisions
from engine.bpmn.forms import parse_form
from engine.bpmn.manifest import MANIFEST_FILE, parse_manifest
from engine.bpmn.xml import MAX_BYTES, InvalidModel, parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lxml import etree

    from engine.bpmn.decisions import Decision
    from engine.bpmn.forms import Form
    from engine.bpmn.manifest import Manifest

MAX_FILES = 300
MAX_TOTAL_BYTES = 4 * MAX_BYTES
_NAMES = re.compile(r"[^/\\]+\.(?:bpmn|dmn)|forms/[^/\\]+\.json|procedure\.toml")

_Part = TypeVar("_Part")


class InvalidBundle(InvalidModel):
    """The files do not make a bundle; ``fields`` has ``file`` where one is to blame, and ``fix``."""

    code = "invalid_bundle"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A parsed bundle: BPMN ``documents`` by file, decisions and forms by id."""

    manifest: Manifest
    documents: Mapping[str, etree._Element]
    decisions: Mapping[str, Decision]
    forms: Mapping[str, Form]
    content_hash: str

    @classmethod
    def parse(cls, files: Mapping[str, str]) -> Bundle:
        """Parse all files of a bundle.

        Raises:
            InvalidModel: a file cannot be read, does not belong here or repeats another's id.

        """
        check_files(files)
        decisions: dict[str, Decision] = {}
        forms: dict[str, Form] = {}
        documents: dict[str, etree._Element] = {}
        for file in sorted(files):
            text = files[file]
            if file.endswith(".bpmn"):
                documents[file] = parse_xml(text, file=file)
            elif file.endswith(".dmn"):
                for decision in parse_decisions(text, file=file).values():
                    _add(decisions, decision.id, decision, file)
            elif file.endswith(".json"):
                form = parse_form(text, file=file)
                _add(forms, form.id, form, file)
        return cls(
            manifest=parse_manifest(files[MANIFEST_FILE]),
            documents=documents,
            decisions=decisions,
            forms=forms,
            content_hash=content_hash(files),
        )


def load_directory(path: Path) -> dict[str, str]:
    """Read the files of a bundle below ``path``; other files (a README) are left out.

    Raises:
        InvalidBundle: the directory is no bundle, or a file is too large or not UTF-8.

    """
    candidates = [*path.glob("*.bpmn"), *path.glob("*.dmn"), *path.glob("forms/*.json"), path / MANIFEST_FILE]
    files: dict[str, str] = {}
    for candidate in sorted(candidates):
        if candidate.is_file():
            name = candidate.relative_to(path).as_posix()
            files[name] = _read(candidate, name)
    check_files(files)
    return files


def check_files(files: Mapping[str, str]) -> None:
    """Refuse a mapping that is no bundle: names, number and size of the files.

    Raises:
        InvalidBundle: it is none.

    """
    for file in files:
        if _NAMES.fullmatch(file) is None:
            raise InvalidBundle(
                f"{file} does not belong into a bundle.",
                message_zh=f"{file} 不属于流程包。",
                file=file,
                fix="只接受 *.bpmn、*.dmn、forms/*.json 和 procedure.toml。"
                " Only *.bpmn, *.dmn, forms/*.json and procedure.toml are accepted.",
            )
    if MANIFEST_FILE not in files:
        raise InvalidBundle(
            f"{MANIFEST_FILE} is missing.",
            message_zh=f"缺少 {MANIFEST_FILE}。",
            file=MANIFEST_FILE,
            fix=f"请添加 {MANIFEST_FILE}。 Add {MANIFEST_FILE}.",
        )
    total = sum(len(text.encode("utf-8", "surrogatepass")) for text in files.values())
    if len(files) > MAX_FILES or total > MAX_TOTAL_BYTES:
        raise InvalidBundle(
            f"The bundle has more than {MAX_FILES} files or {MAX_TOTAL_BYTES} bytes.",
            message_zh=f"流程包超过 {MAX_FILES} 个文件或 {MAX_TOTAL_BYTES} 字节。",
            fix="请删去不需要的文件。 Remove files that are not needed.",
        )


def content_hash(files: Mapping[str, str]) -> str:
    """Return a SHA-256 over names and contents that does not depend on the order of the files."""
    digest = sha256()
    for file in sorted(files):
        for part in (file, files[file]):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big"))
            digest.update(raw)
    return digest.hexdigest()


def _read(path: Path, name: str) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise InvalidBundle(
            f"{name} is larger than {MAX_BYTES} bytes.",
            message_zh=f"{name} 超过 {MAX_BYTES} 字节。",
            file=name,
            fix="请拆分文件。 Split the file.",
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidBundle(
            f"{name} is not UTF-8 text.",
            message_zh=f"{name} 不是 UTF-8 编码的文本。",
            file=name,
            fix="请另存为 UTF-8 编码。 Save it as UTF-8.",
        ) from error


def _add(known: dict[str, _Part], identity: str, part: _Part, file: str) -> None:
    if identity in known:
        raise InvalidBundle(
            f"The id {identity} in {file} is used by another file too.",
            message_zh=f"{file} 中的编号 {identity} 与另一文件重复。",
            file=file,
            node=identity,
            fix="请改用不同的编号。 Give it an id of its own.",
        )
    known[identity] = part
