"""`sla channel`: what an administrator sees and does about the ways to reach people."""

import json

import pytest
from pytest_httpserver import HTTPServer

from tests.cli.cast import CommandLine
from tests.notifiers.proxies import QUOTED, Desk, proxying
from tests.service.cast import OFFICE

SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
TWO_WAYS = OFFICE.replace('addresses = { desk = "li", mail', 'addresses = { hook = "li", desk = "li", mail')


def test_it_lists_each_channel_with_whose_it_is(sla: CommandLine) -> None:
    assert sla("channel", "list").out.splitlines() == [  # five people have the desk first, Li Min mail as well
        "desk  log  first choice of 5 people",
        "hook  webhook  first choice of 0 people",
        "mail  email  first choice of 0 people  later choice of 1 person",
    ]


def test_a_trial_is_sent_at_once_and_leaves_nothing_behind(sla: CommandLine) -> None:
    before = sla.window.dump()
    said = sla("channel", "test", "desk", "--to", "li")
    assert (said.code, said.out.startswith("desk took it: ")) == (0, True)
    assert sla.window.dump() == before


def test_what_the_other_side_refuses_is_said_without_its_secret(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sla.window.apply(TWO_WAYS)
    assert sla.refuses("channel", "test", "hook", "--to", "li") == (
        "secret: the environment variable SLA_HOOK_SECRET is not set"
    )
    monkeypatch.setenv("SLA_HOOK_SECRET", SECRET)
    text = sla.refuses("channel", "test", "hook", "--to", "li")
    assert text == (
        "hook: 127.0.0.1 leads to an address that is not public; the administrator can allow the host by name"
    )


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)  # nothing of it is the database's
def test_a_trial_goes_through_the_proxy_of_the_environment_and_past_it_where_that_says_so(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=204)
    sla.window.apply(TWO_WAYS.replace("127.0.0.1:9", f"localhost:{httpserver.port}"))
    monkeypatch.setenv("SLA_HOOK_SECRET", SECRET)
    monkeypatch.setenv("SLA_ALLOWED_HOSTS", "localhost")
    desk = Desk(user="sla")
    with proxying(desk) as port:
        for password, answer in ((QUOTED, (0, "hook took it")), ("wrong", (2, "hook: the proxy does not accept"))):
            monkeypatch.setenv("SLA_HTTP_PROXY", f"http://sla:{password}@127.0.0.1:{port}")
            said = sla("channel", "test", "hook", "--to", "li")
            assert said.code == answer[0] and answer[1] in said.out + said.err
            assert password not in said.out + said.err
        assert {asked.partition(" ")[0] for asked in desk.asked} == {"CONNECT"}
        monkeypatch.setenv("SLA_HTTP_PROXY_RESOLVES", "1")
        monkeypatch.setenv("SLA_HTTP_PROXY", f"http://sla:{QUOTED}@127.0.0.1:{port}")
        assert sla("channel", "test", "hook", "--to", "li").code == 0
        assert desk.asked[-1] == f"POST http://localhost:{httpserver.port}/hook"
    monkeypatch.setenv("SLA_DIRECT_HOSTS", "desk.office.example, localhost")
    assert sla("channel", "test", "hook", "--to", "li").code == 0, "the proxy is gone"
    monkeypatch.setenv("SLA_HTTP_PROXY", "http://sla:hunter2@proxy")
    assert sla.refuses("channel", "list") == (
        "SLA_HTTP_PROXY: must begin with http:// and name a host and a port; write http://proxy.office.example:3128,"
        " with user:password@ before the host if it asks for them, both percent-encoded"
    )


def test_a_paused_channel_is_passed_over_until_it_is_resumed(sla: CommandLine) -> None:
    sla.window.apply(TWO_WAYS)
    assert sla("channel", "pause", "hook", "--because", "the robot moves").out == "hook is paused\n"
    (_, hook, _) = json.loads(sla("channel", "list", "--json").out)
    assert (hook["paused"], hook["paused_because"], hook["first_of"]) == (True, "the robot moves", 1)
    assert "paused: the robot moves" in sla("channel", "list").out
    assert sla.refuses("channel", "test", "hook", "--to", "li").startswith("paused: ")
    sla.window.at("2026-09-18 09:30").receive()
    sla.window.run_all()
    sla.window.at("2026-09-22 09:00").run_all()  # T-1 of a promise of 4 working days (M1)
    told = [row for row in sla.window.rows("message") if "T-1" in row.key]
    assert {(row.endpoint, row.state) for row in told} == {("hook", "dropped"), ("desk", "sent")}
    assert sla("channel", "resume", "hook").out == "hook is used again\n"
    assert not json.loads(sla("channel", "list", "--json").out)[1]["paused"]


def test_a_paused_channel_stays_paused_when_the_office_is_applied_again(sla: CommandLine) -> None:
    sla("channel", "pause", "hook", "--because", "the robot moves")
    sla.window.apply(OFFICE.replace("http://127.0.0.1:9/hook", "http://127.0.0.1:9/moved"))
    (_, hook, _) = json.loads(sla("channel", "list", "--json").out)
    assert (hook["paused"], hook["paused_because"]) == (True, "the robot moves")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["test", "fax", "--to", "li"], "channel: 'fax' is not there; known are: desk, hook, mail"),
        (["test", "desk", "--to", "nobody"], "to: 'nobody' is nobody here; known are: chen, li, sun, wang, zhao"),
        (["test", "hook", "--to", "li"], "to: li has no address for hook; has: desk, mail"),
        (["pause", "fax", "--because", "x"], "channel: 'fax' is not there; known are: desk, hook, mail"),
        (["pause", "desk", "--because", " "], "because: is missing: whoever finds it paused wants to know why"),
        (["resume", "fax"], "channel: 'fax' is not there; known are: desk, hook, mail"),
    ],
)
def test_bad_input_is_said_in_one_line(sla: CommandLine, arguments: list[str], error: str) -> None:
    assert sla.refuses("channel", *arguments) == error
