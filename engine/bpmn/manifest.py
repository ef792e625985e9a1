"""Read ``procedure.toml``: what a bundle says about itself beside its diagrams.

Here belong the key, the start process, the declared variables and the lanes. Whether the diagrams agree with it is
for lint.
"""

from __future__ import annotations

import keyword
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.xml import InvalidModel

MANIFEST_FILE = "procedure.toml"
VARIABLE_TYPES = ("string", "boolean", "number", "list", "time")


class InvalidManifest(InvalidModel):
    """``procedure.toml`` cannot be used; ``fields`` has ``file``, ``node`` (the table or key) and ``fix``."""

    code = "invalid_manifest"


@dataclass(frozen=True, slots=True)
class Variable:
    """A routing variable: one of VARIABLE_TYPES and what it means."""

    type: str
    about: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Who works in a lane: a role ("" for none) and, if only one unit's people do, an expression for its code."""

    role: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``procedure.toml`` says."""

    key: str
    name: str
    start: str
    answering_effects: tuple[str, ...]
    variables: Mapping[str, Variable]
    lanes: Mapping[str, Lane]


def parse_manifest(text: str) -> Manifest:
    """Read the text of ``procedure.toml``.

    Raises:
        InvalidManifest: it is not TOML or lacks something.

    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _invalid(
            "", f"it is not TOML: {error}", f"不是有效的 TOML：{error}", "请按提示的行改正。 Correct the line."
        ) from error
    procedure = _table(content, "procedure")
    effects = procedure.get("answering_effects", [])
    if not isinstance(effects, list) or not all(isinstance(effect, str) for effect in effects):
        raise _invalid(
            "procedure.answering_effects",
            "answering_effects is not a list of names",
            "answering_effects 不是名称列表",
            '请写成 ["publish_reply"]。 Write ["publish_reply"].',
        )
    return Manifest(
        key=_text(procedure, "procedure", "key"),
        name=_text(procedure, "procedure", "name"),
        start=_text(procedure, "procedure", "start"),
        answering_effects=tuple(effects),
        variables={name: _variable(name, value) for name, value in _table(content, "variables").items()},
        lanes={name: _lane(name, value) for name, value in _table(content, "lanes").items()},
    )


def _variable(name: str, value: object) -> Variable:
    where = f"variables.{name}"
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
        raise _invalid(
            where,
            f"{name} cannot be a variable's name",
            f"{name} 不能用作变量名",
            "变量名由小写字母、数字和下划线组成。 Use lower-case letters, digits and underscores.",
        )
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind not in VARIABLE_TYPES:
        raise _invalid(
            where,
            f"variable {name} has no type ({', '.join(VARIABLE_TYPES)})",
            f"变量 {name} 没有写明类型（{'、'.join(VARIABLE_TYPES)}）",
            f'请写成 {name} = {{ type = "string", about = "…" }}。 Write {name} = {{ type = "string", about = "…" }}.',
        )
    return Variable(type=str(kind), about=str(value.get("about", "")))


def _lane(name: str, value: object) -> Lane:
    where = f"lanes.{name}"
    if not isinstance(value, dict):
        raise _invalid(where, f"lane {name} is not a table", f"泳道 {name} 不是表", 'role = "handler"')
    unit = value.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise _invalid(
            where, f"the unit of lane {name} is not an expression", f"泳道 {name} 的 unit 不是表达式", 'unit = "unit"'
        )
    return Lane(role=_text(value, where, "role"), unit=unit)


def _table(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _invalid(name, f"[{name}] is not a table", f"[{name}] 不是表", f"[{name}]")
    return table


def _text(table: Mapping[str, object], where: str, name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or (not value and name != "role"):
        raise _invalid(
            f"{where}.{name}",
            f"{where} lacks {name}",
            f"{where} 缺少 {name}",
            f'请补上 {name} = "…"。 Add {name} = "…".',
        )
    return value


def _invalid(where: str, english: str, chinese: str, fix: str) -> InvalidManifest:
    return InvalidManifest(
        f"{MANIFEST_FILE}: {english}.",
        message_zh=f"{MANIFEST_FILE}：{chinese}。",
        file=MANIFEST_FILE,
        node=where,
        fix=fix,
    )
