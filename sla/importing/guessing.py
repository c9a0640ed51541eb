"""What the columns of a file probably mean, as a mapping to be read over: by their names, and by what stands in them.

Pure. Only what is called by a name in HEADS is guessed, blanks, signs and brackets aside; where two columns could be
the same, the one whose name stands first in the table is it. What is not known stands in the mapping as a remark.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

HEADS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "办件编号", "案件编号", "受理编号", "业务编号", "收件编号", "流水号", "案号", "编号", "case number", "number",
        "case no", "case id", "application number", "reference", "no", "id", "case:concept:name", "concept:name",
    ),
    "permit": (
        "事项", "事项名称", "审批事项", "办理事项", "事项类型", "业务类型", "许可类型", "证件类型", "permit",
        "permit type", "case type", "application type", "kind", "type",
    ),
    "title": (
        "项目名称", "办件名称", "案件名称", "名称", "项目", "标题", "title", "project", "project name", "subject",
        "name",
    ),
    "applicant": ("申请人", "申请单位", "建设单位", "申请人名称", "申请人姓名", "applicant", "applicant name"),
    "contact": ("联系人", "经办人", "代理人", "contact", "contact person", "agent"),
    "email": ("电子邮箱", "邮箱", "电子邮件", "email", "e-mail", "mail"),
    "mobile": ("手机", "手机号", "手机号码", "联系电话", "mobile", "mobile phone", "phone"),
    "handler": (
        "承办人", "承办人员", "办理人", "办理人员", "责任人", "审批人", "受理人", "handler", "officer", "case officer",
        "responsible", "assigned to", "assignee", "org:resource",
    ),
    "received": (
        "收件日期", "收件时间", "收件", "申请日期", "申请时间", "申报日期", "登记日期", "received", "date received",
        "received on", "received at", "submitted", "application date", "start", "start date", "startdate",
    ),
    "accepted": (
        "受理日期", "受理时间", "受理", "accepted", "date accepted", "accepted on", "accepted at", "validated",
    ),
    "decided": (
        "办结日期", "办结时间", "办结", "决定日期", "审批日期", "批准日期", "decided", "decision date", "date decided",
        "decided on", "decided at", "closed", "end", "end date", "enddate",
    ),
    "delivered": ("送达日期", "送达时间", "发证日期", "领证日期", "delivered", "date delivered", "issued"),
    "withdrawn": ("撤回日期", "撤件日期", "撤回时间", "withdrawn", "date withdrawn", "withdrawn on"),
    "outcome": ("结果", "办理结果", "办结结果", "审批结果", "决定", "outcome", "result", "decision"),
    "certificate": ("证号", "证书编号", "许可证号", "批准文号", "文号", "certificate", "certificate number"),
    "land_area_ha": ("用地面积公顷", "land area ha"),
    "floor_area_ha": ("建筑面积公顷", "floor area ha"),
    "given": (
        "承诺到期日", "到期日", "到期日期", "截止日期", "办理期限", "应办结日期", "deadline", "due", "due date",
        "due on", "date due", "planned end", "enddateplanned",
    ),
}  # fmt: skip
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "approved": (
        "approved", "granted", "permitted", "issued", "yes", "批准", "准予", "准予许可", "予以许可", "同意", "通过",
        "许可", "办结", "发证",
    ),
    "denied": (
        "denied", "refused", "rejected", "no", "不予许可", "不予批准", "不批准", "不准予", "不同意", "不通过", "不予",
        "驳回", "否决",
    ),
}  # fmt: skip
EVENTS: Mapping[str, tuple[str, ...]] = {
    "received": ("received", "receive", "submitted", "application received", "收件", "申请", "登记"),
    "accepted": ("accepted", "accept", "application accepted", "受理", "准予受理"),
    "decided": ("decided", "decision", "decide", "closed", "办结", "审批", "决定"),
    "delivered": ("delivered", "deliver", "sent", "送达", "发证"),
    "withdrawn": ("withdrawn", "withdraw", "撤回", "撤件"),
    "resumed": ("resumed", "resume", "恢复", "恢复计时"),
}
EVENT_COLUMNS: Mapping[str, tuple[str, ...]] = {"event": ("concept:name",), "at": ("time:timestamp",)}
MOST_VALUES = 200  # of a column, that are written out
REFUSED = "-refused"  # what the name of a file of refused rows ends with: it comes from where the others came from
MOST_REMARK = 4_000  # characters
SIGNS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True)
class Known:
    """What an office has: its permits and its people by id, each with every name it goes by."""

    permits: Mapping[str, Sequence[str]]
    people: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Survey:
    """What a file holds: its columns with the texts that stand in them (of a column with too many, the first), how many
    rows; of an event log the same of its events."""

    columns: tuple[str, ...]
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: int = 0
    event_columns: tuple[str, ...] = ()
    event_texts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def guessed(name: str, found: Survey, known: Known) -> str:
    """The mapping of a file called `name`, as TOML with remarks."""
    columns = _columns(found.columns, HEADS)
    lines = [f"source = {_quoted(source_of(name))}", "", "[cases]", *_cases(found, columns)]
    lines += _defaults(columns, known)
    for kind, ids in (("permit", known.permits), ("handler", known.people), ("outcome", OUTCOMES)):
        if kind in columns:
            lines += _values(kind, found.texts.get(columns[kind], ()), ids)
    return "\n".join([*lines, *_events(found)]) + "\n"


def source_of(name: str) -> str:
    """A name for where the cases come from, of the name of their file."""
    stem = (name.rpartition(".")[0] or name).removesuffix(REFUSED)
    text = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in stem)[:60].strip("-.")
    return text or "import"


def _columns(columns: Sequence[str], heads: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """By what they mean the columns that are there once."""
    once = {_plain(column): column for column in reversed(columns) if column and columns.count(column) == 1}
    found: dict[str, str] = {}
    for meaning, names in heads.items():
        column = next((once[plain] for plain in map(_plain, names) if plain in once), "")
        if column and column not in found.values():
            found[meaning] = column
    return found


def _cases(found: Survey, columns: Mapping[str, str]) -> Iterator[str]:
    for meaning in HEADS:
        if meaning in columns:
            yield f"{meaning} = {_quoted(columns[meaning])}"
        elif meaning in ("number", "received"):
            yield f'# {meaning} = ""'
    left = [column for column in found.columns if column and column not in columns.values()]
    if left:
        yield f"# not used: {_remark(', '.join(left))}"


def _defaults(columns: Mapping[str, str], known: Known) -> Iterator[str]:
    """One for all where no column says it: the only one there is, else a remark with those there are."""
    missing = [(kind, ids) for kind, ids in (("permit", known.permits), ("handler", known.people))
               if kind not in columns]  # fmt: skip
    if missing:
        yield from ("", "[defaults]")
    for kind, ids in missing:
        yield f"{kind} = {_quoted(next(iter(ids)))}" if len(ids) == 1 else f'# {kind} = ""  # {_listed(ids)}'


def _values(kind: str, texts: Sequence[str], ids: Mapping[str, Sequence[str]]) -> Iterator[str]:
    meant = {_plain(name): id for id, names in reversed(list(ids.items())) for name in (*names, id)}
    yield from ("", f"[values.{kind}]")
    unknown = False
    for text in texts[:MOST_VALUES]:
        id = text if text in ids else meant.get(_plain(text), "")
        unknown = unknown or not id
        yield f"{_quoted(text)} = {_quoted(id)}" if id else f'# {_quoted(text)} = ""'
    if unknown:
        yield f"# {_listed(ids)}"


def _events(found: Survey) -> Iterator[str]:
    columns = _columns(found.event_columns, EVENT_COLUMNS)
    if len(columns) < len(EVENT_COLUMNS):
        return
    yield from ("", "[events]", *(f"{meaning} = {_quoted(column)}" for meaning, column in columns.items()))
    yield from ("", "[events.kinds]")
    meant = {_plain(name): kind for kind, names in EVENTS.items() for name in names}
    for text in found.event_texts.get(columns["event"], ())[:MOST_VALUES]:
        kind = meant.get(_plain(text), "")
        yield f"{_quoted(text)} = {_quoted(kind)}" if kind else f'# {_quoted(text)} = ""'


def _plain(text: str) -> str:
    """Letters and digits alone, small, without what stands in brackets."""
    return "".join(sign for sign in SIGNS.sub("", text).casefold() if sign.isalnum())


def _listed(ids: Mapping[str, Sequence[str]]) -> str:
    listed = ", ".join(f"{id} ({names[0]})" if names and names[0] != id else id for id, names in ids.items())
    return f"here: {_remark(listed)}"


def _remark(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:MOST_REMARK]


def _quoted(text: str) -> str:
    """As a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
