"""The page of a case: who is told next, what was sent, both times of each event, its hash, and what is owed.

It is Wednesday 2026-09-23, 10:00; the 25th is off, Sunday 09-20 was worked.
"""

from collections.abc import Iterator

import pytest

from sla.store.migrate import METADATA
from tests.browser.cast import AWAITING, NEXT_DAYS, OVERDUE, PAUSED
from tests.web.cast import Desk, desk, text_of


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        made.app.settle_all()
        yield made


def page(window: Desk, title: str, language: str = "zh") -> str:
    return window.readers["li"].open(f"/cases/{window.numbers[title]}?lang={language}").text


def clock(window: Desk, title: str, name: str) -> str:
    """The words of one clock's card."""
    cards = page(window, title).split('<li class="clock ')
    card = next(card for card in cards if f"<h3>{name}</h3>" in card)
    return " ".join(part.partition(">")[2].strip() for part in card.split("<")).strip()


def test_each_open_clock_says_what_is_told_next_when_and_to_whom(window: Desk) -> None:
    """Due Monday 09-28 by promise: T-1 is Thursday 09-24 at 09:00, the handler's. By law 2026-11-06 with 30 days from
    09-18: T-5 is 10-30, the handler's and the chief window officer's."""
    assert "9月24日 周四 09:00，告知 李敏" in clock(window, NEXT_DAYS[0], "承诺时限")
    assert "，告知 李敏、王强" in clock(window, NEXT_DAYS[0], "法定时限")


def test_an_overdue_clock_says_who_of_the_next_level_is_told(window: Desk) -> None:
    """Due Monday 09-21; +1 was Wednesday 09-23 at 08:30; +3 is after three whole days: 22, 23, 24, so on 09-28."""
    assert "+3：9月28日 周一 08:30，告知 赵静" in clock(window, OVERDUE[0], "承诺时限")


def test_a_paused_or_stopped_clock_says_nothing_of_it(window: Desk) -> None:
    assert "下次提醒" not in clock(window, PAUSED[0], "承诺时限")
    assert "下次提醒" not in clock(window, NEXT_DAYS[0], "受理审查")


def test_what_was_sent_is_listed_with_reader_channel_and_state(window: Desk) -> None:
    table = page(window, OVERDUE[0]).partition('<table class="messages">')[2].partition("</table>")[0]
    assert "承诺时限" in table and "王强" in table and "赵静" in table and "<td>log</td>" in table and "已发送" in table
    assert table.count("<tr>") == 1 + 2  # its head; of the rungs passed the gravest, to all they name (M5): two people
    assert "未发送" not in table


def test_a_case_nothing_was_sent_about_says_so(window: Desk) -> None:
    assert "尚未就此办件发送消息。" in page(window, AWAITING[0])


def test_an_event_shows_both_its_times_and_its_whole_hash_on_demand(window: Desk) -> None:
    """Taken on at 17:00 on 09-18 and entered on 09-22: more than one working day later."""
    text = page(window, NEXT_DAYS[0])
    assert "9月18日 周五 17:00" in text and "9月22日 周二 17:00" in text and "补登" in text
    with window.app.reading() as session:
        event = METADATA.tables["case_event"]
        hashes = [
            row.hash for row in session.connection().execute(event.select().where(event.c.kind == "acknowledged"))
        ]
    listed = text.partition('id="events"')[2]
    for found in hashes:
        assert f"<code>{found[:12]}</code></summary><code>{found}</code>" in listed


def test_what_is_owed_is_said_on_top_and_recorded_from_there(window: Desk) -> None:
    owed, path = ["approval", "contract"], window.path("accepted", AWAITING[0])
    refused = window.fill("li", path, "record", owed=owed, owed_by="2026-09-22")
    assert refused.status_code == 422 and "请检查“补齐期限”" in text_of(refused)  # yesterday, before the acceptance
    done = window.fill("li", path, "record", owed=owed, owed_by="2026-09-23")
    assert done.status_code == 303
    assert "容缺材料，应于2026年9月23日 周三前补齐（含当日）：项目批准、核准或备案文件、土地出让合同或划拨文件" in page(
        window, AWAITING[0]
    )
    assert (
        window.fill("li", window.path("owed_received", AWAITING[0]), "record", papers=["approval"]).status_code == 303
    )
    assert "补齐（含当日）：土地出让合同或划拨文件" in page(window, AWAITING[0])
    window.fill("li", window.path("owed_received", AWAITING[0]), "record", papers=["contract"])
    assert "补齐（含当日）" not in page(window, AWAITING[0])
    assert "补交容缺材料" not in page(window, AWAITING[0]).partition('class="actions"')[2].partition("</nav>")[0]
