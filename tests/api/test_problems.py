"""What is wrong is told as RFC 9457 asks, in English, with the field; and never as a failure of ours."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.api.cast import WORKS, Program, calling, case, problem
from tests.browser.cast import empty_app, make_office
from tests.service.cast import Window
from tests.service.test_doctor import force


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program at a window without cases: for what is refused before any database is asked."""
    app = empty_app(tmp_path_factory.mktemp("desk"))
    make_office(app)
    with calling(app) as program:
        yield program
    app.close()


JSON = {"content-type": "application/json"}
DEEP = "[" * 100_000 + "]" * 100_000


def text(**changes: object) -> str:
    return json.dumps(WORKS | changes, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (DEEP.encode(), "nested too deep"),
        (b'{"permit": "a", "permit": "b"}', "'permit' stands twice"),
        (b'{"permit": NaN}', "NaN is no number"),
        (b'{"permit": -Infinity}', "is no number"),
        (b'{"permit": 1e999}', "too large a number"),
        (b'{"permit": "\\ud800"}', "halves of signs"),
        (b'{"permit": "a\\u0000b"}', "control characters"),
        (b'{"pe\\u0000rmit": "a"}', "control characters"),
    ],
)
def test_a_body_that_means_no_one_thing_is_malformed(desk: Program, body: bytes, told: str) -> None:
    answer = desk.client.post("/cases", content=body, headers=JSON)
    assert problem(answer)[:2] == (400, "malformed") and told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"colour": "red"}, "colour", "is not known here"),
        ({"permit": None}, "permit", "must be a text"),
        ({"permit": "no_permit"}, "permit", "known are"),
        ({"accept": "yes"}, "accept", "must be true or false"),
        ({"accept": 1}, "accept", "must be true or false"),
        ({"papers": "application"}, "papers", "must be a list"),
        ({"papers": [1]}, "papers.0", "must be a text"),
        ({"title": "x" * 201}, "title", "longer than 200"),
        ({"land_area_ha": "3,25"}, "land_area_ha", "3.25"),
        ({"at": "2026-09-18 15:00"}, "at", "RFC 3339"),
        ({"at": "2026-09-18T15:00:00"}, "at", "RFC 3339"),
        ({"at": "2026-W38-5"}, "at", "RFC 3339"),
        ({"at": "2026-02-30"}, "at", "day"),
        ({"at": "2027-09-18"}, "at", "future"),
        ({"handler": "nobody"}, "handler", "nobody here"),
        ({"language": "fr"}, "language", "must be"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_what_would_be_right(
    desk: Program, changes: dict[str, object], field: str, told: str
) -> None:
    answer = desk.post("/cases", WORKS | changes)
    assert problem(answer) == (422, "invalid", field)
    assert told in answer.json()["detail"], answer.text
    assert desk.get("/cases").json()["cases"] == []


def test_everything_that_is_wrong_is_told_at_once(program: Program) -> None:
    answer = program.post("/cases", {"colour": "red", "accept": "yes"})
    assert {error["field"] for error in answer.json()["errors"]} == {"permit", "accept", "colour"}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?colour=red", "colour"),
        ("/cases?limit=0", "limit"),
        ("/cases?limit=1.5", "limit"),
        ("/cases?limit=2&limit=3", "limit"),
        ("/cases?received_from=18.9.2026", "received_from"),
        ("/cases?received_from=1600000000", "received_from"),
        ("/cases?standing=late", "standing"),
        ("/cases?cursor=next", "cursor"),
        ("/due?handler=nobody", "handler"),
        ("/rates?first=2026-09-02&last=2026-09-01", "first"),
        ("/rates?first=1950-01-01", "first"),
        ("/rates?basis=guess", "basis"),
        ("/deliveries?person=nobody", "person"),
        ("/me?office=other", "office"),
    ],
)
def test_what_stands_in_the_query_is_asked_as_strictly(desk: Program, path: str, field: str) -> None:
    assert problem(desk.get(path)) == (422, "invalid", field)


def test_a_body_must_be_json_of_bounded_size(program: Program) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""):
        answer = program.client.post("/cases", content=text(), headers={"content-type": kind})
        assert problem(answer)[:2] == (415, "media-type"), kind
    answer = program.client.post("/cases", content=text(title="x" * 300_000), headers=JSON)
    assert problem(answer)[:2] == (413, "too-large")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_what_is_not_done_says_what_is(program: Program, method: str) -> None:
    answer = program.client.request(method, "/cases")
    assert problem(answer)[:2] == (405, "method") and answer.headers["allow"] == "GET, HEAD, POST"


def test_a_path_that_no_name_can_be_is_not_found(program: Program) -> None:
    for path in ("/cases/%00", "/cases/%0A%0D", "/cases/" + "x" * 400, "/cases/%ff%fe", "/policies/%00/versions/1"):
        assert problem(program.get(path))[0] == 404, path


def test_without_its_database_nothing_is_done_and_the_caller_may_come_again(
    program: Program, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("gone away"))

    monkeypatch.setattr("sla.api.operations.visitor_of", away)
    answer = program.post("/cases", WORKS)
    assert problem(answer)[:2] == (503, "unavailable") and answer.headers["retry-after"] == "30"
    assert "secret" not in answer.text and "gone" not in answer.text


def test_a_fault_of_ours_is_told_without_its_inside(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("张三丰")

    monkeypatch.setattr("sla.api.events.cases.record", broken)
    number = program.receive()
    answer = program.record(number, "withdrawn")
    assert problem(answer)[:2] == (500, "failed") and "张三丰" not in answer.text
    assert program.get(case(number)).json()["seq"] == 2


def test_by_a_clock_that_cannot_be_right_nothing_is_recorded(
    program: Program, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.app, "doubt", lambda *_: "the clock of this machine says 1970")
    assert problem(program.post("/cases", WORKS))[:2] == (503, "unavailable")
    assert program.get("/cases").status_code == 200


def test_a_case_that_cannot_be_read_says_so_without_its_inside_and_keeps_no_list_from_anybody(
    program: Program, window: Window
) -> None:
    number, other = program.receive(), program.receive()
    force(window, "UPDATE case_event SET details = '{\"secret\": 张三丰' WHERE seq = 2")
    for path in (case(number), f"{case(number)}/events", f"{case(number)}/clocks/promise/ledger"):
        answer = program.get(path)
        assert problem(answer)[:2] == (500, "unreadable") and number in answer.json()["detail"]
        assert "sla doctor" in answer.json()["detail"] and "张三丰" not in answer.text and "JSON" not in answer.text
    assert {line["number"] for line in program.get("/cases").json()["cases"]} == {number, other}
    assert program.get("/due").status_code == 200
