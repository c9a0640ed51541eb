"""`sla channel remove`: a channel goes when nobody is reached by it and nothing waits on it, or another replaces it.

A site selection opinion accepted on Friday 2026-09-18 is promised in 4 working days: 09-23 (09-20 works). Its handler
is reminded on 09-22 at 09:00 (M1); handler and chief hear of it on 09-24 at 08:30, when it is overdue (M2).
"""

import base64
import io
import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE, notice

ROBOT = 'addresses = { robot = "li" }'
LI = 'addresses = { desk = "li", mail = "li@example.org" }'


def addresses(sla: CommandLine) -> dict[str, dict[str, str]]:
    return {row.person_id: dict(json.loads(row.addresses)) for row in sla.window.rows("person")}


def by_way(sla: CommandLine, part: str) -> list[tuple[str, str, str]]:
    rows = [row for row in sla.window.rows("message") if part in row.key]
    return sorted((row.endpoint, row.state, row.reason) for row in rows)


@pytest.fixture
def robot(sla: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> dict[str, int]:
    """A robot with a sealed secret, the only way to Li Min; what it answers is the code in here."""
    answer = {"errcode": 0}
    httpserver.expect_request("/send").respond_with_handler(lambda _: Response(json.dumps({**answer, "errmsg": "no"})))
    monkeypatch.setenv("SLA_SECRET_KEY", base64.b64encode(b"k" * 32).decode())
    monkeypatch.setenv("SLA_ALLOWED_HOSTS", httpserver.host)
    monkeypatch.setattr("sys.stdin", io.StringIO("robot-key-0001\n"))
    url = httpserver.url_for("/send")
    assert sla("channel", "add", "robot", "wecom", "--set", f"url={url}", "--secret", "key").code == 0
    sla.window.apply(OFFICE.replace(LI, ROBOT))
    return answer


def test_what_waits_on_a_channel_goes_by_the_one_that_takes_its_place(
    sla: CommandLine, robot: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = sla.window
    told = window.at("2026-09-18 09:30").receive()
    window.run_all()
    window.at("2026-09-22 09:00").run_all()
    robot["errcode"] = 93000  # no such robot: given up at once
    window.at("2026-09-22 09:30").receive(on="2026-09-15 09:30")  # entered late: intake and promise are both overdue
    window.run_all()
    assert by_way(sla, "/overdue/") == [("desk", "sent", ""), ("robot", "dead", "WeCom said 93000: no")]

    assert sla.refuses("channel", "remove", "robot") == (
        "channel: robot reaches li and has messages to deliver: 2; say what takes its place: --move-to desk"
    )
    assert sla.refuses("channel", "remove", "robot", "--move-to", "fax") == (
        "move-to: 'fax' is not there; known are: desk, hook, mail, robot"
    )
    assert sla.refuses("channel", "remove", "robot", "--move-to", "robot") == (
        "move-to: robot is the channel that is to be removed; name another"
    )
    assert sla.refuses("channel", "remove", "robot", "--move-to", "desk") == (
        "move-to: li has no address for desk, which is no wecom; add one in the office file"
    )
    window.apply(OFFICE.replace(LI, 'addresses = { robot = "li", desk = "li" }'))
    assert sla("channel", "remove", "robot", "--move-to", "desk").out == (
        "robot is removed; take it out of the office file too\nli: now by desk\n2 messages go on by another channel\n"
    )

    assert addresses(sla)["li"] == {"desk": "li"}
    assert "gAAAA" not in str(window.dump()["endpoint"]), "how what Fernet sealed begins"
    assert [each["name"] for each in sla("channel", "list", "--json").json] == ["desk", "hook", "mail"]
    window.run_all()
    assert by_way(sla, "/overdue/") == [
        ("desk", "sent", ""),
        ("desk", "sent", ""),
        ("robot", "dropped", "goes on by desk: endpoint robot was removed"),
    ]
    assert "  robot  " in sla("deliveries", "--case", told).out, "what was sent by it is still to be read"
    window.at("2026-09-22 15:00").announce(notice("n", off="2026-09-23"))
    assert "li: amendment 2" in window.run_all(), "who was told by it that it is due on 09-23 is corrected"

    named = OFFICE.replace(LI, ROBOT)  # what a file that was not changed comes to
    assert sla.refuses("office", "apply", sla.file(named)) == (
        "staff[0].addresses: 'robot' is no channel here; known are: desk, hook, mail"
    )
    with_it = named + '\n[channels.robot]\nkind = "wecom"\n'
    assert sla.refuses("office", "apply", sla.file(with_it)).startswith("channels.robot.key_env: is missing"), (
        "its secret is gone"
    )
    monkeypatch.setenv("SLA_ROBOT_KEY", "robot-key-0002")
    assert sla("office", "apply", sla.file(with_it + 'key_env = "SLA_ROBOT_KEY"\n')).code == 0
    assert [each["name"] for each in sla("channel", "list", "--json").json] == ["desk", "hook", "mail", "robot"]


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_of_one_kind_the_addresses_move_and_what_nobody_uses_just_goes(sla: CommandLine) -> None:
    assert sla("channel", "remove", "hook").out == "hook is removed; take it out of the office file too\n"
    assert sla("channel", "add", "board", "log").code == 0
    before = addresses(sla)
    done = sla("channel", "remove", "desk", "--move-to", "board", "--json").json
    assert done == {
        "removed": "desk",
        "people": ["chen", "li", "sun", "wang", "zhao"],
        "messages": 0,
        "applicants": False,
    }
    after = addresses(sla)
    assert list(after["li"].items()) == [("board", "li"), ("mail", "li@example.org")], "in the old one's place"
    assert {person: [*known.values()] for person, known in after.items()} == {
        person: [*known.values()] for person, known in before.items()
    }


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_what_one_channel_gave_up_to_another_that_is_removed_is_not_lost(
    sla: CommandLine, robot: dict[str, int]
) -> None:
    """There is no third way: it waits, and is not passed back to where it was given up."""
    window = sla.window
    window.apply(OFFICE.replace(LI, 'addresses = { robot = "li", desk = "li" }'))
    robot["errcode"] = 93000
    window.at("2026-09-18 09:30").receive()
    window.run_all()
    window.at("2026-09-22 09:00").app.sweep()
    window.app.deliver()
    assert [way[:2] for way in by_way(sla, "/T-1/")] == [("desk", "pending"), ("robot", "dropped")]
    window.apply(OFFICE.replace(LI, ROBOT).replace("{ desk = ", "{ mail = "))
    assert sla("channel", "remove", "desk", "--move-to", "robot").code == 0
    window.app.deliver()
    assert [way[:2] for way in by_way(sla, "/T-1/")] == [("desk", "pending"), ("robot", "dropped")]
