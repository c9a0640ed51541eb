"""From a case to a robot's group and to a mailbox: who is mentioned, what is said, and what comes along."""

import json
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from icalendar import Calendar, Event
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from tests.notifiers.test_email import Desk, serving
from tests.service.cast import OFFICE, Window, at

TITLE = '<at user_id="all"></at>@all [x](http://evil.example)\r\n锦绣花园'
ROBOT = """[channels.desk]
kind = "wecom"
url = "{url}"
key_env = "SLA_ROBOT_KEY"
"""


@pytest.fixture
def robot(window: Window, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Everybody is reached in a WeCom group, li by mobile number; the answers it gives, the last of them for ever."""
    answers = [Answer(json.dumps({"errcode": 0, "errmsg": "ok"}))]

    def answer(_: Request) -> Answer:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    httpserver.expect_request("/send").respond_with_handler(answer)
    monkeypatch.setenv("SLA_ROBOT_KEY", "KEY-1")
    text = OFFICE.replace('[channels.desk]\nkind = "log"\n', ROBOT.format(url=httpserver.url_for("/send")))
    window.apply(text.replace('desk = "li"', 'desk = "13800138000"'))
    return answers


def contents(httpserver: HTTPServer) -> list[str]:
    return [request.json["text"]["content"] for request, _ in httpserver.log]


def test_a_reminder_mentions_its_reader_and_nobody_else(
    window: Window, robot: list[Answer], httpserver: HTTPServer
) -> None:
    number = window.at("2026-09-18 09:30").receive(title=TITLE)
    window.at("2026-09-22 08:45").run_all()
    seen = len(httpserver.log)
    assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-23"]
    [(request, _)] = httpserver.log[seen:]
    text = request.json["text"]
    assert (text["mentioned_list"], text["mentioned_mobile_list"]) == ([], ["13800138000"])
    assert number in text["content"]
    assert '＜at user_id="all"＞＜/at＞＠all [x](http://evil.example) 锦绣花园' in text["content"]
    assert f"http://window.example/cases/{quote(number)}\n" in text["content"]


def test_what_nobody_knows_to_have_arrived_is_sent_again_and_says_so(
    window: Window, robot: list[Answer], httpserver: HTTPServer
) -> None:
    window.at("2026-09-18 09:30").receive()
    window.at("2026-09-22 08:45").run_all()
    window.at("2026-09-22 09:00").app.sweep()
    robot[:0] = [Answer("", 502)]
    seen = len(httpserver.log)
    window.app.deliver()
    assert window.app.clock.fixed is not None
    window.app.clock.fixed += timedelta(seconds=10)
    window.app.deliver()
    first, again = contents(httpserver)[seen:]
    assert first.startswith("Reminder")
    assert again.startswith("(Sent again: you may have it already)\nReminder")
    assert {row.state for row in window.rows("message")} == {"sent"}
    assert "KEY-1" not in str([row.detail for row in window.rows("delivery")])


def test_a_retry_waits_for_the_message_window_like_the_first_attempt(
    window: Window, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/send").respond_with_data("", 502)
    monkeypatch.setenv("SLA_ROBOT_KEY", "KEY-1")
    robot = OFFICE.replace('[channels.desk]\nkind = "log"\n', ROBOT.format(url=httpserver.url_for("/send")))
    window.apply(robot + '\n[messages]\nto = "09:01"\ndigest = "09:00"\n')
    window.at("2026-09-19 09:00").receive(on="2026-09-18")  # due on Wed 09-23; T-1 is Tue 09-22 at 09:00
    window.at("2026-09-22 09:00").app.sweep()
    # Tried again after 5 seconds, and then after a minute: that would be at 09:01:05, when the window is shut.
    for moment, tried in (("09:00", 1), ("09:00:10", 2), ("09:01:20", 2), ("17:00", 2)):
        window.at(f"2026-09-22 {moment}").app.deliver()
        assert len(httpserver.log) == tried, moment
    [waits] = [row for row in window.rows("message") if row.state == "pending"]
    assert waits.next_at == at("2026-09-23 08:30")
    window.at("2026-09-23 08:29").app.deliver()
    assert len(httpserver.log) == 2
    window.at("2026-09-23 08:30").app.deliver()
    assert len(httpserver.log) == 3


def test_a_mail_brings_the_deadline_for_the_readers_calendar(window: Window, tmp_path: Path) -> None:
    desk = Desk()
    with serving(desk) as port:
        text = OFFICE.replace('host = "127.0.0.1"', f'host = "127.0.0.1"\nport = {port}')
        window.apply(text.replace('{ desk = "li", mail = "li@example.org" }', '{ mail = "li@example.org" }'))
        number = window.at("2026-09-18 09:30").receive()
        window.at("2026-09-22 08:45").run_all()
        desk.taken.clear()
        assert window.at("2026-09-22 09:00").run() == ["li: promise T-1 2026-09-23"]
        mail = desk.mail()
    [part] = mail.iter_attachments()
    [event] = Calendar.from_ical(str(part.get_content())).walk("VEVENT")
    assert isinstance(event, Event)
    assert event.decoded("DTSTART") == date(2026, 9, 23)  # 4 working days after 09-18: Sunday 09-20 works
    assert event["SEQUENCE"] == 2  # received, accepted
    assert number in str(event["SUMMARY"])
    assert str(event["ORGANIZER"]) == "mailto:window@example.org"


def test_a_flood_for_one_reader_is_one_list_and_each_alarm_is_settled(
    window: Window, robot: list[Answer], httpserver: HTTPServer
) -> None:
    window.at("2026-09-18 09:30")
    numbers = [window.receive(title=f"No. {place}") for place in range(7)]
    window.at("2026-09-22 08:45").run_all()
    seen = len(httpserver.log)
    said = window.at("2026-09-22 09:00").run()
    assert sorted(said) == ["li: promise T-1 2026-09-23"] * 7  # each alarm has arrived
    [text] = contents(httpserver)[seen:]
    assert all(number in text for number in numbers)
    told = [row for row in window.rows("message") if "T-1" in row.key]
    [leader] = [row for row in told if row.bundle_id is None]
    assert ({row.bundle_id for row in told}, {row.state for row in told}) == ({None, leader.id}, {"sent"})
    assert len({row.key for row in told}) == 7  # and its own identity (M6)


def test_a_robot_that_is_full_gets_the_rest_when_it_has_room_again(
    window: Window, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/send").respond_with_json({"errcode": 0})
    monkeypatch.setenv("SLA_ROBOT_KEY", "KEY-1")
    robot = ROBOT.format(url=httpserver.url_for("/send")) + "per_minute = 1\n"
    window.apply(OFFICE.replace('[channels.desk]\nkind = "log"\n', robot))
    window.at("2026-09-18 09:30").receive()
    window.receive(handler="chen")
    for minute in range(40, 60):  # the morning's digests go first, one a minute
        window.at(f"2026-09-22 08:{minute}").run_all()
    seen = len(httpserver.log)
    for moment, sent in (("09:10", 1), ("09:10:59", 1), ("09:11", 2), ("09:20", 2)):
        window.at(f"2026-09-22 {moment}").run_all()
        assert len(httpserver.log) - seen == sent, moment
