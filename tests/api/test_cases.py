"""Cases by the API: received, read, listed, and not written over."""

from tests.api.cast import WORKS, Program, case, clock, problem
from tests.service.cast import Window

AT = "2026-09-18T15:00:00+08:00"


def test_a_case_that_is_received_and_accepted_has_the_dates_of_the_hand_count(program: Program) -> None:
    # 6 working days from Friday 09-18: 20 (make-up), 21, 22, 23, 24, 28; 25 to 27 are off. 30 days: see the statute.
    answer = program.post("/cases", WORKS | {"at": AT})
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1{case(answer.json()['number'])}")
    assert answer.json()["number"] == "建字第20260001号"
    assert (answer.json()["phase"], answer.json()["seq"]) == ("accepted", 2)
    assert clock(answer)["due_on"] == "2026-09-28" and clock(answer)["state"] == "running"


def test_a_day_alone_is_a_day_and_a_moment_keeps_its_zone(program: Program) -> None:
    number = program.receive(at="2026-09-17")
    other = program.receive(at="2026-09-18T06:30:00Z")
    events = [program.get(f"{case(n)}/events").json()["events"][0] for n in (number, other)]
    assert [(event["dated"], event["occurred_at"]) for event in events] == [
        (True, "2026-09-17T00:00:00+08:00"),
        (False, "2026-09-18T14:30:00+08:00"),
    ]


def test_a_case_is_answered_without_what_is_personal(program: Program) -> None:
    number = program.receive(applicant="张三丰", contact="门卫老李", mobile="13800138000", email="zhang@example.org")
    for path in (case(number), f"{case(number)}/events", f"{case(number)}/clocks", "/cases", "/due"):
        text = program.get(path).text
        assert not any(word in text for word in ("张三丰", "门卫老李", "13800138000", "zhang@example.org")), path
    assert program.get(case(number)).json()["title"] == WORKS["title"]


def test_who_has_the_newest_version_is_told_so_without_a_body(program: Program) -> None:
    number = program.receive()
    first = program.get(case(number))
    again = program.get(case(number), If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    program.record(number, "paused", ground="expert_review")
    assert program.get(case(number), If_None_Match=first.headers["etag"]).status_code == 200


def test_a_case_that_only_grew_older_is_another_answer_and_still_the_same_to_who_records(
    program: Program, window: Window
) -> None:
    number = program.receive()
    seen = program.get(case(number)).headers["etag"]
    window.at("2026-09-29 09:00")  # overdue since yesterday
    assert program.get(case(number), If_None_Match=seen).status_code == 200
    body = {"kind": "acknowledged", "clock": "promise", "by": "li"}
    assert program.post(f"{case(number)}/events", body, If_Match=seen).status_code == 201


def test_of_two_who_saw_the_same_case_the_second_is_told_what_the_first_recorded(program: Program) -> None:
    number = program.receive()
    seen = program.get(case(number)).headers["etag"]
    body = {"kind": "paused", "ground": "expert_review", "by": "li"}
    assert program.post(f"{case(number)}/events", body, If_Match=seen).status_code == 201
    late = program.post(f"{case(number)}/events", {"kind": "withdrawn", "by": "chen"}, If_Match=seen)
    assert problem(late)[:2] == (412, "changed")
    assert late.json()["changes"] == [{"seq": 3, "kind": "paused", "by": "li"}]
    assert program.get(case(number)).json()["seq"] == 3


def test_pages_of_a_list_hold_each_case_once_though_others_come_in_meanwhile(program: Program, window: Window) -> None:
    before = []
    for minute in range(5):
        window.at(f"2026-09-18 15:{minute:02}")
        before.append(program.receive())
    found, path = [], "/api/v1/cases?limit=2"
    while path:
        answer = program.client.get(f"{program.base}{path}")
        found += [line["number"] for line in answer.json()["cases"]]
        path = answer.json()["next"]
        assert answer.headers.get("link", "") == (f'<{path}>; rel="next"' if path else "")
        window.at(f"2026-09-18 16:{len(found):02}")
        program.receive()
    assert found == before[::-1]


def test_a_list_is_narrowed_by_what_is_asked(program: Program, window: Window) -> None:
    mine = program.receive(title="东环路公交站")
    other = program.receive(permit="site_selection", handler="chen", title="西环路")
    window.at("2026-09-25 09:00")  # 4 working days of the second ended on the 23rd or so; the first runs to the 28th
    program.record(other, "withdrawn", by="chen")
    for query, numbers in {
        "text=东环": [mine],
        "permit=site_selection": [other],
        "handler=li": [mine],
        "standing=open": [mine],
        "standing=closed": [other],
        "received_from=2026-09-19": [],
        "received_to=2026-09-18": [other, mine],
    }.items():
        answer = program.get(f"/cases?{query}")
        assert sorted(line["number"] for line in answer.json()["cases"]) == sorted(numbers), query


def test_a_number_of_ones_own_is_kept_even_with_slashes(program: Program) -> None:
    number = program.receive(number="PA/2026/0007")
    assert program.get(case(number)).json()["number"] == "PA/2026/0007"
    assert program.get("/cases/PA/2026/0007/clocks").json()["number"] == "PA/2026/0007"
    assert problem(program.post("/cases", WORKS | {"number": number})) == (422, "invalid", "number")


def test_why_a_date_is_what_it_is_is_told_day_by_day(program: Program) -> None:
    number = program.receive(at=AT)
    ledger = program.get(f"{case(number)}/clocks/promise/ledger").json()
    told = [(day["date"], day["status"]) for day in ledger["days"]]
    assert told == [
        ("2026-09-18", "first_day"),
        ("2026-09-19", "not_working"),
        ("2026-09-20", "counted"),
        ("2026-09-21", "counted"),
        ("2026-09-22", "counted"),
        ("2026-09-23", "counted"),
        ("2026-09-24", "counted"),
        ("2026-09-25", "not_working"),
        ("2026-09-26", "not_working"),
        ("2026-09-27", "not_working"),
        ("2026-09-28", "counted"),
    ]
    assert ledger["days"][-1]["counted"] == 6
    assert problem(program.get(f"{case(number)}/clocks/no-clock/ledger"))[:2] == (404, "not-found")


def test_what_is_not_there_is_404(program: Program) -> None:
    for path in ("/cases/none", "/cases/none/events", "/cases/none/clocks", "/nothing", "/calendar/years/1500"):
        assert problem(program.get(path))[:2] == (404, "not-found"), path
    answer = program.post("/cases/none/events", {"kind": "accepted", "by": "li"})
    assert problem(answer)[:2] == (404, "not-found")
