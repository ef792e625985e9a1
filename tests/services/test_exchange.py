from __future__ import annotations

import csv
import io
import shutil
import threading
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import clock as clocks
from engine import db
from engine.bpmn.bundle import load_directory
from engine.clock import ManualClock
from engine.demo.seed import load_reference
from engine.errors import InvalidInput
from engine.models.petition import Note, Petition
from engine.models.process import UserTask
from engine.services import exchange_tables, procedures
from engine.services.exchange import ImportReport, import_file
from tests.conftest import START

ROOT = Path(__file__).resolve().parents[2]
EXPORT = ROOT / "tests" / "data" / "city-portal.csv"
HEAD = ["编号", "标题", "内容", "类型", "来信人", "电话"]
GOOD = ["SY1", "路灯不亮", "人民路的路灯坏了。", "求助", "王先明", "13000000001"]

#: 2020-01-01 08:05 as a Chinese keyboard types it.
WIDE = "2020-01-01 08:05".translate({code: code + 0xFEE0 for code in range(ord("!"), ord("~"))} | {ord(" "): 0x3000})

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def furnish(url: str) -> None:
    """Give a migrated database units, topics and the procedure."""
    db.configure(url)
    with clocks.use(ManualClock(START)), db.unit_of_work() as session:
        load_reference(session)
        files = load_directory(ROOT / "workflows" / "petition")
        procedures.publish(session, files=files, actor="editor1", note="test")
    db.dispose()
    db.configure(None)


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every database of these tests is a copy of this one."""
    furnished = tmp_path_factory.mktemp("furnished") / "template.db"
    shutil.copyfile(sqlite_template, furnished)
    furnish(f"sqlite:///{furnished}")
    return furnished


@pytest.fixture
def postgresql_url(postgresql_url: str) -> str:
    furnish(postgresql_url)
    return postgresql_url


@pytest.fixture(autouse=True)
def _county(database_url: str, clock: ManualClock) -> None:
    """A county that has received nothing yet, on the first working day of the year."""


def write_csv(path: Path, *rows: Sequence[str], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_workbook(path: Path, *rows: Sequence[object], head: Sequence[str] = HEAD) -> Path:
    workbook = openpyxl.Workbook()
    for row in (head, *rows):
        workbook.worksheets[0].append(row)
    workbook.save(path)
    return path


def run(path: Path) -> ImportReport:
    return import_file(path, actor="intake1")


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.unchanged, len(report.errors)


def letters() -> dict[str | None, Petition]:
    with db.unit_of_work() as session:
        every = session.scalars(sa.select(Petition).options(joinedload(Petition.petitioner)))
        return {petition.upstream_number: petition for petition in every}


def test_an_export_becomes_cases_that_wait_at_intake() -> None:
    report = run(EXPORT)

    assert counts(report) == (3, 0, 0)
    lamp = letters()["SY20200101001"]
    assert lamp.title == "两岔路口路灯不亮"
    assert "\n" in lamp.content
    assert lamp.channel == "city_portal"
    assert lamp.type == "help"
    assert letters()["SY20200102003"].topic_code == "epidemic"
    assert letters()["SY20200102003"].petitioner_id is None, "no name means anonymous"
    with db.unit_of_work(read_only=True) as session:
        assert set(session.scalars(sa.select(UserTask.element_id))) == {"classify"}


@on_sqlite
def test_our_clock_starts_when_we_receive_and_the_portals_times_are_noted(clock: ManualClock) -> None:
    run(EXPORT)

    lamp = letters()["SY20200101001"]
    assert lamp.received_at == clock.now()
    with db.unit_of_work(read_only=True) as session:
        notes = list(session.scalars(sa.select(Note.text).where(Note.petition_id == lamp.id)))
    assert notes == ["市平台来信时间:2020-01-01 19:22;市平台要求办结时间:2020-01-08 18:00"]


def test_importing_again_changes_nothing() -> None:
    run(EXPORT)
    before = {number: (each.id, each.number) for number, each in letters().items()}

    report = run(EXPORT)

    assert counts(report) == (0, 3, 0)
    assert {number: (each.id, each.number) for number, each in letters().items()} == before


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_imports_at_once_take_every_letter_in_once(tmp_path: Path) -> None:
    rows = [[f"SY{number}", *GOOD[1:]] for number in range(12)]
    path = write_csv(tmp_path / "export.csv", *rows)
    reports: list[ImportReport] = []
    imports = [threading.Thread(target=lambda: reports.append(run(path))) for _ in range(2)]

    for each in imports:
        each.start()
    for each in imports:
        each.join()

    assert len(letters()) == 12
    assert sum(report.created for report in reports) == 12
    assert sum(report.unchanged for report in reports) == 12
    assert [error for report in reports for error in report.errors] == []


@on_sqlite
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_offices_use(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(EXPORT.read_text(encoding="utf-8").encode(encoding))

    assert counts(run(path)) == (3, 0, 0)
    assert letters()["SY20200101002"].title == "咨询异地住院报销"


@on_sqlite
@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_csv_may_be_separated_by_tabs_or_semicolons(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "export.txt"
    path.write_text("\n".join(delimiter.join(row) for row in (HEAD, GOOD)), encoding="utf-8")

    assert counts(run(path)) == (1, 0, 0)


@on_sqlite
def test_a_workbook_keeps_numbers_and_times_as_they_are(tmp_path: Path) -> None:
    head = [*HEAD, "来信时间"]
    rows = [
        [20200101001, "路灯不亮", "=路灯坏了", "求助", "王先明", 13000000001, datetime(2020, 1, 1, 19, 22)],  # noqa: DTZ001
        [],
        ["SY2", "桥断了", "桥断了,过不去。", "投诉", None, None, "2020-01-01"],
    ]
    path = write_workbook(tmp_path / "export.xlsx", *rows, head=head)
    # a text that only looks like a formula
    _as_text(path, "=路灯坏了")

    assert counts(run(path)) == (2, 0, 0)
    lamp = letters()["20200101001"]
    assert lamp.content == "=路灯坏了"
    assert lamp.petitioner is not None
    assert lamp.petitioner.phone == "13000000001"


def _as_text(path: Path, value: str) -> None:
    workbook = openpyxl.load_workbook(path)
    for row in workbook.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == value:
                cell.data_type = "s"
    workbook.save(path)


@on_sqlite
@pytest.mark.parametrize(
    "head",
    [
        ["*信件编号", "信件标题 ", "诉求内容(必填)", "来信类型", "写信人", "联系电话"],
        ["工单编号", "主题", "正文", "诉求性质", "姓名", "手机号码"],
        ["编号", "标题", "内容", "类型", "来信人", "联系人"],
    ],
)
def test_columns_are_known_by_other_names(tmp_path: Path, head: list[str]) -> None:
    row = GOOD if head[-1] != "联系人" else [*GOOD[:4], "", "王先明"]

    assert counts(run(write_csv(tmp_path / "export.csv", row, head=head))) == (1, 0, 0)


@on_sqlite
def test_columns_come_in_any_order_with_others_between(tmp_path: Path) -> None:
    head = ["序号", "类型", "内容", "", "标题", "浏览量", "编号"]
    path = write_csv(tmp_path / "export.csv", ["1", "建议", "建议设公厕。", "", "建议", "88", "SY9"], head=head)

    assert counts(run(path)) == (1, 0, 0)
    assert letters()["SY9"].type == "suggestion"


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"编号": ""}, "number", "缺少编号"),
        ({"标题": ""}, "title", "请填写标题"),
        ({"内容": ""}, "content", "请填写来信内容"),
        ({"内容": "长" * 10_001}, "content", "最多 10000 个字"),
        ({"类型": "表彰"}, "type", "不认识的类型"),
        ({"类型": ""}, "type", "缺少类型"),
        ({"电话": ""}, "phone", "联系电话"),
        ({"电话": "1" * 33}, "phone", "最多 32 个字"),
        ({"来信时间": "昨天"}, "received", "不是有效的时间"),
        ({"来信时间": "2020-02-30 10:00"}, "received", "不是有效的时间"),
        ({"来信时间": "2020-01-03 10:00"}, "received", "晚于当前时间"),
        ({"专题": "防汛"}, "topic", "没有名为“防汛”的专题"),
        ({"类别": "天文"}, "category", "没有名为“天文”的类别"),
    ],
)
def test_a_broken_row_is_named_and_the_good_ones_are_kept(
    tmp_path: Path, changes: dict[str, str], field: str, told: str
) -> None:
    head = [*HEAD, "来信时间", "专题", "类别"]
    good = dict(zip(head, [*GOOD, "2020-01-01 10:00", "", ""], strict=True))
    rows = [good | {"编号": "SY1"}, good | {"编号": "SY2"} | changes, good | {"编号": "SY3"}]
    path = write_csv(tmp_path / "export.csv", *([row[name] for name in head] for row in rows), head=head)

    report = run(path)

    assert counts(report) == (2, 0, 1)
    [error] = report.errors
    assert (error.line, error.field) == (3, field)
    assert told in error.message_zh
    assert error.message_en
    assert letters().keys() == {"SY1", "SY3"}


@on_sqlite
def test_lines_are_counted_through_texts_of_several_lines(tmp_path: Path) -> None:
    rows = [[*GOOD[:2], "第一行\n第二行\n第三行", *GOOD[3:]], ["SY2", "", *GOOD[2:]]]

    report = run(write_csv(tmp_path / "export.csv", *rows))

    assert [error.line for error in report.errors] == [5]


@on_sqlite
def test_a_row_with_too_few_or_too_many_cells_is_named(tmp_path: Path) -> None:
    report = run(write_csv(tmp_path / "export.csv", GOOD[:3], GOOD, [*GOOD, "", ""], [*GOOD, "多余"]))

    assert [error.line for error in report.errors] == [2, 4, 5]
    assert "6 列" in report.errors[0].message_zh
    assert report.created == 1


@on_sqlite
def test_a_number_that_stands_twice_in_a_file_is_imported_once(tmp_path: Path) -> None:
    report = run(write_csv(tmp_path / "export.csv", GOOD, [GOOD[0], "另一件", *GOOD[2:]]))

    assert counts(report) == (1, 0, 1)
    assert report.errors[0].line == 3
    assert "第 2 行" in report.errors[0].message_zh
    assert letters()["SY1"].title == "路灯不亮"


@on_sqlite
def test_a_letter_that_differs_from_ours_changes_nothing_and_is_named(tmp_path: Path) -> None:
    run(write_csv(tmp_path / "export.csv", GOOD))

    report = run(write_csv(tmp_path / "export.csv", [GOOD[0], "改过的标题", *GOOD[2:]]))

    assert counts(report) == (0, 0, 1)
    assert report.errors[0].field == "number"
    assert letters()["SY1"].title == "路灯不亮"


@on_sqlite
def test_zeros_at_the_head_of_a_number_survive_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text('编号,标题,内容,类型\n="00042",路灯,路灯坏了,求助\n', encoding="utf-8")

    assert counts(run(path)) == (1, 0, 0)
    assert "00042" in letters()


@on_sqlite
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "缺少以下列"),
        ("随便写的一段话".encode(), "缺少以下列"),
        ("编号,标题,类型\nSY1,路灯,求助\n".encode(), "缺少以下列:内容"),
        ("编号,标题,标题,内容,类型\n".encode(), "重复出现:标题"),
        ('编号,标题,内容,类型\nSY1,路灯,"没有结尾的引号,求助\nSY2,桥,桥断了,求助\n'.encode(), "缺少引号"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", "既不是 Excel"),
        ("編號,標題,內容,類型\n".encode("big5") + b"\xff\xff\xff", "既不是 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        (b"PK\x03\x04 and then nothing", "已损坏"),
    ],
    ids=["empty", "prose", "missing", "twice", "quotation", "picture", "big5", "xls", "torn"],
)
def test_a_file_that_is_no_table_of_letters_is_refused_whole(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(data)

    with pytest.raises(InvalidInput) as refused:
        run(path)

    assert told in refused.value.message_zh
    assert refused.value.message_en != refused.value.message_zh
    assert letters() == {}


@on_sqlite
def test_a_workbook_with_a_formula_is_refused_before_any_row_is_imported(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "export.xlsx", GOOD, ["SY2", '=HYPERLINK("http://example.org")', *GOOD[2:]])

    with pytest.raises(InvalidInput) as refused:
        run(path)

    assert "单元格 B3" in refused.value.message_zh
    assert letters() == {}


@on_sqlite
def test_a_workbook_torn_in_the_middle_is_refused(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "export.xlsx", GOOD).read_bytes()
    for end in range(100, len(whole), 97):
        path = tmp_path / "torn.xlsx"
        path.write_bytes(whole[:end])
        with pytest.raises(InvalidInput):
            run(path)
    assert letters() == {}


@on_sqlite
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("text", [b"", b"<a", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_workbook_with_a_broken_part_is_refused(tmp_path: Path, part: str, text: bytes) -> None:
    whole, broken = write_workbook(tmp_path / "export.xlsx", GOOD), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, text if name == part else source.read(name))

    with pytest.raises(InvalidInput):
        run(broken)


@on_sqlite
def test_files_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(tmp_path / "export.csv", *([f"SY{number}", *GOOD[1:]] for number in range(5)))
    workbook = write_workbook(tmp_path / "export.xlsx", GOOD)

    monkeypatch.setattr(exchange_tables, "MAX_ROWS", 4)
    with pytest.raises(InvalidInput, match="rows"):
        run(path)
    monkeypatch.setattr(exchange_tables, "_MAX_UNPACKED", 1000)
    with pytest.raises(InvalidInput, match="too large"):
        run(workbook)
    monkeypatch.setattr(exchange_tables, "MAX_BYTES", 100)
    with pytest.raises(InvalidInput, match="larger"):
        run(path)
    assert letters() == {}


@on_sqlite
def test_times_of_the_portal_are_the_countys(tmp_path: Path) -> None:
    head = [*HEAD, "来信时间"]
    written = [
        "2020-01-01 08:05:09",
        "2020/1/1 8:05",
        "2020.01.01 08:05",
        "2020年1月1日8时5分",
        WIDE,
    ]
    rows = [[f"SY{place}", *GOOD[1:], text] for place, text in enumerate([*written, "2020-01-01T00:05:00+00:00"])]

    assert counts(run(write_csv(tmp_path / "export.csv", *rows, head=head))) == (6, 0, 0)
    with db.unit_of_work(read_only=True) as session:
        assert set(session.scalars(sa.select(Note.text))) == {"市平台来信时间:2020-01-01 08:05"}


@on_sqlite
def test_a_letter_received_before_midnight_elsewhere_is_not_from_the_future(tmp_path: Path, clock: ManualClock) -> None:
    clock.set(datetime(2020, 1, 2, 0, 30, tzinfo=clocks.ZONE))
    path = write_csv(tmp_path / "export.csv", [*GOOD, "2020-01-02 00:10"], head=[*HEAD, "来信时间"])

    assert counts(run(path)) == (1, 0, 0)
