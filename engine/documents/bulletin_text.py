"""The bulletin as plain text: the two annexes of the county's own bulletin, laid out as it prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.services.reports import Bulletin, Row

_BREACHES = {"accept_overdue": "超期未受理", "reply_overdue": "受理未按时回复"}
_MONTHS_PER_QUARTER = 3


def bulletin_text(report: Bulletin) -> str:
    """Return the bulletin as text, tables first, then totals and breaches."""
    title = period_title(report.start, report.end)
    lines = [
        *_table(f"附件1:\n{title}乡镇(场、区)“网上问政”平台群众投诉件办理情况统计表", report, report.towns),
        *_table(f"附件2:\n{title}县直部门“网上问政”平台群众投诉件办理情况统计表", report, report.departments),
    ]
    sums = report.totals
    lines.append(f"合计 | {sums.letters.value} | {sums.final_reviewed.value} | {_percent(sums.closure_rate)}")
    lines.append(f"上期信件总数 | {report.previous_letters.value}")
    lines += [
        f"专题 {topic} | {rate.whole.value} | {rate.part.value} | {_percent(rate.percent)}"
        for topic, rate in report.topics.items()
    ]
    lines += [
        f"{_BREACHES[breach.kind]} | {breach.unit_name} | {breach.number} | 逾期{breach.days}天"
        for breach in report.breaches
    ]
    return "\n".join(lines) + "\n"


def _table(heading: str, report: Bulletin, rows: Sequence[Row]) -> list[str]:
    lines = [
        heading,
        f"统计周期:{_day(report.start)}至{_day(report.end, report.start)}",
        "序号 | 部门名称 | 信件总数 | 终审总数 | 办结率 |",
    ]
    for row in rows:
        cells = (row.rank, row.unit_name, row.letters.value, row.final_reviewed.value, _percent(row.closure_rate))
        lines.append(" | ".join(map(str, cells)) + " |")
    return lines


def period_title(start: date, end: date) -> str:
    """Name a period as a bulletin does: a quarter by its number, anything else by its dates."""
    months = end.month - start.month + 1
    quarter = start.month // _MONTHS_PER_QUARTER
    if (
        start.year == end.year
        and start.day == 1
        and months == _MONTHS_PER_QUARTER
        and start.month % _MONTHS_PER_QUARTER == 1
    ):
        return f"{start.year}年第{'一二三四'[quarter]}季度"
    return f"{_day(start)}至{_day(end, start)}"


def _day(day: date, after: date | None = None) -> str:
    year = "" if after is not None and after.year == day.year else f"{day.year}年"
    month = "元" if day.month == 1 else str(day.month)
    return f"{year}{month}月{day.day}日"


def _percent(value: object) -> str:
    return "—" if value is None else f"{value:.2f}%"
