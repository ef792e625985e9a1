"""Read a table out of an exported file: CSV in the encodings of Chinese offices, or the first sheet of a workbook.

What kind of file it is shows in its first bytes, not in its name. Which columns a table should have is not known here.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 5_000
#: A workbook is compressed: this is what may come out of it.
_MAX_UNPACKED: Final = 5 * MAX_BYTES
#: Cells to the right of these are not looked at; a stray one far out would cost a wide row for every line.
_MAX_COLUMNS: Final = 64

_WORKBOOK: Final = b"PK\x03\x04"
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",\t;"
#: How spreadsheets keep the zeros at the head of a number in CSV.
_QUOTED_NUMBER: Final = re.compile(r'="([^"]*)"')
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: What openpyxl lets through when a workbook is damaged.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)

Cell = str | datetime


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that is not empty, and the line of the file it starts on (the first is 1)."""

    line: int
    cells: tuple[Cell, ...]


def read_table(path: Path) -> list[TableRow]:
    """Return all rows of the table in the file, its head among them.

    Raises:
        InvalidInput: the file is no table, is damaged or too large, holds formulas, or is in an unknown encoding.

    """
    if path.stat().st_size > MAX_BYTES:
        limit = MAX_BYTES // 1024**2
        raise InvalidInput(
            f"The file is larger than {limit} MB; split it.", message_zh=f"文件超过 {limit} MB,请拆分后导入。"
        )
    data = path.read_bytes()
    if data.startswith(_OLD_WORKBOOK):
        raise InvalidInput(
            "This is an old Excel workbook (.xls); save it as .xlsx or CSV.",
            message_zh="这是旧版 Excel 文件(.xls),请另存为 .xlsx 或 CSV 后导入。",
        )
    rows = [row for row in (_read_workbook if data.startswith(_WORKBOOK) else _read_csv)(data) if any(row.cells)]
    if len(rows) > MAX_ROWS + 1:
        raise InvalidInput(
            f"The table has more than {MAX_ROWS} rows; split it.", message_zh=f"表格超过 {MAX_ROWS} 行,请拆分后导入。"
        )
    return rows


def _read_csv(data: bytes) -> Iterator[TableRow]:
    text = _decode(data)
    head = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count), strict=True)
    line = 1
    try:
        for cells in reader:
            yield TableRow(line, tuple(_clean(cell) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(
            f"The table breaks off in line {line} ({error}); a quotation mark may be missing.",
            message_zh=f"第 {line} 行起无法识别,可能缺少引号。",
            line=line,
        ) from error


def _decode(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput(
        "The file is neither a workbook nor text in UTF-8 or GBK.",
        message_zh="文件既不是 Excel 工作簿,也不是 UTF-8 或 GBK 编码的文本,无法导入。",
    )


def _clean(cell: str) -> str:
    quoted = _QUOTED_NUMBER.fullmatch(cell.strip())
    return _CONTROL.sub("", quoted.group(1) if quoted else cell).strip()


def _read_workbook(data: bytes) -> Iterator[TableRow]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise InvalidInput("The workbook is too large.", message_zh="工作簿内容过大,请拆分后导入。")
        with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)) as workbook:
            sheet: Any = workbook.worksheets[0]
            # Other programs write the sheet's extent wrongly; without it all rows are read.
            sheet.reset_dimensions()
            for line, cells in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS), start=1):
                yield TableRow(line, tuple(_value(cell) for cell in cells))
    except _DAMAGED as error:
        raise InvalidInput(
            "The workbook is damaged and cannot be read.", message_zh="工作簿已损坏或不是有效的 Excel 文件,无法读取。"
        ) from error


def _value(cell: Any) -> Cell:  # noqa: ANN401 - openpyxl has several kinds of cell without a common type
    if cell.data_type in {"f", "e"}:
        raise InvalidInput(
            f"Cell {cell.coordinate} holds a formula or an error; paste the values and save again.",
            message_zh=f"单元格 {cell.coordinate} 是公式或错误值,请先“选择性粘贴为数值”再导入。",
            cell=cell.coordinate,
        )
    value = cell.value
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else _CONTROL.sub("", str(value)).strip()


def width(rows: Sequence[TableRow]) -> int:
    """Return how many columns the first row fills."""
    return max((place for place, cell in enumerate(rows[0].cells, start=1) if cell), default=0) if rows else 0
