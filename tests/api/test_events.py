"""Every kind of event is recorded by the API, and taken back by it."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from sla.api.kinds import NewEvent
from sla.events import KINDS
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import Reader, two_offices
from tests.api.cast import WORKS, Program, asking, calling, case, clock, problem
from tests.browser.cast import NOW, serving
from tests.service.cast import Window

# What each kind asks for, by an accepted case unless `on` says otherwise.
OF_RECEIVED: dict[str, dict[str, Any]] = {
    "accepted": {"receipt": "云规受〔2026〕1号"},
    "correction_requested": {"papers": ["approval"], "notice": "云规补〔2026〕2号"},
    "refused": {"reason": "不属于本窗口"},
    "not_required": {"reason": "无需许可"},
    "withdrawn": {"reason": "申请人撤回"},
}
OF_ACCEPTED: dict[str, dict[str, Any]] = {
    "paused": {"ground": "expert_review", "notice": "云规函〔2026〕8号", "expected_end": "2026-09-30"},
    "reassigned": {"handler": "chen", "reason": "休假"},
    "decided": {"outcome": "approved", "certificate": "建字第1号"},
    "acknowledged": {"clock": "promise", "note": "跟进"},
    "contact_changed": {"mobile": "13800138000"},
}
ELSEWHERE = {"correction_received", "owed_received", "resumed", "delivered", "overdue_explained", "extended",
             "stage_entered", "stage_left", "rebased"}  # told by tests of their own  # fmt: skip
NOT_BY_ONE = {"received", "handed_over", "calendar_applied", "blanked", "voided"}  # have ways of their own


def test_every_kind_is_recorded_by_the_api_or_has_a_way_of_its_own() -> None:
    union, _ = get_args(NewEvent)
    taken = {get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(union)}
    assert taken == {*OF_RECEIVED, *OF_ACCEPTED, *ELSEWHERE}
    assert taken | NOT_BY_ONE == set(KINDS)


@pytest.mark.parametrize("kind", [*OF_RECEIVED, *OF_ACCEPTED])
def test_a_kind_is_recorded_as_it_was_told(program: Program, kind: str) -> None:
    number = program.receive(accept=kind in OF_ACCEPTED, permit="site_selection")
    told = {**OF_RECEIVED, **OF_ACCEPTED}[kind]
    by = "zhao" if kind == "reassigned" else "li"
    answer = program.record(number, kind, by, **told)
    assert answer.status_code == 201, answer.text
    newest = program.get(f"{case(number)}/events").json()["events"][-1]
    assert (newest["kind"], newest["by"], newest["seq"]) == (kind, by, answer.json()["seq"])
    personal = {"mobile"}
    assert {name: newest["details"].get(name) for name in told if name not in personal} == {
        name: value for name, value in told.items() if name not in personal
    }


def test_a_pause_stops_the_clock_and_its_end_starts_it_again(program: Program, window: Window) -> None:
    number = program.receive(at="2026-09-18")  # due on the 28th
    window.at("2026-09-21 10:00")
    paused = program.record(number, "paused", ground="expert_review", at="2026-09-21")
    assert (clock(paused)["state"], clock(paused)["due_on"]) == ("paused", None)
    window.at("2026-09-23 10:00")
    resumed = program.record(number, "resumed", at="2026-09-23")
    # 20 and 21 are counted; 22 and 23 are not; 24, 28, 29 and 30 make six
    assert clock(resumed)["due_on"] == "2026-09-30"
    assert problem(program.record(number, "resumed"))[:2] == (422, "invalid")


def test_papers_are_asked_for_once_and_come_in(program: Program) -> None:
    number = program.receive(accept=False, permit="site_selection")
    assert program.record(number, "correction_requested", papers=["approval"]).json()["phase"] == "correction"
    assert program.record(number, "correction_received", papers=["approval"]).json()["phase"] == "received"


def test_papers_may_be_owed_at_acceptance_and_come_in_later(program: Program) -> None:
    number = program.receive(accept=False, permit="site_selection")
    owed: dict[str, Any] = {"owed": ["site_plan"], "owed_by": "2026-09-25"}
    assert problem(program.record(number, "accepted", owed=["site_plan"]))[:2] == (422, "invalid")
    assert program.record(number, "accepted", **owed).json()["phase"] == "accepted"
    assert problem(program.record(number, "owed_received", papers=["approval"]))[:2] == (422, "invalid")
    assert program.record(number, "owed_received", papers=["site_plan"]).status_code == 201
    details = program.get(f"{case(number)}/events").json()["events"][1]["details"]
    assert details == owed


def test_what_is_overdue_is_decided_with_its_reason_only(program: Program, window: Window) -> None:
    number, other = program.receive(at="2026-09-18"), program.receive(at="2026-09-18")
    window.at("2026-09-29 10:00")
    refused = program.record(number, "decided", outcome="approved")
    assert problem(refused)[:2] == (422, "invalid") and program.get(case(number)).json()["seq"] == 2
    done = program.record(number, "decided", outcome="approved", overdue_reason="人手不足", overdue_measure="增派")
    assert done.status_code == 201 and done.json()["seq"] == 4
    said = program.record(other, "overdue_explained", clocks=["promise"], reason="停电")
    assert said.status_code == 201
    assert program.get(case(other)).json()["overruns"][0]["reason"] == "停电"
    assert program.record(number, "delivered", method="窗口领取").json()["phase"] == "delivered"


def test_limits_are_extended_stages_passed_and_a_version_followed(program: Program, window: Window) -> None:
    window.publish(2, "2026-09-18")
    number = program.receive(permit="site_selection")
    before = clock(program.get(case(number)))["due_on"]
    extended = program.record(number, "extended", by="zhao", clock="promise", amount=2, reason="复杂", approver="zhao")
    assert extended.status_code == 201, extended.text
    assert clock(extended)["due_on"] > before
    assert program.record(number, "stage_entered", stage="review").status_code == 201
    assert program.record(number, "stage_left", stage="review").status_code == 201
    window.publish(3, "2026-09-19")
    window.at("2026-09-20 09:00")
    followed = program.record(number, "rebased", by="zhao", policy="cn_planning", version=3, reason="新承诺")
    assert followed.status_code == 201, followed.text
    assert program.get(case(number)).json()["policy_version"] == 3


def test_an_event_is_taken_back_on_record(program: Program) -> None:
    number = program.receive()
    program.record(number, "paused", ground="expert_review")
    path = f"{case(number)}/events/3/void"
    assert problem(program.post(path, {"reason": "登记错件", "by": "li"})) == (422, "invalid", "by")  # a manager's
    answer = program.post(path, {"reason": "登记错件", "by": "zhao"})
    assert (answer.status_code, clock(answer)["state"]) == (201, "running")
    events = program.get(f"{case(number)}/events").json()["events"]
    assert [event["voided_by"] for event in events] == [None, None, 4, None]
    assert problem(program.post(f"{case(number)}/events/9/void", {"reason": "x", "by": "zhao"}))[0] == 404


def test_what_may_not_come_next_is_told_with_its_field_and_nothing_is_written(program: Program) -> None:
    number = program.receive()
    for kind, told, field in (
        ("paused", {"ground": "lunch"}, "ground"),
        ("accepted", {}, "kind"),
        ("reassigned", {"handler": "nobody"}, "handler"),
        ("decided", {"outcome": "approved", "at": "2026-09-17"}, None),
        ("delivered", {}, None),
    ):
        answer = program.record(number, kind, "zhao", **told)
        assert problem(answer)[:2] == (422, "invalid"), kind
        assert field in (None, answer.json()["field"]), answer.text
    assert program.get(case(number)).json()["seq"] == 2


# --- who records ------------------------------------------------------------------------------------------------------
def test_who_signs_in_records_as_themselves_and_takes_a_slip_back(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("clerk", "manager")) as app, serving(app) as base:
        reader = Reader(base)
        assert reader.sign_in("clerk").status_code == 303
        me = reader.open("/api/v1/me").json()
        assert (me["caller"], me["rights"], me["office"]) == ("person:clerk", ["read", "record"], "east")
        headers = {"x-form-token": me["form_token"], "origin": base}

        def post(path: str, body: dict[str, Any]) -> Any:
            return reader.client.post(f"/api/v1{path}", json=body, headers=headers)

        made = post("/cases", {"permit": "construction_works", "accept": True})
        assert made.status_code == 201, made.text
        number = made.json()["number"]
        assert problem(post("/cases", {"permit": "construction_works", "by": "manager"})) == (422, "invalid", "by")
        post(f"{case(number)}/events", {"kind": "paused", "ground": "expert_review"})
        assert post(f"{case(number)}/events/3/void", {"reason": "误登"}).status_code == 201
        assert problem(post(f"{case(number)}/events/2/void", {"reason": "误登"}))[:2] == (403, "forbidden")
        app.clock.fixed = NOW + timedelta(minutes=16)
        assert problem(post(f"{case(number)}/events/4/void", {"reason": "误登"}))[:2] == (403, "forbidden")
        events = reader.open(f"/api/v1{case(number)}/events").json()["events"]
        assert {event["by"] for event in events} == {"clerk"}
        reader.close()


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "BASE"}, {"x-form-token": "TOKEN"}, {"x-form-token": "TOKEN", "origin": "http://a.example"}],
)
def test_a_cookie_alone_writes_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    with two_offices(tmp_path, ("clerk",)) as app, serving(app) as base:
        reader = Reader(base)
        reader.sign_in("clerk")
        token = reader.open("/api/v1/me").json()["form_token"]
        sent = {name: value.replace("BASE", base).replace("TOKEN", token) for name, value in headers.items()}
        answer = reader.client.post("/api/v1/cases", json={"permit": "construction_works"}, headers=sent)
        assert problem(answer)[:2] == (403, "elsewhere")
        reader.close()


def test_a_program_records_in_its_own_name_or_in_that_of_somebody_who_may(tmp_path: Path) -> None:
    with two_offices(tmp_path, ("admin",)) as app:
        with app.writing() as session:
            key = tokens.add(
                session, office_named(session, "east"), "desk", ["read", "record"], NOW.date(), "admin", NOW
            )
        with calling(app, key) as program:
            body = {name: value for name, value in WORKS.items() if name not in ("by", "handler")}
            assert problem(program.post("/cases", body)) == (422, "invalid", "handler")  # a program handles no case
            number = program.post("/cases", body | {"handler": "clerk"}).json()["number"]
            assert problem(program.record(number, "paused", by="viewer", ground="hearing"))[2] == "by"
            assert program.record(number, "paused", by="clerk", ground="expert_review").status_code == 201
            assert problem(program.post(f"{case(number)}/events/2/void", {"reason": "x"}))[:2] == (403, "forbidden")
            events = program.get(f"{case(number)}/events").json()["events"]
            assert [event["by"] for event in events] == ["key:desk", "key:desk", "clerk"]
            with asking(program.base, "shixian_none") as stranger:
                assert problem(stranger.get("/cases"))[:2] == (401, "not-signed-in")


def test_a_stranger_is_refused_before_a_large_body_is_read(tmp_path: Path) -> None:
    """16 MB are announced, and an eightieth of them sent: only whoever may send them is waited for."""
    with two_offices(tmp_path, ("admin",)) as app, calling(app) as program:
        host, port = program.base.removeprefix("http://").split(":")
        head = (
            f"POST /api/v1/batch/cases HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            "Idempotency-Key: one\r\nContent-Length: 16000000\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=20) as stranger:
            stranger.sendall(head.encode() + b"[" * 200_000)
            answer = b""
            while b"not-signed-in" not in answer and (part := stranger.recv(4_096)):
                answer += part
    assert answer.startswith(b"HTTP/1.1 401 ") and b"not-signed-in" in answer


def test_a_name_that_looks_like_a_programs_is_nobody_of_the_staff(program: Program) -> None:
    assert problem(program.post("/cases", WORKS | {"by": "key:desk"})) == (422, "invalid", "by")


def test_a_page_of_another_site_writes_nothing_where_nobody_signs_in(program: Program) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert problem(program.post("/cases", WORKS, **headers))[:2] == (403, "elsewhere")
    answer = program.post("/cases", WORKS, Host="rebound.example")
    assert problem(answer)[:2] == (421, "misdirected")
