"""容缺受理 in R14: which papers may be owed, what may come in, and that nothing of it moves a date.

On both databases. Days are those beside tests/service/cast.py: accepted on Friday 09-18 with 4 days, due Wed 09-23.
"""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from sla.history import HistoryError
from sla.owed import Owed, owed
from sla.service.errors import ServiceError
from sla.service.offices import office_named
from sla.service.owing import owed_past
from tests.service.cast import Window


@pytest.fixture
def case(window: Window) -> str:
    """Received and accepted on 09-18; the approval and the map are owed by Monday 09-28."""
    number = window.at("2026-09-18 09:30").receive(accept=False, papers=["application"])
    window.record(number, "accepted", owed=["approval", "site_plan"], owed_by="2026-09-28")
    return number


def refused(window: Window, number: str, kind: str, **details: Any) -> str:
    """The field of the error that recording ends with; nothing was written."""
    before = window.dump()
    with pytest.raises((ServiceError, HistoryError)) as error:
        window.record(number, kind, **details)
    assert window.dump() == before
    return str(getattr(error.value, "field", ""))


def left(window: Window, number: str) -> Owed | None:
    return owed(window.find(number).history.events)


def past(window: Window, today: str) -> list[tuple[str, list[str], str]]:
    with window.writing() as (session, office):
        found = owed_past(session, office, date.fromisoformat(today))
        return [(entry.case.number, [names["zh"] for names in entry.papers], entry.handler) for entry in found]


def test_what_is_owed_moves_no_date(window: Window, case: str) -> None:
    assert window.due(case) == "2026-09-23"
    window.at("2026-09-21 10:00").record(case, "owed_received", papers=["approval"])
    assert window.due(case) == "2026-09-23"


def test_what_came_in_is_owed_no_longer_and_the_rest_still_is(window: Window, case: str) -> None:
    window.record(case, "owed_received", papers=["site_plan"])
    found = left(window, case)
    assert found is not None and (found.papers, str(found.by)) == (("approval",), "2026-09-28")
    window.record(case, "owed_received", papers=["approval"])
    assert left(window, case) is None


def test_papers_may_come_in_after_the_decision_too(window: Window, case: str) -> None:
    window.at("2026-09-22 10:00").decide(case)
    window.at("2026-09-24 10:00").record(case, "owed_received", papers=["approval", "site_plan"])
    assert left(window, case) is None


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"owed": ["approval"]}, "owed_by"),  # by when?
        ({"owed_by": "2026-09-28"}, "owed"),  # what?
        ({"owed": ["deed"], "owed_by": "2026-09-28"}, "owed"),  # not asked for of this permit
        ({"owed": ["approval"], "owed_by": "2026-09-17"}, "owed_by"),  # before the acceptance
        ({"owed": ["approval"], "owed_by": "soon"}, "owed_by"),
    ],
)
def test_an_acceptance_that_owes_what_cannot_be_is_refused(window: Window, details: dict[str, Any], field: str) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    assert refused(window, number, "accepted", **details) == field


def test_the_day_of_the_acceptance_may_be_the_day_it_is_owed_by(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    window.record(number, "accepted", owed=["approval"], owed_by="2026-09-18")
    found = left(window, number)
    assert found is not None and not found.past(date(2026, 9, 18))


@pytest.mark.parametrize("papers", [["application"], ["approval", "application"], []])
def test_what_is_not_owed_cannot_come_in(window: Window, case: str, papers: list[str]) -> None:
    assert refused(window, case, "owed_received", papers=papers) == "papers"


def test_the_same_paper_comes_in_once(window: Window, case: str) -> None:
    window.record(case, "owed_received", papers=["approval"])
    assert refused(window, case, "owed_received", papers=["approval"]) == "papers"


def test_before_an_acceptance_nothing_is_owed(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(accept=False)
    assert refused(window, number, "owed_received", papers=["approval"]) == "kind"


def test_what_came_in_can_be_voided_and_is_owed_again(window: Window, case: str) -> None:
    window.record(case, "owed_received", papers=["approval"])
    window.void(case, 3)
    found = left(window, case)
    assert found is not None and found.papers == ("approval", "site_plan")


def test_the_acceptance_cannot_go_while_what_it_left_owed_has_come_in(window: Window, case: str) -> None:
    window.record(case, "owed_received", papers=["approval"])
    with pytest.raises(HistoryError):
        window.void(case, 2)


def test_a_paper_is_past_its_day_from_the_next_day_on(window: Window, case: str) -> None:
    assert past(window, "2026-09-28") == []  # the day itself is in time
    assert past(window, "2026-09-29") == [(case, ["项目批准或核准文件", "拟选位置地形图"], "li")]


def test_a_case_that_is_closed_is_listed_no_more(window: Window, case: str) -> None:
    window.at("2026-09-22 10:00").record(case, "withdrawn")
    assert past(window, "2026-09-29") == []


def test_the_handler_has_a_digest_for_what_is_owed_past_its_day_although_no_limit_is_due(
    window: Window, case: str
) -> None:
    """Decided in time; delivered by 10-13 at the latest, the tenth working day after 09-22."""
    window.at("2026-09-22 10:00").decide(case)
    assert "li: digest 2026-09-28" not in window.at("2026-09-28 08:31").digests()
    assert "li: digest 2026-09-29" in window.at("2026-09-29 08:31").digests()


def test_to_find_what_is_owed_takes_as_many_questions_for_many_cases_as_for_one(window: Window, case: str) -> None:
    asked: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    sa.event.listen(window.app.engine, "before_cursor_execute", note)

    def questions() -> tuple[int, int]:
        with window.app.reading() as session:
            office = office_named(session, "planning-window")
            before = len(asked)
            return len(owed_past(session, office, date(2026, 9, 29))), len(asked) - before

    one = questions()
    for _ in range(5):
        number = window.receive(accept=False)
        window.record(number, "accepted", owed=["approval"], owed_by="2026-09-28")
    many = questions()
    sa.event.remove(window.app.engine, "before_cursor_execute", note)
    assert (one[0], many) == (1, (6, one[1]))
