"""Lists a part at a time: each line once, however many there are, and never more than was asked for."""

from typing import Any

import pytest

from sla.api.paging import MOST
from sla.api.routes import OPERATIONS, description
from tests.api.cast import Program, case, problem
from tests.service.cast import Window, notice

LISTS = {  # what of an answer is the list, by operation
    "listCases": "cases", "listEvents": "events", "listClocks": "clocks", "explainClock": "days", "listDueOf": "clocks",
    "getCalendar": "changes", "listNotices": "notices", "listPolicies": "policies", "listPermits": "permits",
    "listChannels": "channels", "listDeliveries": "deliveries", "listWebhooks": "webhooks",
}  # fmt: skip
ONE = {"whoAmI", "getCase", "getYear", "getPolicy", "getRates", "listDue"}  # an object, or lists of bounded length


def every_part(program: Program, path: str, name: str, limit: int = 2) -> list[dict[str, Any]]:
    """All lines of a list, page by page; no page holds more than was asked for."""
    found: list[dict[str, Any]] = []
    where = f"/api/v1{path}{'&' if '?' in path else '?'}limit={limit}"
    while where:
        answer = program.client.get(f"{program.base}{where}")
        assert answer.status_code == 200, answer.text
        part, where = answer.json()[name], answer.json()["next"]
        assert len(part) <= limit and answer.headers.get("link", "") == (f'<{where}>; rel="next"' if where else "")
        found += part
    return found


def test_every_list_is_bounded_and_says_where_it_goes_on() -> None:
    assert {one.name for one in OPERATIONS if one.method == "GET"} == set(LISTS) | ONE
    document = description()
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        query = {one["name"]: one["schema"] for one in described["parameters"] if one["in"] == "query"}
        if operation.name in LISTS:
            assert (query["limit"]["maximum"], query["limit"]["default"]) == (MOST, 50), operation.name
            assert "cursor" in query and "Link" in described["responses"]["200"]["headers"]
            assert {"next", LISTS[operation.name]} <= set(operation.answer.model_fields)


def test_the_parts_of_each_list_are_the_whole(program: Program, window: Window) -> None:
    number = program.receive(number="PA/2026/0007")
    program.record(number, "acknowledged", clock="promise")
    for name in ("云政办〔2026〕9号", "云政办〔2026〕10号", "云政办〔2026〕11号"):
        window.load(notice(name, off="2026-09-21"))
    for path, name in (
        (f"{case(number)}/events", "events"), (f"{case(number)}/clocks", "clocks"), ("/permits", "permits"),
        (f"{case(number)}/clocks/statutory/ledger", "days"), ("/calendar/notices", "notices"),
    ):  # fmt: skip
        whole = program.get(f"{path}?limit=200").json()
        assert whole["next"] is None and len(whole[name]) > 2
        assert every_part(program, path, name) == whole[name], path
    days = every_part(program, f"{case(number)}/clocks/statutory/ledger", "notes", 200)
    assert [one["what"] for one in every_part(program, f"{case(number)}/clocks/statutory/ledger", "notes")] == [
        one["what"] for one in days
    ]


def test_todays_lists_go_on_where_they_ended_though_others_come_and_go(program: Program, window: Window) -> None:
    # Site opinions in 4 working days: of 09-17 due on 09-22 (18, 20, 21, 22), of 09-18 on 09-23.
    before = [program.receive(permit="site_selection", at=f"2026-09-{day}") for day in (17, 17, 17, 18, 18)]
    paused = [program.receive(permit="site_selection") for _ in range(3)]
    for number in paused:
        program.record(number, "paused", ground="expert_review")
    window.at("2026-09-24 09:00")
    first = program.get("/due?limit=2").json()
    assert (first["day"], first["counts"]["overdue"]) == ("2026-09-24", 5)
    assert first["counts"]["paused"] == 6  # of each case promise and statute
    assert [len(first[name]) for name in ("overdue", "paused", "awaiting")] == [2, 2, 0]
    assert {name for name, where in first["next"].items() if where} == {"overdue", "paused"}
    shown = [line["number"] for line in first["overdue"]]
    outcome = {"outcome": "approved", "overdue_reason": "r"}
    assert program.record(shown[0], "decided", **outcome).status_code == 201  # it goes,
    program.receive(permit="site_selection", at="2026-09-17", number="NEW")  # and one comes in
    where = first["next"]["overdue"]
    while where:
        answer = program.client.get(f"{program.base}{where}").json()
        shown += [line["number"] for line in answer["clocks"]]
        where = answer["next"]
    assert sorted(set(shown) - {"NEW"}) == sorted(before) and len(shown) == len(set(shown))
    resting = [line["number"] for line in every_part(program, "/due/paused", "clocks")]
    assert sorted(resting) == sorted(2 * paused)
    mine = every_part(program, "/due/overdue?handler=chen", "clocks")
    assert mine == [] and program.get("/due/overdue?handler=li").json()["count"] == 5


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/due/late", (404, "not-found", "list")),
        ("/due/overdue?cursor=next", (422, "invalid", "cursor")),
        (f"/due/overdue?cursor=2026-09-22__{'0' * 32}_promise", (422, "invalid", "cursor")),
        (f"/due/overdue?cursor=2026-09-22_2026-09-22T10:00_{'0' * 32}_promise", (422, "invalid", "cursor")),
        ("/due/overdue?limit=201", (422, "invalid", "limit")),
        ("/due?limit=0", (422, "invalid", "limit")),
        ("/permits?cursor=none", (422, "invalid", "cursor")),
        ("/policies?limit=201", (422, "invalid", "limit")),
    ],
)  # fmt: skip
def test_what_is_no_part_of_a_list_is_refused_by_name(program: Program, path: str, told: tuple[int, str, str]) -> None:
    assert problem(program.get(path)) == told
