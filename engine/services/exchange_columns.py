"""The columns of the city portal's export: by which names each is known, and rows of a table as letters to be.

Tolerant of what differs between exports (names, order, further columns), strict about what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from engine.errors import InvalidInput
from engine.rules.full_width import narrow
from engine.services.exchange_tables import read_table, width

if TYPE_CHECKING:
    from pathlib import Path

    from engine.services.exchange_tables import Cell, TableRow

#: The names by which a column is known; the first is the one we ask for.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("编号", "信件编号", "来信编号", "信件号", "诉求编号", "工单编号", "受理编号"),
    "title": ("标题", "主题", "信件标题", "来信标题", "诉求标题", "信件主题"),
    "content": ("内容", "信件内容", "来信内容", "诉求内容", "正文", "详细内容"),
    "type": ("类型", "信件类型", "来信类型", "诉求类型", "诉求性质"),
    "name": ("来信人", "姓名", "写信人", "诉求人", "来信人姓名", "联系人"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "来信人电话"),
    "address": ("地址", "联系地址", "住址", "来信人地址"),
    "received": ("来信时间", "写信时间", "提交时间", "登记时间", "来信日期"),
    "topic": ("专题", "所属专题", "专栏"),
    "category": ("类别", "分类", "诉求类别", "信件类别", "所属领域"),
    "due": ("办理期限", "办结期限", "要求办结时间", "答复期限", "截止时间"),
}
REQUIRED: Final = ("number", "title", "content", "type")

_COLUMN_OF: Final = {heading: column for column, headings in HEADINGS.items() for heading in headings}
#: Marks around a heading that mean nothing: ``*编号``, ``编号(必填)``, ``来信 时间:``.
_DECORATION: Final = re.compile(r"\(.*?\)|[\s*:]")


@dataclass(frozen=True, slots=True)
class Row:
    """A letter as it stands in the export: what was written, by column; nothing checked yet."""

    line: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """Return a column as text; empty when the export lacks it."""
        cell = self.cells.get(column, "")
        return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else cell

    @property
    def number(self) -> str:
        """The city portal's own number."""
        return narrow(self.text("number")).replace(" ", "")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not imported: the line, the column (ours, empty for the whole row), and what to do."""

    line: int
    field: str
    message_zh: str
    message_en: str


def read_letters(path: Path) -> list[Row | RowError]:
    """Return the letters of an export; rows that do not fit the table's head come as errors.

    Raises:
        InvalidInput: the file is no table, or columns are missing.

    """
    table = read_table(path)
    columns = _columns(table)
    return [_row(columns, row) for row in table[1:]]


def _columns(table: list[TableRow]) -> list[str | None]:
    """Return our name of each column of the table's head, ``None`` for those we do not use."""
    head = [_DECORATION.sub("", narrow(str(cell))) for cell in table[0].cells[: width(table)]] if table else []
    twice = sorted({heading for heading in head if heading in _COLUMN_OF and head.count(heading) > 1})
    # Of two headings for one thing (来信人 and 联系人) the one that says it best counts.
    best = {column: next((name for name in names if name in head), None) for column, names in HEADINGS.items()}
    missing = [HEADINGS[column][0] for column in REQUIRED if best[column] is None]
    if missing:
        raise InvalidInput(
            f"The first row must name the columns; missing: {', '.join(missing)}.",
            message_zh=f"第一行应为表头,缺少以下列:{'、'.join(missing)}。",
            missing=missing,
        )
    if twice:
        raise InvalidInput(
            f"These columns stand there twice: {', '.join(twice)}.",
            message_zh=f"以下列重复出现:{'、'.join(twice)}。",
            columns=twice,
        )
    chosen = {name: column for column, name in best.items() if name is not None}
    return [chosen.get(heading) for heading in head]


def _row(columns: list[str | None], row: TableRow) -> Row | RowError:
    cells, surplus = row.cells[: len(columns)], row.cells[len(columns) :]
    if len(cells) < len(columns) or any(surplus):
        return RowError(
            row.line,
            "",
            f"本行有 {len(row.cells)} 列,表头有 {len(columns)} 列,请检查分隔符和引号。",
            f"This row has {len(row.cells)} cells, the head has {len(columns)}; check separators and quotation marks.",
        )
    return Row(row.line, {column: cell for column, cell in zip(columns, cells, strict=True) if column is not None})
