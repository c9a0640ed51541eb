"""The office's server is off for five days over Mid-Autumn: what the restart sends, counted here by hand.

Working days numbered from 1 September 2026 (State Council notice of 2025-11-04; 09-25 to 09-27 are off):

    10 Mo 09-14  12 We 09-16  14 Fr 09-18  15 SUN 09-20  16 Mo 09-21  17 Tu 09-22  18 We 09-23
    19 Th 09-24  20 Mo 09-28  21 Tu 09-29  22 We 09-30  23 Th 10-08

Off from Thursday 09-24 at 00:01 to Tuesday 09-29 at 09:05. T-1 is told at 09:00, overdue and the levels +1 and +3 (two
and four working days after the due date, M1) at 08:30. Before it was switched off Li and Zhou had heard of C on 17,
Zhao on 18; J had just been raised, and waited for the morning.

case              accepted  due       passed meanwhile                          at the restart
A site, Li        18        18+4=22   T-1 on 21                                 T-1 to Li: there is a day left
B land use, Wang  15        15+4=19   overdue, +1 on 21                         +1 to Wang, Zhou, Zhao
C site, Li        12        12+4=16   +3 on 20; all others have heard           +3 to Sun
D site, Li        10        10+4=14   keyed in on 20 from paper: +3 has passed  +3 to Li, Zhou, Zhao, Sun
E site, Wang      14        14+4=18   paused on 17                              nothing
F site, Wang      –         15+5=20   intake ends: deemed accepted from 15,     intake to Wang, Zhou, and with it +1
                                      promise 19, overdue, +1 on 21             of the promise, which Zhao gets, too
G land use, Li    15        15+4=19   decided on 20                             nothing
J site, Li        14        14+4=18   overdue waits since 19; +1 on 20          overdue to Li, Zhou; +1 to Zhao
"""

import threading
from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from notifiers.outbox import MESSAGE
from sla.service.cases import find
from tests.scenarios.cast import Happening, Window, at, identity, window
from tests.scenarios.test_seven_late_cases import happening

BEFORE = """
C  09-16 09:00  received  li    site_selection
C  09-16 09:30  accepted  li
E  09-18 09:00  received  wang  site_selection
E  09-18 09:30  accepted  wang
J  09-18 10:00  received  li    site_selection
J  09-18 10:30  accepted  li
B  09-20 09:00  received  wang  land_use
B  09-20 09:30  accepted  wang
F  09-20 10:00  received  wang  site_selection
G  09-20 11:00  received  li    land_use
G  09-20 11:30  accepted  li
E  09-22 10:00  paused    wang  ground=expert_review notice=评审1号
A  09-23 09:00  received  li    site_selection
A  09-23 09:30  accepted  li
"""
MEANWHILE = "G  09-28 11:00  decided   li    outcome=approved overdue_reason=停电"
AT_RESTART = """
A  promise  T-1      li
B  promise  +1       wang zhou zhao
C  promise  +3       sun
D  promise  +3       li zhou zhao sun
F  intake   overdue  wang zhou
F  promise  +1       wang zhou zhao
J  promise  overdue  li zhou
J  promise  +1       zhao
"""
Line = tuple[str, str, str, str]


def test_the_restart_sends_one_message_per_person_and_open_clock_and_the_handler_hears_before_supervision(
    database_url: str, httpserver: HTTPServer
) -> None:
    with window(database_url, httpserver, at("2026-09-15", "08:00")) as lived:
        lived.play(map(happening, BEFORE.strip().splitlines()), date(2026, 9, 16), date(2026, 9, 23))
        lived.beat(at("2026-09-24", "00:00"))
        told_before = len(lived.servers.arrived)
        the_office_goes_on_without_it(lived)
        assert len(lived.servers.arrived) == told_before, "nothing goes out while nothing runs"
        supervision = told_of_while_li_waits(lived)

        lived.beat(at("2026-09-29", "09:05"))
        lines = alarms_of(lived, told_before)
        assert Counter(lines) == Counter(counted_by_hand())
        assert not supervision.is_set(), "supervision heard of it while it was being told to the handler"
        place = lines.index
        assert place(("D", "promise", "+3", "li")) < place(("D", "promise", "+3", "sun"))
        assert [at for at in delivered(lived, told_before) if at != at_restart()] == []
        digests = Counter(arrived.to for arrived in others(lived, told_before))
        assert digests == Counter({"li": 1, "wang": 1, "zhou": 1, "zhao": 1}), "and one digest each, of that day"

        for clock in ("09:10", "12:00", "18:00"):
            lived.beat(at("2026-09-29", clock))
        assert len(alarms_of(lived, told_before)) == len(lines), "and then nothing more"


def the_office_goes_on_without_it(lived: Window) -> None:
    """Clerks record by the command line while no service runs: D from paper, with its receipt, and G's decision."""
    lived.app.clock.fixed = at("2026-09-28", "10:00")
    happened = {"received": at("2026-09-14", "09:00"), "accepted": at("2026-09-14", "09:30")}
    lived.receive("D", "li", when=happened["received"], permit="site_selection")
    lived.record("D", "accepted", "li", when=happened["accepted"], receipt="受理7号", admitted_by="zhao")
    decided: Happening = happening(MEANWHILE)
    lived.app.clock.fixed = decided.moment
    decided.act(lived)


def told_of_while_li_waits(lived: Window) -> threading.Event:
    """The robot takes its time over D for Li; the event is set if Sun hears of D meanwhile."""
    heard, take = threading.Event(), lived.servers.take
    number = lived.numbers["D"]

    def taken(arrived: Any) -> None:
        take(arrived)
        if arrived.to == "sun" and number in str(arrived.content["Subject"]):
            waited.set()

    def slow(body: Any) -> None:
        if body["subject"] == number and body["id"].split("/")[-2] == "li" and waited.wait(0.5):
            heard.set()

    waited = threading.Event()
    lived.servers.take, lived.servers.slow = taken, slow  # type: ignore[method-assign]
    return heard


def counted_by_hand() -> list[Line]:
    found = []
    for line in AT_RESTART.strip().splitlines():
        case, clock, milestone, *people = line.split()
        found += [(case, clock, milestone, person) for person in people]
    return found


def alarms_of(lived: Window, since: int) -> list[Line]:
    """What arrived of the cases, in the order it came; a bundle's members where their message came."""
    said = _said(lived)
    return [line for arrived in lived.servers.arrived[since:] for line in said.get(arrived.identity, ())]


def others(lived: Window, since: int) -> list[Any]:
    said = _said(lived)
    return [arrived for arrived in lived.servers.arrived[since:] if arrived.identity not in said]


def delivered(lived: Window, since: int) -> list[Any]:
    return [arrived.sent_at for arrived in lived.servers.arrived[since:]]


def at_restart() -> Any:
    return at("2026-09-29", "09:05")


def _said(lived: Window) -> dict[str, list[Line]]:
    """Of each message of the outbox that tells of cases, by what a server saw of it, the alarms in it."""
    with lived.reading() as (session, office, now):
        titles = {find(session, office, number, now).row.case_id.hex: t for t, number in lived.numbers.items()}
        rows = session.connection().execute(sa.select(MESSAGE)).all()
    seen = {row.id: identity(row.endpoint, row.key) for row in rows}
    found: dict[str, list[Line]] = {}
    for row in rows:
        _, case, clock, milestone, *_ = row.key.split("/")
        if case in titles and row.state == "sent":
            line = (titles[case], clock, milestone, row.recipient_id)
            found.setdefault(seen[row.bundle_id or row.id], []).append(line)
    return found
