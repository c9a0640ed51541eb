"""A new case by its form: the permit is remembered, one box ticks all papers, and what is missing leads straight on.

It is Wednesday 2026-09-23, 10:00. Accepted then, 4 days end on Wednesday 09-30: 24, 28, 29, 30; the 25th is off.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from sla.events import Accepted, CorrectionRequested, Received
from sla.service import cases
from sla.service.cases import Recorded
from sla.service.offices import office_named
from tests.access.cast import leads_to
from tests.browser.cast import NOW
from tests.web.cast import Desk, desk, inputs, text_of

PERMIT = "/new?permit=site_selection"
PAPERS = ("application", "approval", "site_plan")  # of the preset, in its order


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all: each test makes a case of its own, and none looks at another's."""
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def record(window: Desk, times: int = 1, **fields: Any) -> tuple[str, list[str]]:
    """The form looked at, then confirmed as a browser would, so many times: the case's number, and where each leads."""
    shown = window.fill("li", PERMIT, "check", title="城西泵站选址", **fields)
    assert shown.status_code == 200, text_of(shown)
    reader, papers = window.readers["li"], fields.get("papers", PAPERS if fields.get("all_papers") else [])
    sent = inputs(shown.text) | {"papers": papers, "step": "record"}
    answers = [reader.client.post("/new", data=sent, headers={"origin": reader.base}) for _ in range(times)]
    return sent["shown"], [unquote(leads_to(answer)) for answer in answers]


def found(window: Desk, number: str) -> Recorded:
    with window.app.reading() as session:
        return cases.find(session, office_named(session, ""), number, NOW)


def checked(page: str) -> list[str]:
    """The values of the boxes that are ticked."""
    return [tag.partition('value="')[2].partition('"')[0] for tag in page.split("<input")[1:] if " checked" in tag]


def test_the_permit_that_was_chosen_is_remembered_and_another_is_one_link_away(window: Desk) -> None:
    reader = window.readers["wang"]
    assert "choices" in reader.open("/new").text
    reader.open("/new?permit=land_use")
    again = reader.open("/new")
    assert "建设用地规划许可证" in text_of(again) and 'href="/new?choose=1"' in again.text
    assert "choices" in reader.open("/new?choose=1").text


def test_a_permit_that_a_browser_makes_up_is_not_remembered(window: Desk) -> None:
    reader = window.readers["zhao"]
    reader.client.cookies.set("shixian-permit", "%3Cscript%3E")
    page = reader.open("/new")
    assert page.status_code == 200 and "choices" in page.text and "<script>" not in page.text


def test_one_box_says_that_all_papers_are_here(window: Desk) -> None:
    number, _ = record(window, all_papers="1", accepted="1")
    received, accepted = found(window, number).events
    assert isinstance(received, Received) and received.papers == PAPERS
    assert isinstance(accepted, Accepted) and (accepted.owed, accepted.owed_by) == ((), None)


def test_what_is_not_ticked_leads_straight_to_the_one_time_notice_with_all_of_it(window: Desk) -> None:
    number, (to,) = record(window, papers=["application"])
    assert to == f"/record/correction_requested/{number}"
    page = window.readers["li"].open(to)
    assert checked(page.text) == ["approval", "site_plan"]
    done = window.fill("li", to, "record", papers=["approval", "site_plan"])
    assert done.status_code == 303
    request = found(window, number).events[-1]
    assert isinstance(request, CorrectionRequested) and request.papers == ("approval", "site_plan")


def test_where_no_paper_is_ticked_nothing_is_said_of_them(window: Desk) -> None:
    number, led = record(window)
    assert led == [f"/cases/{number}"]


def test_what_is_not_ticked_may_be_owed_by_a_day(window: Desk) -> None:
    number, _ = record(window, papers=["application"], accepted="1", owed_by="2026-09-28")
    accepted = found(window, number).events[-1]
    assert isinstance(accepted, Accepted)
    assert (accepted.owed, str(accepted.owed_by)) == (("approval", "site_plan"), "2026-09-28")
    assert str(found(window, number).history.clock("promise").due_on) == "2026-09-30"


@pytest.mark.parametrize(
    "fields",
    [
        {"papers": ["application"], "accepted": "1"},  # accepted, two are missing, and no day
        {"all_papers": "1", "accepted": "1", "owed_by": "2026-09-28"},  # a day, and nothing is missing
        {"papers": ["application"], "owed_by": "2026-09-28"},  # a day without an acceptance
        {"papers": ["application"], "accepted": "1", "owed_by": "2026-09-22"},  # before the acceptance
    ],
)
def test_a_day_for_what_is_missing_is_asked_for_where_it_belongs_and_nowhere_else(
    window: Desk, fields: dict[str, Any]
) -> None:
    answer = window.fill("li", PERMIT, "record", title="城西泵站选址", **fields)
    assert answer.status_code == 422 and "请检查“其余材料补齐期限”" in text_of(answer)
    assert 'value="城西泵站选址"' in answer.text


def test_a_button_that_is_pressed_twice_leads_to_the_same_notice(window: Desk) -> None:
    number, led = record(window, times=2, papers=["application"])
    assert led == [f"/record/correction_requested/{number}"] * 2
