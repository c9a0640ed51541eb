"""A request that comes again is answered the same and does nothing twice: at once, later, by many, after a kill."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sla.service import tokens
from sla.service.audit import verified
from sla.service.offices import office_named
from tests.access.cast import two_offices
from tests.api.cast import WORKS, Program, asking, calling, case, problem
from tests.api.child import child
from tests.browser.cast import NOW, serving
from tests.service.cast import Window

KEY = "0192f5c2-6f0e-7cc0-a6b8-6d2c1a1c9f11"
REPLAYED = "idempotent-replayed"


def test_a_repeat_is_answered_to_the_letter_and_does_nothing(program: Program) -> None:
    first = program.post("/cases", WORKS, Idempotency_Key=KEY)
    again = program.post("/cases", WORKS, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content and again.headers[REPLAYED] == "true"
    assert [again.headers[name] == first.headers[name] for name in ("etag", "location")] == [True, True]
    assert REPLAYED not in first.headers
    assert len(program.get("/cases").json()["cases"]) == 1


def test_without_a_key_two_requests_are_two(program: Program) -> None:
    assert program.receive() != program.receive()


@pytest.mark.parametrize("other", ["body", "path", "if-match"])
def test_the_key_of_another_request_is_refused(program: Program, other: str) -> None:
    number = program.receive()
    body = {"kind": "paused", "ground": "expert_review", "by": "li"}
    path = f"{case(number)}/events"
    assert program.post(path, body, Idempotency_Key=KEY).status_code == 201
    if other == "body":
        answer = program.post(path, body | {"ground": "public_notice"}, Idempotency_Key=KEY)
    elif other == "path":
        answer = program.post(f"{case(program.receive())}/events", body, Idempotency_Key=KEY)
    else:
        answer = program.post(path, body, Idempotency_Key=KEY, If_Match='"2.0"')
    assert problem(answer)[:2] == (422, "key-reused")


def test_what_was_refused_may_be_mended_under_the_same_key(program: Program) -> None:
    assert problem(program.post("/cases", WORKS | {"handler": "nobody"}, Idempotency_Key=KEY))[0] == 422
    assert program.post("/cases", WORKS, Idempotency_Key=KEY).status_code == 201


@pytest.mark.parametrize("key", [b"", b"x" * 201, b"two words", "字".encode()])
def test_a_key_is_a_short_plain_text(program: Program, key: bytes) -> None:
    answer = program.client.post("/cases", json=WORKS, headers=[(b"idempotency-key", key)])
    assert problem(answer) == (422, "invalid", "Idempotency-Key")


def test_ten_at_once_with_one_key_receive_one_case(program: Program) -> None:
    answers: list[httpx.Response] = []
    begin = threading.Barrier(10)

    def send() -> None:
        with asking(program.base) as own:
            begin.wait(30)
            answers.append(own.post("/cases", WORKS, Idempotency_Key=KEY))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {answer.status_code for answer in answers} <= {201, 409} and len(answers) == 10
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer)[1] == "under-way" and answer.headers["retry-after"] == "1"
    assert len(program.get("/cases").json()["cases"]) == 1


def test_while_the_first_is_under_way_the_second_is_told_so(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from sla.service import receiving

    inside, go_on, whole = threading.Event(), threading.Event(), receiving.received

    def slowly(*given: Any) -> Any:
        inside.set()
        assert go_on.wait(30)
        return whole(*given)

    monkeypatch.setattr(receiving, "received", slowly)
    first: list[httpx.Response] = []

    def send() -> None:
        with asking(program.base) as own:
            first.append(own.post("/cases", WORKS, Idempotency_Key=KEY))

    thread = threading.Thread(target=send)
    thread.start()
    assert inside.wait(30)
    second = program.post("/cases", WORKS, Idempotency_Key=KEY)
    go_on.set()
    thread.join(30)
    assert problem(second)[:2] == (409, "under-way")
    assert program.post("/cases", WORKS, Idempotency_Key=KEY).content == first[0].content


def test_two_nodes_with_one_key_receive_one_case(program: Program, window: Window) -> None:
    own = Window(window.url, window.folder)
    own.app.clock.fixed = window.now
    answers: list[httpx.Response] = []
    with serving(own.app) as other, asking(other) as elsewhere:
        begin = threading.Barrier(2)

        def send(node: Program) -> None:
            begin.wait(30)
            answers.append(node.post("/cases", WORKS, Idempotency_Key=KEY))

        threads = [threading.Thread(target=send, args=(node,)) for node in (program, elsewhere)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    own.close()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sum(REPLAYED in answer.headers for answer in answers) == 1


def test_two_writers_at_once_of_one_case_are_both_on_record_or_told_of_each_other(program: Program) -> None:
    number = program.receive()
    seen = program.get(case(number)).headers["etag"]
    answers: list[httpx.Response] = []
    begin = threading.Barrier(2)

    def send(by: str) -> None:
        with asking(program.base) as own:
            begin.wait(30)
            body = {"kind": "acknowledged", "clock": "promise", "by": by}
            answers.append(own.post(f"{case(number)}/events", body, If_Match=seen))

    threads = [threading.Thread(target=send, args=(by,)) for by in ("li", "chen")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    told = next(answer for answer in answers if answer.status_code == 412).json()["changes"]
    assert [change["seq"] for change in told] == [3]


def test_each_caller_has_keys_of_their_own(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("admin",)) as app:
        with app.writing() as session:
            keys = [
                tokens.add(session, office_named(session, office), name, ["read", "record"], NOW.date(), "admin", NOW)
                for office, name in (("east", "one"), ("east", "two"), ("west", "one"))
            ]
        with serving(app) as base:
            for key in keys:
                with asking(base, key) as program:
                    answer = program.post("/cases", {**WORKS, "by": "clerk", "handler": "clerk"}, Idempotency_Key=KEY)
                    assert answer.status_code == 201 and REPLAYED not in answer.headers
                    assert program.get("/me?office=west").status_code == (200 if key is keys[2] else 403)


def test_an_answer_is_kept_for_a_day_and_then_forgotten(program: Program, window: Window) -> None:
    program.post("/cases", WORKS, Idempotency_Key=KEY)
    window.app.clock.fixed = window.now + timedelta(hours=23, minutes=59)
    assert window.app.forget_answers() == 0
    assert program.post("/cases", WORKS, Idempotency_Key=KEY).headers[REPLAYED] == "true"
    window.app.clock.fixed = window.now + timedelta(minutes=2)
    assert window.app.forget_answers() == 1
    assert REPLAYED not in program.post("/cases", WORKS, Idempotency_Key=KEY).headers


def test_what_is_kept_of_a_request_names_nobody(program: Program, window: Window) -> None:
    program.post("/cases", WORKS | {"applicant": "张三丰", "title": "张宅"}, Idempotency_Key=KEY)
    [row] = window.rows("api_answer")
    assert "张" not in f"{row.body}{row.headers}{row.digest}" and row.status == 201


# --- killed -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "before"),
    [("sla.api.serving:_response", False), ("sla.service.answers:keep+", False), ("sla.api.serving:keep", True)],
)
def test_killed_between_writing_and_answering_there_is_one_case_and_one_answer(
    window: Window, place: str, before: bool
) -> None:
    """What was committed before it died is answered again; what was not, is done now."""
    window.at("2026-09-18 15:00")
    with child(window.url, window.now, place) as (base, process), asking(base) as program:
        with pytest.raises(httpx.RemoteProtocolError):
            program.post("/cases", WORKS, Idempotency_Key=KEY)
        process.join(30)
        assert process.exitcode == -9
    assert len(window.rows("case_file")) == len(window.rows("api_answer")) == int(before)
    with calling(window.app) as program:
        again = program.post("/cases", WORKS, Idempotency_Key=KEY)
        assert (again.status_code, REPLAYED in again.headers) == (201, before)
    [row] = window.rows("case_file")
    assert again.json()["number"] == row.number


def test_a_batch_that_was_killed_half_way_is_gone_on_with_and_has_no_doubles(window: Window) -> None:
    window.at("2026-09-18 15:00")
    body = {"cases": [WORKS | {"title": f"第 {n} 件"} for n in range(450)]}
    with child(window.url, window.now, "sla.api.batch:receive_each", 3) as (base, process), asking(base) as program:
        with pytest.raises(httpx.RemoteProtocolError):
            program.post("/batch/cases", body, Idempotency_Key=KEY)
        process.join(30)
        assert process.exitcode == -9
    assert len(window.rows("case_file")) == 400
    with calling(window.app) as program:
        answer = program.post("/batch/cases", body, Idempotency_Key=KEY).json()
    assert (answer["received"], answer["refused"]) == (450, 0)
    titles = {row.number: row.title for row in window.rows("case_file")}
    assert [titles[row["number"]] for row in answer["results"]] == [f"第 {n} 件" for n in range(450)]
    with window.app.reading() as session:
        assert list(verified(session)) == []
