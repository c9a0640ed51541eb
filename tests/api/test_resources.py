"""What else the API reads: lists, rates, days, policies, channels, deliveries, webhooks. Dates by the hand count."""

import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sla.service import tokens
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from tests.access.cast import office_text
from tests.api.cast import Program, asking, calling, case, problem
from tests.browser import cast as browser
from tests.browser.cast import AWAITING, DUE_TODAY, NEXT_DAYS, NOW, OVERDUE, PAUSED, empty_app, make_cases, make_office
from tests.service.cast import Window

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the specification's example


@pytest.fixture(scope="module")
def window_of_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The window of the pages, whose every date was counted by hand; Wednesday 2026-09-23."""
    app = empty_app(tmp_path_factory.mktemp("pages"))
    make_office(app)
    make_cases(app)
    with calling(app) as program:
        yield program
    app.close()


def test_todays_lists_are_those_of_the_hand_count(window_of_pages: Program) -> None:
    due = window_of_pages.get("/due").json()
    lists = ("overdue", "due_today", "next_days", "paused", "awaiting")
    found = {name: [line["title"] for line in due[name] if line["clock"]["id"] != "statutory"] for name in lists}
    assert due["day"] == "2026-09-23"
    assert found == {
        "overdue": OVERDUE, "due_today": DUE_TODAY, "next_days": NEXT_DAYS, "paused": PAUSED, "awaiting": AWAITING,
    }  # fmt: skip
    mine = window_of_pages.get("/due?handler=wang").json()
    assert {line["handler"] for name in lists for line in mine[name]} == {"王强"}


def test_the_rates_are_those_of_the_hand_count_with_their_n(window_of_pages: Program) -> None:
    # Four were completed, one of them late; two are open and overdue.
    rates = window_of_pages.get("/rates?first=2026-09-01&last=2026-09-23").json()
    assert rates["total"]["on_time"] == {"value": 0.5, "part": 3, "n": 6}
    assert rates["total"]["closed_only"] == {"value": 0.75, "part": 3, "n": 4}
    none = window_of_pages.get("/rates?first=2020-01-01&last=2020-01-31").json()
    assert none["total"]["on_time"] == {"value": None, "part": 0, "n": 0}


def test_the_days_of_a_year_are_those_of_the_notice(window_of_pages: Program) -> None:
    # State Council notice of 2025-11-04: Sunday 09-20 worked, Friday 09-25 off.
    year = window_of_pages.get("/calendar/years/2026").json()
    days = {day["date"]: (day["works"], day["kind"]) for day in year["days"]}
    assert len(days) == 365
    assert days["2026-09-20"] == (True, "makeup") and days["2026-09-25"] == (False, "holiday")
    assert days["2026-09-19"] == (False, "weekend") and days["2026-09-21"][0]
    later = window_of_pages.get("/calendar/years/2027").json()
    assert all(day["provisional"] for day in later["days"])
    assert window_of_pages.get("/calendar").json()["announced_through"] == "2026-12-31"


def test_the_permits_in_force_tell_promise_and_statute(window_of_pages: Program) -> None:
    permits = {permit["id"]: permit for permit in window_of_pages.get("/permits").json()["permits"]}
    limits = {
        name: [permits[name]["clocks"][n]["limit"]["amount"] for n in _places(permits[name])]
        for name in ("site_selection", "land_use", "construction_works", "rural_construction")
    }
    assert limits == {
        "site_selection": [4, 30], "land_use": [4, 30], "construction_works": [6, 30], "rural_construction": [6, 20],
    }  # fmt: skip


def _places(permit: dict[str, list[dict[str, str]]]) -> list[int]:
    bases = [clock["basis"] for clock in permit["clocks"]]
    return [bases.index("promise"), bases.index("statute")]


def test_a_policy_is_given_as_it_was_written(window_of_pages: Program) -> None:
    [policy] = window_of_pages.get("/policies").json()["policies"]
    assert (policy["policy"], policy["version"], policy["state"]) == ("cn_planning", 1, "in_force")
    content = window_of_pages.get("/policies/cn_planning/versions/1").json()["content"]
    assert content == (Path(browser.__file__).parents[2] / "sla/presets/cn_planning.toml").read_text("utf-8")
    for path in ("/policies/cn_planning/versions/7", "/policies/none/versions/1", "/policies/cn_planning/versions/x"):
        assert problem(window_of_pages.get(path))[0] == 404


def test_a_notice_is_listed_with_how_far_it_is(program: Program, window: Window) -> None:
    from tests.service.cast import notice

    window.load(notice("云政办〔2026〕9号", off="2026-09-21"))
    [told] = program.get("/calendar/notices").json()["notices"]
    assert (told["number"], told["state"], told["off"], told["work"]) == ("云政办〔2026〕9号", "loaded", 1, 0)
    window.begin()
    window.amend()
    changes = program.get("/calendar").json()["changes"]
    assert [change["why"] for change in changes] == ["made", "notice"] and changes[-1]["finished_at"]


def test_deliveries_are_listed_page_by_page_and_given_up_ones_go_again(program: Program, window: Window) -> None:
    numbers = [program.receive() for _ in range(3)]
    window.at("2026-09-24 09:30").run_all()  # the working day before the 28th
    found, path = [], "/api/v1/deliveries?limit=2"
    while path:
        answer = program.client.get(f"{program.base}{path}").json()
        found += answer["deliveries"]
        path = answer["next"]
    assert len({one["id"] for one in found}) == len(found) == len(window.rows("message")) > 2
    of_one = program.get(f"/deliveries?case={numbers[0]}&state=sent&person=li").json()["deliveries"]
    assert of_one and {(one["case"], one["person"], one["state"]) for one in of_one} == {(numbers[0], "li", "sent")}
    assert problem(program.post("/deliveries/retry", {"ids": ["none"]})) == (422, "invalid", "ids")
    assert program.post("/deliveries/retry", {"ids": []}).json() == {"retried": 0}


# --- channels and webhooks --------------------------------------------------------------------------------------------
@pytest.fixture
def administrator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Iterator[Program]:
    """The key of an administrator, in an office with a webhook that leads to `httpserver`."""
    monkeypatch.setenv("SLA_HOOK_SECRET", SECRET)
    monkeypatch.setenv("SLA_ALLOWED_HOSTS", "localhost")
    hook = f'[channels.hook]\nkind = "webhook"\nurl = "{httpserver.url_for("/sla?token=hidden")}"\n'
    text = office_text("east").replace("[channels.log]", f'{hook}secret_env = "SLA_HOOK_SECRET"\n\n[channels.log]')
    text = text.replace('addresses = { log = "" }', 'addresses = { log = "", hook = "desk" }')
    app = empty_app(tmp_path)
    with app.writing() as session:
        apply(session, plan_of(text, Path()), NOW)
        office = office_named(session, "east")
        key = tokens.add(session, office, "admin", ["read", "administer"], NOW.date(), "admin", NOW)
    with calling(app, key) as program:
        yield program
    app.close()


def test_channels_are_told_without_what_leads_there(administrator: Program) -> None:
    channels = {one["name"]: one for one in administrator.get("/channels").json()["channels"]}
    assert channels["hook"]["secrets"] == {"secret": "variable"} and channels["hook"]["kind"] == "webhook"
    webhooks = administrator.get("/webhooks").json()
    assert [(one["name"], one["host"]) for one in webhooks["webhooks"]] == [("hook", "localhost")]
    for text in (administrator.get("/channels").text, administrator.get("/webhooks").text):
        assert not any(word in text for word in ("hidden", SECRET, "SLA_HOOK_SECRET", "/sla"))


def test_a_trial_is_signed_as_it_is_told_and_made_once(administrator: Program, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/sla").respond_with_data("", 204)
    for replayed in (False, True):
        answer = administrator.post("/webhooks/hook/test", {"to": "admin"}, Idempotency_Key="trial")
        assert answer.json()["said"] == "HTTP 204", answer.text
        assert ("idempotent-replayed" in answer.headers) is replayed
    [(request, _)] = httpserver.log
    by_hand = f"{request.headers['webhook-id']}.{int(NOW.timestamp())}.{request.get_data(as_text=True)}"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, by_hand.encode(), "sha256")).decode()
    assert request.headers["webhook-signature"] == f"v1,{signature}"
    kind = json.loads(request.get_data())["type"]
    assert kind == "channel.trial" and kind in administrator.get("/webhooks").json()["kinds"]
    assert set(administrator.get("/webhooks").json()["headers"]) <= {name.lower() for name, _ in request.headers}


def test_what_the_other_side_says_to_a_trial_is_told(administrator: Program, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/sla").respond_with_data("", 403)
    assert problem(administrator.post("/webhooks/hook/test", {"to": "admin"}))[:2] == (502, "undelivered")
    assert problem(administrator.post("/webhooks/log/test", {"to": "admin"}))[:2] == (404, "not-found")
    assert problem(administrator.post("/webhooks/hook/test", {"to": "nobody"})) == (422, "invalid", "to")


def test_who_am_i_tells_a_program_its_rights_and_their_end(administrator: Program) -> None:
    me = administrator.get("/me").json()
    assert (me["caller"], me["rights"], me["office"]) == ("key:admin", ["administer", "read"], "east")
    assert me["expires_at"] == "2026-09-24T00:00:00+08:00" and me["form_token"] is None
    with asking(administrator.base) as nobody:
        assert nobody.get("/me").json()["caller"] == "machine"  # as long as nobody has a password
    assert problem(administrator.get(case("x")))[0] == 404
