"""The fixed cast of these tests: one office, its clerk, one message; and short ways to make more."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from notifiers.delivery import After, Later, Render, Rendered, Said
from notifiers.entries import Claimed
from notifiers.message import Message, NoLongerTrue, Recipient, Written
from notifiers.outbox import NewMessage
from sla.store.ids import new_id

HERE = Path(__file__).parent
NOW = datetime(2026, 9, 23, 0, 30, tzinfo=UTC)  # 08:30 in Beijing
OFFICE = UUID(int=1)
NEIGHBOUR = UUID(int=2)
Answer = Rendered | NoLongerTrue | Later | After
CLERK = Recipient(id="p-7", name="王 小明", address="clerk@office.example", language="zh-CN")


def message(
    key: str = "k1",
    subject: str = "案件 2026-17 明天到期",
    text: str = "还剩 1 个工作日。\n请尽快处理。",
    html: str | None = None,
    data: Mapping[str, object] | None = None,
    link: str = "",
    repeat_note: str = "",
) -> Message:
    return Message(
        key=key,
        kind="case.due_soon",
        subject=subject,
        body=Written(text, html),
        time=NOW,
        source="urn:office:1",
        about="case/2026-17",
        data=data if data is not None else {"left": 1, "due_on": "2026-09-24"},
        link=link,
        repeat_note=repeat_note,
    )


def entry(
    key: str = "k1",
    *,
    office: UUID = OFFICE,
    next_at: datetime = NOW,
    leader: NewMessage | None = None,
    endpoint: str = "desk",
    reader: str = "p-7",
    kind: str = "case.due_soon",
) -> NewMessage:
    return NewMessage(
        office_id=office,
        id=new_id(NOW),
        key=key,
        kind=kind,
        recipient_id=reader,
        endpoint=endpoint,
        about='{"case":"2026-17"}',
        due_at=NOW,
        next_at=next_at,
        created_at=NOW,
        bundle_id=leader.id if leader else None,
    )


def each(render: Callable[[Claimed], Answer]) -> Render:
    """Messages rendered one by one; what goes wrong with one stands in its place."""

    def tried(claimed: Claimed) -> Said:
        try:
            return render(claimed)
        except Exception as error:
            return error

    return lambda several: [tried(claimed) for claimed in several]
