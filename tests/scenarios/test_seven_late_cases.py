"""Seven late cases, three pauses and one extension: exactly the messages counted here by hand, and no other.

The paper calendar (State Council notice of 2025-11-04), working days numbered from 1 September 2026:

     1 Tu 09-01    5 Mo 09-07   10 Mo 09-14   15 SUN 09-20   20 Mo 09-28   23 Th 10-08   26 Mo 10-12   31 Mo 10-19
     2 We 09-02    6 Tu 09-08   11 Tu 09-15   16 Mo  09-21   21 Tu 09-29   24 Fr 10-09   27 Tu 10-13
     3 Th 09-03    7 We 09-09   12 We 09-16   17 Tu  09-22   22 We 09-30   25 SAT 10-10  28 We 10-14
     4 Fr 09-04    8 Th 09-10   13 Th 09-17   18 We  09-23                               29 Th 10-15
                   9 Fr 09-11   14 Fr 09-18   19 Th  09-24                               30 Fr 10-16

Off: 09-25 to 09-27 and 10-01 to 10-07. Wang is away from 09-21 to 09-23, Li stands in.

By hand, in numbers of working days; promise and statute from acceptance (R5), T-1 at 09:00, overdue at the next 08:30,
+1 and +3 at 08:30 two and four working days after the due date (M1):

case                    accepted  due         what happens                                       late by
A site, Li               1        1+4=5       decided 6 at 15:00, before +1 (7)                  6-5=1
B land use, Wang        14        14+4=18     decided 21 at 10:00, after +1 (20), before +3 (22) 21-18=3
C site, Li               8        8+4=12      decided 17 at 11:00, after +3 (16)                 17-12=5
D condition notice, Wang 19       19 (R8)     closing at 16:00; decided 21 at 09:30, after +1    21-19=2
E site, Li               5        5+4=9       decided Sat 09-12: overdue at 24:00 waits for      0 (R9)
                                              Monday, and is true no longer: not sent
F rural, Li              1        1+6=7       decided 30 at 15:00                                30-7=23
  its statute            1        1+20=21     +10 on 19 → 1+30=31 (R11): T-5 is 16, then 26; T-1 is 30
G works, Wang           10        10+6=16     paused 17 to 21: too late for the promise (R21),   22-16=6
                                              drops no alarm (M7); decided 22 at 10:00
H site, Li              11        11+4=15     paused 13 to 21: 2 used, 21+2=23; T-1 is 22        in time
I works, Li             12        12+6=18     paused 17 at 08:45, T-1 (17 at 09:00) is swallowed; in time
                                              5 used, resumed 19 at 10:00: 19+1=20, T-1 goes at once (M4)
"""

from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from notifiers.outbox import MESSAGE
from sla.service.cases import find
from sla.service.reporting import report
from tests.scenarios.cast import HEARD_BY, Happening, Window, at, identity, keys_of, window

HAPPENINGS = """
A  09-01 09:00  received    li    site_selection
F  09-01 09:10  received    li    rural_construction
A  09-01 09:30  accepted    li
F  09-01 09:40  accepted    li
E  09-07 09:00  received    li    site_selection
E  09-07 09:30  accepted    li
A  09-08 15:00  decided     li    outcome=approved overdue_reason=人手不足
A  09-09 10:00  delivered   li
C  09-10 09:00  received    li    site_selection
C  09-10 09:30  accepted    li
E  09-12 10:00  decided     li    outcome=approved overdue_reason=人手不足
E  09-14 10:00  delivered   li
G  09-14 10:00  received    wang  construction_works
G  09-14 10:30  accepted    wang
H  09-15 09:00  received    li    site_selection
H  09-15 09:30  accepted    li
I  09-16 09:00  received    li    construction_works
I  09-16 09:30  accepted    li
H  09-17 15:00  paused      li    ground=public_notice notice=公示1号
B  09-18 09:00  received    wang  land_use
B  09-18 09:30  accepted    wang
I  09-22 08:45  paused      li    ground=expert_review notice=评审2号
G  09-22 10:00  paused      li    ground=expert_review notice=评审3号
C  09-22 11:00  decided     li    outcome=approved overdue_reason=人手不足
C  09-23 10:00  delivered   li
I  09-24 10:00  resumed     li
D  09-24 09:50  received    wang  planning_condition_notice
D  09-24 10:05  accepted    wang
F  09-24 11:00  extended    li    clock=statutory amount=10 unit=working_days reason=需补充勘测 approver=zhao
I  09-28 16:00  decided     li    outcome=approved
D  09-29 09:30  decided     wang  outcome=approved overdue_reason=人手不足
I  09-29 10:30  delivered   li
G  09-29 09:00  resumed     wang
H  09-29 10:00  resumed     li
B  09-29 10:00  decided     wang  outcome=approved overdue_reason=人手不足
B  09-30 10:30  delivered   wang
G  09-30 10:00  decided     wang  outcome=approved overdue_reason=人手不足
H  09-30 15:00  decided     li    outcome=approved
G  10-08 10:00  delivered   wang
H  10-08 11:00  delivered   li
F  10-16 15:00  decided     li    outcome=approved overdue_reason=人手不足
F  10-16 16:00  delivered   li
"""

# The hand count: which case, clock and milestone, of which due date, goes when to whom.
ALARMS = """
A  promise    T-1      09-07  09-04 09:00  li
A  promise    overdue  09-07  09-08 08:30  li zhou
B  promise    T-1      09-23  09-22 09:00  li
B  promise    overdue  09-23  09-24 08:30  wang zhou
B  promise    +1       09-23  09-28 08:30  zhao
C  promise    T-1      09-16  09-15 09:00  li
C  promise    overdue  09-16  09-17 08:30  li zhou
C  promise    +1       09-16  09-18 08:30  zhao
C  promise    +3       09-16  09-21 08:30  sun
D  promise    closing  09-24  09-24 16:00  wang
D  promise    overdue  09-24  09-28 08:30  wang zhou
D  promise    +1       09-24  09-29 08:30  zhao
E  promise    T-1      09-11  09-10 09:00  li
F  promise    T-1      09-09  09-08 09:00  li
F  promise    overdue  09-09  09-10 08:30  li zhou
F  promise    +1       09-09  09-11 08:30  zhao
F  promise    +3       09-09  09-15 08:30  sun
F  statutory  T-5      09-29  09-21 09:00  li zhou
F  statutory  T-5      10-19  10-12 09:00  li zhou
F  statutory  T-1      10-19  10-16 09:00  li
G  promise    T-1      09-21  09-20 09:00  wang
G  promise    overdue  09-21  09-22 08:30  li zhou
G  promise    +1       09-21  09-23 08:30  zhao
G  promise    +3       09-21  09-28 08:30  sun
H  promise    T-1      10-08  09-30 09:00  li
I  promise    T-1      09-28  09-24 10:00  li
"""

# The digest of 08:30 to Zhou (chief) and Zhao (manager), and to Li of his own: on each working day from 2, when A
# (due 5) is three days off, to 30, the morning F is decided; F keeps it up from 4 on. To Wang of his own: from 13, when
# G (due 16) is three days off, to 22, the morning G is decided; but not on 16 to 18, when Li has Wang's in his.
DIGEST_DAYS = """
09-02 09-03 09-04 09-07 09-08 09-09 09-10 09-11 09-14 09-15 09-16 09-17 09-18 09-20 09-21 09-22 09-23 09-24 09-28 09-29
09-30 10-08 10-09 10-10 10-12 10-13 10-14 10-15 10-16
"""
WANGS_DIGEST_DAYS = "09-17 09-18 09-20 09-24 09-28 09-29 09-30"
# The summary of September on the first working day of October at 09:00, to Zhao, who is manager and head. None of
# August: there was no case yet.
SUMMARY = ("2026-09-01", "10-08", "zhao")

LATE_BY = {"A": 1, "B": 3, "C": 5, "D": 2, "E": 0, "F": 23, "G": 6}


def test_exactly_the_messages_of_the_hand_count(database_url: str, httpserver: HTTPServer, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(policy_with_extensions(), "utf-8")
    away = '[{ first = "2026-09-21", last = "2026-09-23" }]'
    with window(
        database_url, httpserver, at("2026-08-31", "08:00"), 'policy_file = "policy.toml"', away, tmp_path
    ) as lived:
        lived.play([happening(line) for line in HAPPENINGS.strip().splitlines()], date(2026, 8, 31), date(2026, 10, 20))
        expected = counted_by_hand(lived)
        keys = keys_of(lived)
        arrived = [(m.channel, m.identity, m.sent_at, m.to) for m in lived.servers.arrived]
        named = {key: [(keys.get(m[1], m[1]), f"{m[2]:%m-%d %H:%M}", m[3]) for m in found] for key, found in {
            "sent, not counted": set(arrived) - expected, "counted, not sent": expected - set(arrived),
        }.items()}  # fmt: skip
        assert named == {"sent, not counted": [], "counted, not sent": []}
        assert len(arrived) == len(expected) == 34 + 29 * 3 + 7 + 1
        what_was_true_no_longer_was_dropped(lived)
        the_stand_in_reads_in_whose_place(lived)
        the_figures_are_those_of_the_hand_count(lived)


def policy_with_extensions() -> str:
    """The preset, its statutory limit extendable once by 10 days (行政许可法 42); the promise stays within it (R12)."""
    lines = resources.files("sla.presets").joinpath("cn_planning.toml").read_text("utf-8").splitlines()
    [place] = [number for number, line in enumerate(lines) if line.startswith("extensions") and "地方性法规" in line]
    lines[place] = 'extensions = { most_times = 1, most_amount = 10, why = "行政许可法第四十二条" }'
    return "\n".join(lines)


def happening(line: str) -> Happening:
    case, day, clock, kind, actor, *words = line.split()
    details: dict[str, Any] = dict(word.split("=") for word in words if "=" in word)
    if "amount" in details:
        details["amount"] = int(details["amount"])

    def act(window: Window) -> None:
        if kind == "received":
            window.receive(case, actor, permit=words[0])
        else:
            window.record(case, kind, actor, **details)

    return Happening(at(f"2026-{day}", clock), act)


def counted_by_hand(lived: Window) -> set[tuple[str, str, Any, str]]:
    """The tables above as a server sees them: channel, identity by the key (M6), moment, reader."""
    with lived.reading() as (session, office, now):
        ids = {title: find(session, office, number, now).row.case_id.hex for title, number in lived.numbers.items()}
        mine = office.id.hex
    found = set()
    for line in ALARMS.strip().splitlines():
        case, clock, milestone, due, day, time, *people = line.split()
        for person in people:
            key = f"{mine}/{ids[case]}/{clock}/{milestone}/2026-{due}/0/{person}/{HEARD_BY[person]}"
            found.add(seen(key, person, day, time))
    for person, days in {
        "li": DIGEST_DAYS,
        "zhou": DIGEST_DAYS,
        "zhao": DIGEST_DAYS,
        "wang": WANGS_DIGEST_DAYS,
    }.items():
        found |= {
            seen(f"{mine}/due_today/2026-{day}/{person}/{HEARD_BY[person]}", person, day, "08:30")
            for day in days.split()
        }
    month, day, person = SUMMARY
    return found | {seen(f"{mine}/month/{month}/{person}/{HEARD_BY[person]}", person, day, "09:00")}


def seen(key: str, person: str, day: str, time: str) -> tuple[str, str, Any, str]:
    return HEARD_BY[person], identity(HEARD_BY[person], key), at(f"2026-{day}", time), person


def what_was_true_no_longer_was_dropped(lived: Window) -> None:
    """E was overdue at 24:00 of Friday 09-11 and decided before Monday's window: both are dropped on record."""
    with lived.app.reading() as session:
        rows = session.connection().execute(sa.select(MESSAGE).where(MESSAGE.c.state != "sent")).all()
    assert Counter((row.kind, row.recipient_id, row.state) for row in rows) == Counter(
        {("overdue", "li", "dropped"): 1, ("overdue", "zhou", "dropped"): 1}
    )


def the_stand_in_reads_in_whose_place(lived: Window) -> None:
    """Li got Wang's T-1 of B and overdue of G while Wang was away, and the message says so."""
    told = [m.content for m in lived.servers.arrived if m.channel == "robot" and m.to == "li"]
    standing_in = [
        body["data"]["clocks"][0]["case"]
        for body in told
        if body["data"].get("clocks", [{}])[0].get("reason") == "stand_in"
    ]
    assert sorted(standing_in) == sorted([lived.numbers["B"], lived.numbers["G"]])


def the_figures_are_those_of_the_hand_count(lived: Window) -> None:
    with lived.reading() as (session, office, now):
        total = report(session, office, date(2026, 9, 1), date(2026, 10, 31), now).total
        late_by = {
            title: find(session, office, number, now).history.clock("promise").late_by
            for title, number in lived.numbers.items()
        }
    assert late_by == {**LATE_BY, "H": None, "I": None}
    assert (total.on_time.part, total.on_time.n) == (2, 9)  # H and I
    assert (total.early.part, total.early.n) == (1, 8)  # H; D is immediate, I was decided on the day itself
