"""The morning's digest: overdue and by how much, due today, due in the next 3 working days; the rest is counted."""

import json
from dataclasses import replace
from datetime import date

from sla.events import Paused, Resumed
from sla.messages import DueEntry, DueLists, Morning, OwedEntry, digest_message
from sla.people import Role
from tests.messages.cast import ADDRESSES, CARD, CHIEF, ENGLISH, at, event, promise

NOW = "2026-09-24T08:30"
OTHER = replace(CARD, number="地字第20260013号", title="<b>南湖</b>\n公园", link="")
LATE = DueEntry(CARD, promise(NOW))  # due on Wednesday 09-23
TODAY = DueEntry(OTHER, promise(NOW, "2026-09-20"))  # due on Thursday 09-24
SOON = DueEntry(OTHER, promise(NOW, "2026-09-21"))  # due on Monday 09-28: Friday is off
LISTS = DueLists(at(NOW).date(), (LATE,), (TODAY,), (SOON,), paused=(SOON, SOON), awaiting=(SOON,))
SOURCE = "https://window.example"


def test_the_digest_in_chinese() -> None:
    message = digest_message("k", LISTS, CHIEF, Role.CHIEF, at(NOW), SOURCE, link="https://window.example/due")
    assert message.subject == "9月24日 周四：超期 1 项，今天到期 1 项，即将到期 1 项"
    assert message.text == (
        "超期：1 项\n"
        "- 地字第20260012号 锦绣花园二期\n"
        "  承诺时限：2026年9月23日 周三到期，超期 1 个工作日\n"
        "  https://window.example/cases/12\n"
        "\n"
        "今天到期：1 项\n"
        "- 地字第20260013号 <b>南湖</b> 公园\n"
        "  承诺时限：2026年9月24日 周四到期，今天到期\n"
        "\n"
        "近 3 个工作日内到期：1 项\n"
        "- 地字第20260013号 <b>南湖</b> 公园\n"
        "  承诺时限：2026年9月28日 周一到期，还有 1 个工作日\n"
        "\n"
        "挂起：2 项；待受理：1 项。\n"
        "查看：https://window.example/due\n"
        "\n"
        "您收到本消息，因为您是窗口首席。\n"
    )


def test_the_digest_in_english() -> None:
    message = digest_message("k", LISTS, ENGLISH, Role.MANAGER, at(NOW), SOURCE, anchor="9f2c")
    assert message.subject == "Thu 24 Sep: 1 overdue, 1 due today, 1 due soon"
    assert (
        "Overdue: 1\n- 地字第20260012号 锦绣花园二期\n  promise due Wed 23 Sep 2026: 1 working day overdue\n"
        in message.text
    )
    assert "Due in the next 3 working days: 1\n" in message.text
    assert "Paused: 2. Awaiting acceptance: 1.\nHead of the record: 9f2c\n\nYou get this as manager.\n" in message.text


def test_a_morning_with_nothing_due_says_so() -> None:
    message = digest_message("k", DueLists(at(NOW).date()), CHIEF, Role.CHIEF, at(NOW), SOURCE)
    assert message.subject == "9月24日 周四：超期 0 项，今天到期 0 项，即将到期 0 项"
    assert message.html is not None
    assert "<table>" not in message.html


def test_a_provisional_date_is_marked_in_a_list() -> None:
    entry = DueEntry(CARD, promise("2026-12-31T08:30", "2026-12-28"))
    lists = DueLists(at("2026-12-31T08:30").date(), next_days=(entry,))
    chinese = digest_message("k", lists, CHIEF, Role.CHIEF, at("2026-12-31T08:30"), SOURCE)
    assert "承诺时限：2027年1月4日 周一（暂定）到期，还有 1 个工作日" in chinese.text
    english = digest_message("k", lists, ENGLISH, Role.CHIEF, at("2026-12-31T08:30"), SOURCE)
    assert "promise due Mon 4 Jan 2027 (provisional): 1 working day left" in english.text


def test_html_is_a_table_with_headings_and_escaped() -> None:
    html = digest_message("k", LISTS, CHIEF, Role.CHIEF, at(NOW), SOURCE).html
    assert html is not None
    assert '<th scope="col">承办人</th>' in html
    assert '<th scope="row"><a href="https://window.example/cases/12">地字第20260012号</a> 锦绣花园二期</th>' in html
    assert "&lt;b&gt;南湖&lt;/b&gt; 公园" in html
    assert "<td>超期 1 个工作日</td>" in html
    assert "style" not in html


def test_a_long_list_is_cut_and_the_rest_is_counted() -> None:
    lists = DueLists(at(NOW).date(), overdue=(LATE,) * 53)
    chinese = digest_message("k", lists, CHIEF, Role.CHIEF, at(NOW), SOURCE)
    assert chinese.text.startswith("超期：53 项\n")
    assert chinese.text.count("- 地字第") == 50
    assert "另有 3 项\n" in chinese.text
    assert "and 3 more\n" in digest_message("k", lists, ENGLISH, Role.CHIEF, at(NOW), SOURCE).text
    overdue = chinese.data["overdue"]
    assert isinstance(overdue, list)
    assert len(overdue) == 53


def test_programs_read_lists_and_counts() -> None:
    message = digest_message("key-1", LISTS, CHIEF, Role.CHIEF, at(NOW), SOURCE)
    assert (message.key, message.kind, message.about, message.time) == ("key-1", "digest.due", "2026-09-24", at(NOW))
    data = json.loads(json.dumps(dict(message.data)))
    assert data["counts"] == {"overdue": 1, "due_today": 1, "next_days": 1, "paused": 2, "awaiting": 1}
    assert (data["day"], data["reason"]) == ("2026-09-24", "chief")
    assert [entry["days"] for name in ("overdue", "due_today", "next_days") for entry in data[name]] == [-1, 0, 1]


def test_no_digest_leaks_an_address() -> None:
    message = digest_message("k", LISTS, CHIEF, Role.CHIEF, at(NOW), SOURCE)
    assert not any(address in repr(message) for address in ADDRESSES.values())


def test_the_subject_stays_short_on_the_worst_of_mornings() -> None:
    many = (LATE,) * 999
    for person in (CHIEF, ENGLISH):
        message = digest_message("k", DueLists(at(NOW).date(), many, many, many), person, Role.CHIEF, at(NOW), SOURCE)
        assert len(message.subject) <= 60


def test_clocks_that_were_paused_again_are_listed_with_how_often_and_when_last() -> None:
    # R10: paused on 18, resumed and paused again on 20 and 21, resumed on 22 September.
    events = [
        event(Paused, "2026-09-18T16:00", 3, ground="hearing"),
        event(Resumed, "2026-09-20T09:00", 4, pause=3),
        event(Paused, "2026-09-20T16:00", 5, ground="hearing"),
        event(Resumed, "2026-09-21T09:00", 6, pause=5),
        event(Paused, "2026-09-21T16:00", 7, ground="hearing"),
        event(Resumed, "2026-09-22T09:00", 8, pause=7),
    ]
    nightly = DueEntry(CARD, promise(NOW, "2026-09-18", *events))
    lists = replace(LISTS, paused_again=(nightly,))
    english = digest_message("k", lists, ENGLISH, Role.MANAGER, at(NOW), SOURCE)
    assert "Paused again on the day they were resumed: 1\n" in english.text
    assert "2 times, last on Mon 21 Sep 2026\n" in english.text
    assert english.data["paused_again"][0]["on"] == ["2026-09-20", "2026-09-21"]  # type: ignore[index]
    chinese = digest_message("k", lists, CHIEF, Role.MANAGER, at(NOW), SOURCE)
    assert "恢复当日再次挂起：1 项\n" in chinese.text
    assert "2 次，最近一次 2026年9月21日 周一" in chinese.text
    assert english.html is not None and "2 times, last on Mon 21 Sep 2026" in english.html


def test_a_digest_without_any_does_not_speak_of_them() -> None:
    message = digest_message("k", LISTS, ENGLISH, Role.MANAGER, at(NOW), SOURCE)
    assert "Paused again" not in message.text
    assert message.data["paused_again"] == []


def test_a_digest_names_the_papers_that_are_owed_past_their_day() -> None:
    papers = ({"zh": "项目批准文件", "en": "project approval"}, {"zh": "地形图", "en": "map of the site"})
    owed = (OwedEntry(CARD, "li", papers, date(2026, 9, 21)),)
    lists = Morning(**vars(LISTS), owed_past=owed)
    english = digest_message("k", lists, ENGLISH, Role.HANDLER, at(NOW), SOURCE)
    assert "Owed papers, past their day: 1\n" in english.text
    assert "project approval, map of the site due Mon 21 Sep 2026: still owed\n" in english.text
    assert english.html is not None and "map of the site" in english.html
    chinese = digest_message("k", lists, CHIEF, Role.HANDLER, at(NOW), SOURCE)
    assert "容缺材料逾期未补：1 项\n" in chinese.text and "项目批准文件、地形图" in chinese.text
