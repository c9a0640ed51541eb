"""The rates by the API: the document of `sla report`, by the hand count of tests/cli/test_report.py.

09-18, Sunday 09-20 and 09-21 to 24 are worked; a site opinion is promised in 4 of 30 working days.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from sla.service import tokens
from sla.service.offices import office_named
from sla.service.report_made import Wanted, made
from sla.service.report_shows import told_json
from sla.words import words
from tests.access.cast import two_offices
from tests.api.cast import Program, asking, calling, problem
from tests.browser.cast import NOW
from tests.service.cast import SLUG, Window

SEPTEMBER = "first=2026-09-01&last=2026-09-30"
LINES = {f"by_{kind}" for kind in ("permit", "handler", "stage", "month", "quarter", "year", "office")}


@pytest.fixture
def lived(program: Program, window: Window) -> Program:
    """Three accepted on 09-18: decided on 09-22, a day early; on 09-24, a day late; and open. It is 09-24, 10:00."""
    early, late, _ = (program.receive(permit="site_selection") for _ in range(3))
    window.at("2026-09-22 10:00")
    assert program.record(early, "decided", outcome="approved").status_code == 201
    window.at("2026-09-24 10:00")
    assert program.record(late, "decided", outcome="approved", overdue_reason="r").status_code == 201
    return program


def rates(program: Program, more: str = "") -> dict[str, Any]:
    answer = program.get(f"/rates?{SEPTEMBER}{more}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def figures(said: Any) -> dict[str, tuple[float | None, int | None, int]]:
    return {one["id"]: (one["value"], one["part"], one["n"]) for one in said["figures"]}


def test_every_figure_of_the_report_comes_with_its_name_its_definition_and_its_n(lived: Program) -> None:
    said = rates(lived)
    found = figures(said)
    assert found["on_time"] == (1 / 3, 1, 3) and found["closed_only"] == (0.5, 1, 2)  # both readings
    assert found["early"] == (0.5, 1, 2) and found["immediate"] == (0.0, 0, 2)
    assert found["compression"] == (90 / 110, 90, 110) and found["speed_up"] == (26 / 30, None, 2)
    assert found["late_entries"][1:] == (0, 7) and found["extended"][1:] == (0, 2)
    assert found["free_days"] == (18 / 19, 18, 19)
    assert all(one["name"] and said["definitions"][one["id"]] for one in said["figures"])
    definition = "completed on time (early included) ÷ (completed + open and already overdue)"
    assert (said["figures"][0]["name"], said["definitions"]["on_time"]) == ("On-time rate", definition)


def test_what_stands_behind_the_rates_is_told(lived: Program, window: Window) -> None:
    said = rates(lived)
    of_all = said["limits"][-1]
    assert (of_all["permit"], of_all["statutory"]["mean"], of_all["promise"]["mean"]) == (None, 30, 4)
    assert (of_all["used"]["mean"], of_all["used"]["n"]) == (4, 2)  # 3 and 5 days
    assert said["used"]["by_days"] == {"3": 1, "5": 1}
    assert said["waiting"] == [{"age": "0-5", "light": "red", "n": 1}]
    assert said["conduct"]["late_entries"]["by_kind"] == {}
    assert {line["on_time"]["n"] for line in said["by_handler"].values()} == {3} and [*said["by_handler"]] == ["li"]
    assert [*said["by_month"]] == ["2026-09"] and [*said["by_quarter"]] == ["2026-Q3"]
    assert said["by_office"] is None and said["as_of"] is None and said["compare"] is None


def test_a_ground_is_told_with_its_share_of_all_days(program: Program, window: Window) -> None:
    # Of 09-18 to 09-24, five working days count after day 0: paused from Monday 21 to Wednesday 23 it used 20, 23, 24.
    number = program.receive(permit="site_selection")
    window.at("2026-09-21 09:00")
    program.record(number, "paused", ground="expert_review")
    window.at("2026-09-23 09:00")
    program.record(number, "resumed")
    window.at("2026-09-24 10:00")
    program.record(number, "decided", outcome="approved")
    paused = rates(program)["paused"]
    part = paused["grounds"]["expert_review"]["days"]
    assert part > 0 and paused["grounds"]["expert_review"]["share"]["part"] == part == paused["share"]["part"]
    assert paused["share"]["n"] == 5 and paused["grounds"]["expert_review"]["cases"] == 1


def test_two_periods_stand_side_by_side(lived: Program) -> None:
    periods = {"before": ("2026-08-01", "2026-08-31"), "year": ("2025-09-01", "2025-09-30")}
    for compare, days in {**periods, "2026-09-24..2026-09-24": ("2026-09-24", "2026-09-24")}.items():
        other = rates(lived, f"&compare={compare}")["compare"]
        assert (other["from"], other["to"]) == days
    assert figures(other)["closed_only"] == (0, 0, 1)  # on 09-24 the late one alone


def test_as_of_an_earlier_moment_it_is_the_report_of_that_moment(lived: Program) -> None:
    then = rates(lived, "&as_of=2026-09-22")
    assert figures(then)["on_time"] == (1.0, 1, 1)  # the other two are not due before 09-23
    assert then["as_of"] == "2026-09-22T23:59:59.999999+08:00"
    assert figures(rates(lived, "&as_of=2026-09-22T09:00:00%2B08:00"))["closed_only"] == (None, 0, 0)


def test_by_says_which_lines_and_offices_are_told_where_nobody_signs_in(lived: Program) -> None:
    said = rates(lived, "&by=handler,office")
    assert {name for name in LINES if said[name] is not None} == {"by_handler", "by_office"}
    assert {name: line["on_time"]["n"] for name, line in said["by_office"].items()} == {SLUG: 3}


def test_it_is_the_document_of_the_command(lived: Program, window: Window) -> None:
    said = rates(lived, "&compare=before&permit=site_selection&handler=li&basis=promise")
    wanted = Wanted("2026-09-01", "2026-09-30", "promise", "site_selection", "li", "before")
    with window.app.reading() as session:
        document = told_json(made(session, office_named(session, SLUG), wanted, window.now, words("zh")))
    assert said == {**document, "by_office": None, "first": document["from"], "last": document["to"]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=case", "by"), ("by=month,month", "by"), ("compare=last", "compare"), ("basis=duty", "basis"),
        ("compare=2026-02-30..2026-03-01", "compare"), ("compare=2026-03-02..2026-03-01", "compare"),
        ("compare=2001-01-01..2026-03-01", "compare"), ("as_of=2027-01-01", "as_of"), ("as_of=yesterday", "as_of"),
        ("permit=none", "permit"), ("handler=nobody", "handler"), ("as_of=2026-09-01&first=2026-09-02", "first"),
    ],
)  # fmt: skip
def test_what_no_report_can_be_of_is_refused_by_name(desk: Program, query: str, field: str) -> None:
    assert problem(desk.get(f"/rates?{query}")) == (422, "invalid", field)


def test_as_of_a_day_long_past_there_is_no_data_and_of_days_no_calendar_has_it_says_so(desk: Program) -> None:
    answer = desk.get("/rates?as_of=2001-12-31")
    assert answer.status_code == 200 and figures(answer.json())["on_time"] == (None, 0, 0), answer.text
    for query in ("as_of=1999-12-31", "first=1900-01-01&last=1901-12-31&compare=year"):
        assert problem(desk.get(f"/rates?{query}")) == (422, "invalid", "calendar")


def test_of_more_cases_than_are_read_one_by_one_no_earlier_day_is_told(
    desk: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.api.rates.MOST_AS_OF", -1)
    assert problem(desk.get("/rates?as_of=2026-09-01")) == (422, "invalid", "as_of")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A manager's program in one of two offices, without cases."""
    with two_offices(tmp_path_factory.mktemp("desk"), ("admin",)) as app:
        with app.writing() as session:
            east = office_named(session, "east")
            key = tokens.add(session, east, "figures", ["read", "report"], NOW.date(), "admin", NOW)
        with calling(app, key) as program:
            yield program


def test_who_is_of_one_office_is_told_of_no_other(desk: Program) -> None:
    assert [*desk.get("/rates?by=office").json()["by_office"]] == ["east"]
    with asking(desk.base) as nobody:
        assert problem(nobody.get("/rates?by=office"))[0] == 401
