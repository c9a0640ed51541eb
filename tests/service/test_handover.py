"""All open cases of a colleague who leaves go to another: each on record, and told once.

On both databases. Days are those beside tests/service/cast.py. Killed on the way: tests/crash/test_handing_over.py.
"""

import pytest

from sla.events import HandedOver
from sla.service import handover
from sla.service.errors import ServiceError
from sla.service.handover import Done, Handover
from sla.service.offices import office_named
from tests.rules.counter import on_sqlite
from tests.service.cast import OFFICE, SLUG, Window

WANTED = Handover("li", "chen", "调离窗口", "zhao")
WITHOUT_LI = OFFICE.replace('id = "li"', 'id = "liu"').replace('stand_in = "li"', 'stand_in = "wang"')


def hand_over(window: Window, wanted: Handover = WANTED) -> Done:
    with window.app.reading() as session:
        office = office_named(session, SLUG)
        handover.checked(session, office, wanted)
    return handover.hand_over(window.app.writing, window.app.now, office.id, wanted)


def handed_over(window: Window, number: str) -> list[HandedOver]:
    return [event for event in window.find(number).events if isinstance(event, HandedOver)]


def deliveries(window: Window) -> int:
    return len(window.rows("delivery"))


def test_every_open_case_goes_over_on_record_and_what_is_true_is_told_in_one_message(window: Window) -> None:
    window.at("2026-09-18 09:30")
    late = [window.receive() for _ in range(3)]  # due Wed 23
    decided = window.receive("construction_works")
    closed, others = window.receive(), window.receive(handler="chen")
    window.at("2026-09-21 10:00").decide(decided)  # and still to be delivered
    window.record(closed, "withdrawn")
    waiting = window.receive(accept=False)
    window.record(waiting, "correction_requested", papers=("application",))  # no clock of it runs
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-24 08:30").run()
    fresh = window.receive()  # Mon 28, Tue 29, Wed 30, Thu 8 October
    before = deliveries(window)

    done = hand_over(window.at("2026-09-24 10:00"))

    assert (set(done.handed_over), done.failed) == ({*late, decided, waiting, fresh}, ())
    for number in done.handed_over:
        (event,) = handed_over(window, number)
        assert (event.previous, event.handler, event.reason, event.actor) == ("li", "chen", "调离窗口", "zhao")
        assert window.history(number).handler == "chen"
    assert [window.due(number) for number in (*late, fresh)] == ["2026-09-23"] * 3 + ["2026-10-08"]
    assert window.history(closed).handler == "li"
    assert not handed_over(window, others)
    assert window.run() == ["chen: promise overdue 2026-09-23"] * 3  # not Li's again, nor the chief's
    assert deliveries(window) == before + 1
    assert hand_over(window) == Done()  # nothing is left

    (event,) = handed_over(window, late[0])
    window.void(late[0], event.seq, reason="仍由李敏办理")
    assert window.history(late[0]).handler == "li"
    assert window.run() == []  # Li has heard it


def test_an_alarm_the_taker_has_heard_leads_nobody(window: Window) -> None:
    """The chief was told of the first; the other two are still one message."""
    numbers = [window.at(f"2026-09-18 09:3{minute}").receive() for minute in range(3)]
    window.at("2026-09-22 09:00").run()
    window.at("2026-09-22 09:10").record(numbers[0], "reassigned", handler="wang")
    assert window.run() == ["wang: promise T-1 2026-09-23"]
    window.record(numbers[0], "reassigned", handler="li")
    before = deliveries(window)
    hand_over(window.at("2026-09-22 10:00"), Handover("li", "wang", "调离窗口"))
    assert window.run() == ["wang: promise T-1 2026-09-23"] * 2
    assert deliveries(window) == before + 1


def test_only_a_permits_cases_go_over_where_one_is_named(window: Window) -> None:
    window.at("2026-09-18 09:30")
    site, works = window.receive(), window.receive("construction_works")
    assert hand_over(window, Handover("li", "chen", "分工调整", permit="construction_works")).handed_over == (works,)
    assert window.history(site).handler == "li"


def test_whoever_left_the_staff_still_hands_over_and_a_void_gives_the_case_to_the_chief(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive()
    window.at("2026-09-21 09:00").apply(WITHOUT_LI)
    done = hand_over(window, Handover("li", "chen", "离职", "zhao"))
    assert done.handed_over == (number,)
    assert window.at("2026-09-22 09:00").run() == ["chen: promise T-1 2026-09-23"]
    window.void(number, handed_over(window, number)[0].seq)
    assert window.run() == ["wang: promise T-1 2026-09-23"]  # li is nobody here: the chief window officer's (people.py)


@on_sqlite
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Handover("li", "nobody", "r"), "to"),
        (Handover("nobody", "chen", "r"), "from"),
        (Handover("li", "li", "r"), "to"),
        (Handover("li", "chen", " "), "reason"),
        (Handover("li", "chen", "r", "nobody"), "by"),
        (Handover("li", "chen", "r", permit="house"), "permit"),
    ],
)
def test_a_handover_that_cannot_be_is_refused_before_the_first_case(
    window: Window, wanted: Handover, field: str
) -> None:
    window.at("2026-09-18 09:30").receive()
    before = window.dump()
    with pytest.raises(ServiceError) as error:
        hand_over(window, wanted)
    assert error.value.field == field
    assert window.dump() == before


def test_a_case_that_cannot_be_read_stays_and_keeps_no_other_back(window: Window) -> None:
    window.at("2026-09-18 09:30")
    broken, whole = window.receive(), window.receive()
    window.tamper("UPDATE case_file SET policy_version = 9 WHERE number = :number", number=broken)
    done = hand_over(window)
    assert done.handed_over == (whole,)
    assert [number for number, _ in done.failed] == [broken]
    assert len(window.rows("case_event")) == 5  # two cases received and accepted, one handed over
