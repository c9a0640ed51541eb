"""`sla case receive|contact|show` and `sla deliveries` where the office tells its applicants how their cases stand."""

import json
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from tests.cli.cast import CommandLine, one_line
from tests.service.applicants import EMAIL, MOBILE, NAME, Post, post_of

RECEIVE = ("case", "receive", "site_selection", "--accept", "--by", "li", "--applicant", NAME)


@pytest.fixture
def post(sla: CommandLine, httpserver: HTTPServer) -> Iterator[Post]:
    with post_of(sla.window, httpserver) as post:
        yield post


def test_a_case_says_by_which_channels_its_applicant_is_told_or_that_none_leads_there(
    sla: CommandLine, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = sla(*RECEIVE, "--mobile", "+86 13800138000", "--email", EMAIL).out
    assert "The applicant is told by sms, post." in said
    assert MOBILE not in said
    assert EMAIL not in said
    number = said.split(" · ")[0]
    shown = json.loads(sla("case", "show", number, "--json").out)
    assert shown["applicant_told_by"] == ["sms", "post"]
    assert not {"email", "mobile", "applicant"} & shown["events"][0].keys()
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    assert "申请人收不到告知：没有登记手机号码、电子邮箱。" in sla(*RECEIVE).out


def test_what_could_not_be_delivered_goes_to_the_number_that_was_put_right(sla: CommandLine, post: Post) -> None:
    post.refuses = True
    number = sla(*RECEIVE, "--mobile", "13900139000").out.split(" · ")[0]
    post.run()
    (line,) = sla("deliveries", "--applicants").out.splitlines()
    assert line.startswith(
        f"2026-09-18 09:30  undelivered  applicant  sms  {number} · accepted  the SMS gateway said 9  "
    )
    post.refuses = False
    sla.at("2026-09-18 10:00")
    out = sla("case", "contact", number, "--mobile", MOBILE, "--language", "zh", "--by", "li").out
    assert "1 message will be sent again" in out
    assert "applicant's contact changed" in out
    (text,) = post.run()
    assert post.got == [(MOBILE, text)]
    assert text.startswith(f"{number}: 您的申请已于2026年9月18日 周五受理。")
    (entry,) = json.loads(sla("deliveries", "--applicants", "--case", number, "--json").out)
    assert (entry["person"], entry["kind"], entry["state"]) == ("applicant", "applicant.accepted", "sent")
    assert MOBILE not in json.dumps(entry)
    assert "The applicant is told by post." in sla("case", "contact", number, "--mobile", "", "--email", EMAIL).out
    assert sla.refuses("case", "contact", number) == (
        "contact: nothing is changed; give one of email, mobile, contact, language"
    )
    assert one_line(sla("case", "contact", number, "--email", "a b@c.d")) == (
        "email: is no mail address; write name@example.org"
    )


def test_a_channel_that_leads_to_applicants_is_taken_away_only_with_another_in_its_place(
    sla: CommandLine, post: Post
) -> None:
    post.refuses = True
    number = sla(*RECEIVE, "--mobile", MOBILE).out.split(" · ")[0]
    post.run()
    assert sla.refuses("channel", "remove", "sms").startswith(
        "channel: sms reaches applicants and has messages to deliver: 1; "
    )
    assert sla.refuses("channel", "remove", "sms", "--move-to", "mail") == (
        "move-to: applicants have no mobile for mail, which is email; change applicants.by in the office file first"
    )
    post.refuses = False
    assert sla("channel", "add", "other", "sms", "--set", f"url={post.url}", "--set", "success=code=0").code == 0
    assert sla("channel", "remove", "sms", "--move-to", "other").out.splitlines()[1:] == [
        "applicants: now by other",
        "1 message goes on by another channel",
    ]
    (text,) = post.run()
    assert text.startswith(f"{number}: "), "what waited on the one that is gone arrives by the other, once"
    sla.at("2026-09-18 10:00")
    assert sla("case", "pause", number, "--ground", "expert_review", "--by", "li").code == 0
    (text,) = post.run()
    assert "accepted" not in text, "what was told by the one that is gone is known to have been told"
    assert "The applicant is told by other." in sla("case", "show", number).out


def test_the_list_of_channels_says_which_lead_to_applicants(sla: CommandLine, post: Post) -> None:
    lines = sla("channel", "list").out.splitlines()
    assert [line.split()[0] for line in lines if "for applicants" in line] == ["post", "sms"]
