"""A list of every kind of value, with what comes from outside at its worst."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from sla.formats.choosing import FORMS
from sla.formats.table import Choice, Column, Kind, Row, Table

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 9, 23, 10, 0, tzinfo=ZONE)
COLUMNS = (
    Column("number", "办件编号"),
    Column("title", "标题", wide=True),
    Column("days", "天数", Kind.NUMBER),
    Column("rate", "按时率", Kind.SHARE),
    Column("due_on", "到期", Kind.DATE),
    Column("due_at", "到期时刻", Kind.MOMENT),
    Column("provisional", "暂定", Kind.FLAG),
    Column("permit", "事项", Kind.CHOICE),
)
FULL: Row = (
    "建字第20260012号", '锦绣花园，"二期"', -2, 0.95, date(2026, 9, 30), datetime(2026, 9, 30, 17, 0, tzinfo=ZONE),
    True, Choice("land_use", "用地规划许可"),
)  # fmt: skip
EMPTY: Row = ("1", "", None, None, None, None, False, None)
HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "＠x", '=HYPERLINK("http://x.example","y")',
    "=cmd|' /C calc'!A0",
)  # fmt: skip


def table(*rows: Row) -> Table:
    return Table("cases", "办件", COLUMNS, rows, AT, "是", "否")


def titled(*titles: str) -> Table:
    """A list of one column."""
    return Table("titles", "标题", (Column("title", "标题"),), [(title,) for title in titles], AT)


def written(ending: str, made: Table) -> bytes:
    out = BytesIO()
    FORMS[ending].write(made, out)
    return out.getvalue()
