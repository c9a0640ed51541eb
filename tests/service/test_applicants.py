"""What applicants are told: accepted, paused, extended, decided; corrected where a date moved or an event was voided.

A site selection opinion accepted on Friday 2026-09-18 is promised in 4 working days, 09-23 (Sunday 09-20 works, 21, 22,
23), and due by law in 30: 5 by 09-24, 8 by 09-30, 11 by Saturday 10-10, then weeks of five, 16, 21, 26, and 11-05.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar
from pytest_httpserver import HTTPServer

from sla.service.audit import verified
from sla.service.blanking import blank_case
from sla.service.imports import Entry, bring_in
from sla.service.undelivered import undelivered
from tests.service.applicants import EMAIL, MOBILE, NAME, ZHANG, Post, post_of, words_of
from tests.service.cast import OFFICE, Window, notice, policy_text, when

ACCEPTED = (
    "{number}: Your application was accepted on Fri 18 Sep 2026. promise (4 working days): by Wed 23 Sep 2026. "
    "statutory limit (30 working days): by Thu 5 Nov 2026. Questions: 0371-6777"
)


@pytest.fixture
def post(window: Window, httpserver: HTTPServer) -> Iterator[Post]:
    with post_of(window, httpserver) as post:
        yield post


def came_in_before(window: Window) -> str:
    """A case that came in on Thursday the 17th and is accepted now."""
    number = window.receive(on="2026-09-17 15:00", accept=False, **ZHANG)
    window.record(number, "accepted")
    return number


# --- each of the four -----------------------------------------------------------------------------------------------
def test_an_office_that_says_nothing_of_it_tells_applicants_nothing(window: Window) -> None:
    number = window.at("2026-09-18 09:30").receive(**ZHANG)
    window.decide(number)
    window.run_all()
    assert not [row for row in window.rows("message") if "applicant" in row.kind]
    assert window.rows("notification") == []


def test_from_acceptance_to_decision_each_is_told_once_with_the_dates_that_are_promised(
    window: Window, post: Post
) -> None:
    number = window.receive(accept=False, title="锦绣花园", **ZHANG)
    assert post.run() == []  # received is none of the four
    window.record(number, "accepted", receipt="受 1")
    assert post.run() == [ACCEPTED.format(number=number)]
    window.at("2026-09-22 10:00").record(
        number, "paused", ground="expert_review", notice="评审 7", expected_end="2026-09-24"
    )
    assert post.run() == [
        f"{number}: The time needed for expert review is not counted, from Tue 22 Sep 2026 on. It is expected to take "
        "until Thu 24 Sep 2026. promise: not counted just now; you will be told the new date. statutory limit: not "
        "counted just now; you will be told the new date. Questions: 0371-6777"
    ]
    window.at("2026-09-24 10:00").record(number, "resumed")
    # Promise: 20, 21, 22 are used, the 24th is free, 28. Statute: 3 are used; 28, 29, 30 (6), 10-08 to 10 (9), 12 to 16
    # (14), 19 to 23 (19), 26 to 30 (24), 11-02 to 06 (29), 11-09 (30).
    assert post.run() == [
        f"{number}: The time is counted again from Thu 24 Sep 2026 on. Not counted: expert review, Tue 22 Sep 2026 to "
        "Thu 24 Sep 2026. promise (4 working days): by Mon 28 Sep 2026. statutory limit (30 working days): by Mon 9 "
        "Nov 2026. Questions: 0371-6777"
    ]
    window.record(number, "acknowledged", clock="promise", note="the applicant is difficult")
    window.record(number, "reassigned", handler="chen", reason="li knows them")
    window.at("2026-09-28 11:00").record(number, "decided", outcome="denied", reason="internal remark")
    assert post.run() == [
        f"{number}: Your application was decided on Mon 28 Sep 2026: denied. The written decision says why, and how "
        "you can have it reviewed. Questions: 0371-6777"
    ]
    window.record(number, "delivered")
    assert post.run() == []
    assert {to for to, _ in post.got} == {MOBILE}
    everything = " ".join(text for _, text in post.got)
    for internal in ("difficult", "li knows", "internal remark", "Li Min", "Chen Jie", "intake", "delivery", "http"):
        assert internal not in everything
    assert post.log() == [(kind, "sent", "") for kind in ("accepted", "corrected", "decided", "paused")]


def test_an_extension_is_told_with_its_reason_and_the_law_by_mail(window: Window, post: Post) -> None:
    folder = window.folder / "policy"
    folder.mkdir()
    (folder / "policy.toml").write_text(policy_text(2, "2026-09-18"), "utf-8")
    window.apply(post.office(language="zh").replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), folder)
    number = window.receive(applicant=NAME, email=EMAIL)
    post.run()
    (mail,) = post.mails()
    assert (mail["To"].addresses[0].addr_spec, mail["To"].addresses[0].display_name) == (EMAIL, NAME)
    assert mail["Subject"] == f"{number}：已受理，最迟9月23日 周三"
    assert (
        words_of(mail).split()
        == (
            f"云溪市规划审批窗口 {number} 建设项目选址意见书 您的申请已于2026年9月18日 周五受理（行政许可法 32(5)）。 "
            "承诺时限（4 个工作日）：最迟2026年9月23日 周三办结。 "
            "法定时限（30 个工作日）：最迟2026年11月5日 周四办结。 "
            "咨询：0371-6777 本信息由云溪市规划审批窗口发给申请人。"
        ).split()
    )
    (calendar,) = mail.iter_attachments()
    events = Calendar.from_ical(str(calendar.get_content())).walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [date(2026, 9, 23), date(2026, 11, 5)]
    window.at("2026-09-21 10:00").record(
        number, "extended", clock="statutory", amount=10, unit="working_days", reason="需补充勘测", approver="zhao"
    )
    post.run()
    (mail,) = post.mails()
    # After 11-05 (30): 11-06 (31), 09 to 13 (36), 16 to 19 (40). The promise is not extended with it (R12).
    for line in (
        "法定时限经批准延长10 个工作日（行政许可法 42）。", "理由：需补充勘测",
        "承诺时限（4 个工作日）：最迟2026年9月23日 周三办结。",
        "法定时限（40 个工作日）：最迟2026年11月19日 周四办结。",
    ):  # fmt: skip
        assert line in words_of(mail)
    assert "zhao" not in words_of(mail)


def test_only_what_the_office_tells_is_told_but_a_date_that_was_told_and_moves_always(
    window: Window, post: Post
) -> None:
    window.apply(post.office(("accepted",)))
    number = window.receive(**ZHANG)
    assert post.run() == [ACCEPTED.format(number=number)]
    window.at("2026-09-22 10:00").record(number, "paused", ground="hearing", notice="听 1")
    assert post.run() == []
    window.at("2026-09-24 10:00").record(number, "resumed")
    (moved,) = post.run()
    assert "by Mon 28 Sep 2026. You were told Wed 23 Sep 2026." in moved
    window.at("2026-09-24 11:00").void(number, 4)  # it goes on after all: what was told has no date behind it
    (gone,) = post.run()
    assert "promise: not counted just now; you will be told the new date. You were told Mon 28 Sep 2026." in gone
    window.void(number, 3)
    (back,) = post.run()
    assert "promise (4 working days): by Wed 23 Sep 2026." in back
    window.decide(number, overdue="人手不足")
    assert post.run() == []


def test_whoever_is_deemed_accepted_is_told_since_when(window: Window, post: Post) -> None:
    number = window.at("2026-09-14 09:30").receive(accept=False, **ZHANG)  # intake 15, 16, 17, 18, Sunday 20 (R18)
    assert post.run("2026-09-21 00:00") == []
    (text,) = post.run("2026-09-21 08:30")
    # Promise 15, 16, 17, 18. Statute: 5 by 09-20, 9 by 09-24, 12 by 09-30, 15 by 10-10, 20, 25, and 10-30.
    assert text == (
        f"{number}: Your application was not answered in time and counts as accepted as of Mon 14 Sep 2026. promise (4 "
        "working days): by Fri 18 Sep 2026. statutory limit (30 working days): by Fri 30 Oct 2026. Questions: 0371-6777"
    )
    assert post.run("2026-09-22 08:30") == []


# --- once, and only what holds --------------------------------------------------------------------------------------
def test_what_is_recorded_outside_the_window_waits_and_says_what_holds_when_it_opens(
    window: Window, post: Post
) -> None:
    window.at("2026-09-18 19:00")
    kept, decided, moved = window.receive(**ZHANG), window.receive(**ZHANG), came_in_before(window)
    window.at("2026-09-18 20:00").decide(decided)
    window.void(moved, 2, "2026-09-17 16:00")  # promise from the 17th: 18, 20, 21, 22
    assert post.run() == []
    assert post.run("2026-09-19 12:00") == []  # Saturday is off, Sunday works
    texts = post.run("2026-09-20 08:30")
    assert sorted(text.partition(". ")[0] for text in texts) == sorted([
        f"{kept}: Your application was accepted on Fri 18 Sep 2026",
        f"{decided}: Your application was decided on Fri 18 Sep 2026: approved",
        f"{moved}: Your application was accepted on Thu 17 Sep 2026",
    ])  # fmt: skip
    assert sum("by Tue 22 Sep 2026" in text for text in texts) == 1
    assert sorted(why for _, state, why in post.log() if state == "dropped") == ["a date has moved since"] * 2
    assert post.run() == []


def test_a_voided_event_that_was_told_is_corrected_once_and_the_right_one_is_in_the_correction(
    window: Window, post: Post
) -> None:
    number = came_in_before(window)
    post.run()
    window.at("2026-09-18 10:00").void(number, 2, "2026-09-17 16:00")
    assert post.run() == [
        f"{number}: You were told: accepted on Fri 18 Sep 2026. That was put on record by mistake and does not hold. "
        "Your application was accepted on Thu 17 Sep 2026. promise (4 working days): by Tue 22 Sep 2026. You were told "
        "Wed 23 Sep 2026. statutory limit (30 working days): by Wed 4 Nov 2026. You were told Thu 5 Nov 2026. "
        "Questions: 0371-6777"
    ]
    window.at("2026-09-18 11:00").decide(number)
    post.run()
    window.at("2026-09-18 12:00").void(number, 5, reason="the wrong case")
    (text,) = post.run()
    assert text.startswith(
        f"{number}: You were told: decided on Fri 18 Sep 2026: approved. That was put on record by mistake and does "
        "not hold. Your application is not decided yet. promise (4 working days): by Tue 22 Sep 2026."
    )
    assert "wrong case" not in text
    window.void(number, 4)  # the acceptance, too
    (text,) = post.run()
    assert "accepted on Thu 17 Sep 2026. That was put on record by mistake" in text
    assert "Your application is not accepted yet." in text
    assert post.run("2026-09-18 14:00") == []
    with window.app.writing() as session:
        assert list(verified(session)) == []


def test_an_event_that_is_replaced_by_one_that_reads_the_same_is_told_no_more(window: Window, post: Post) -> None:
    number = window.receive(**ZHANG)
    post.run()
    window.at("2026-09-18 10:00").void(number, 2, "2026-09-18 09:40", receipt="受 2")
    assert post.run() == []


def test_what_moves_and_comes_back_before_it_is_told_is_told_once_or_not_at_all(window: Window, post: Post) -> None:
    number = came_in_before(window)
    post.run()
    window.at("2026-09-18 19:00").void(number, 2, "2026-09-17 16:00")
    window.void(number, 4, "2026-09-18 09:30")  # as it was told
    untold = came_in_before(window)
    window.void(untold, 2, "2026-09-17 16:00")
    window.void(untold, 4, "2026-09-18 18:30")
    texts = post.run("2026-09-20 08:30")
    assert texts == [ACCEPTED.format(number=untold)]


def test_a_changed_calendar_is_told_to_each_whose_date_it_moves_once(window: Window, post: Post) -> None:
    numbers = [window.receive(**ZHANG), window.receive(applicant="李", mobile="13900139000")]
    window.decide(window.receive(**ZHANG))
    untold = window.receive()
    post.run()
    window.at("2026-09-21 10:00").announce(notice("国办 9", off="2026-09-23"))
    texts = post.run()
    assert sorted(texts) == sorted(
        f"{number}: The calendar of working days has changed 国办 9. promise (4 working days): by Thu 24 Sep 2026. You "
        "were told Wed 23 Sep 2026. statutory limit (30 working days): by Fri 6 Nov 2026. You were told Thu 5 Nov "
        "2026. Questions: 0371-6777"
        for number in numbers
    )
    assert window.due(untold) == "2026-09-24"
    window.amend()
    assert post.run() == []


def test_cases_that_are_brought_in_are_not_told_of_until_something_happens(window: Window, post: Post) -> None:
    window.at("2026-09-21 10:00")
    receipt = {"permit": "site_selection", "handler": "li", **ZHANG}
    long_ago = [Entry("received", when("2026-09-01 09:30"), receipt, "li")]  # deemed accepted on 09-08
    accepted = [Entry("received", when("2026-09-18 09:30"), receipt, "li"), Entry("accepted", when("2026-09-18 10:00"))]
    with window.writing() as (session, office):
        numbers = bring_in(session, office, [[*long_ago, Entry("acknowledged", when("2026-09-15 09:00"), {
            "clock": "intake"}, "li")], accepted], window.now)  # fmt: skip
    assert post.run() == []
    window.record(numbers[1], "paused", ground="hearing")
    (text,) = post.run()
    assert "How long it takes is not known yet." in text


# --- how they are reached -------------------------------------------------------------------------------------------
def test_what_the_gateway_refuses_goes_by_mail_and_what_no_way_leads_to_is_told_to_the_manager(
    window: Window, post: Post
) -> None:
    post.refuses = True
    number = window.receive(**ZHANG)
    post.run()
    (mail,) = post.mails()
    assert "accepted on Fri 18 Sep 2026 (行政许可法 32(5))" in words_of(mail)
    post.desk.says["RCPT"] = "550 5.1.1 no such user"
    window.at("2026-09-21 10:00").decide(number)
    window.app.settle_all()
    assert [state for kind, state, _ in post.log() if kind == "decided"] == ["dead", "dropped"]
    notices = [row for row in window.rows("message") if row.kind == "undelivered"]
    assert [(row.recipient_id, row.endpoint, row.state) for row in notices] == [("zhao", "desk", "sent")]
    with window.writing() as (session, office):
        lost = undelivered(session, office, "post")
    assert lost is not None
    assert (lost.names, lost.applicants_of, lost.said) == ((), (number,), "the mail server 127.0.0.1 said 550 5.1.1")


def test_a_manager_who_has_no_other_way_hears_of_it_by_the_same_channel(window: Window, post: Post) -> None:
    manager = 'roles = ["manager", "head"]\nstand_in = "wang"\naddresses = { desk = "zhao" }'
    assert manager in post.office()
    window.apply(post.office().replace(manager, manager.replace('desk = "zhao"', 'sms = "13700137000"')))
    window.receive(applicant="李", mobile="13900139000")
    post.refuses = True
    window.app.deliver()
    post.refuses = False  # it was the number
    (text,) = post.run()
    assert "sms: 1 message could not be delivered" in text
    assert post.got == [("13700137000", text)]


def test_contact_data_stand_apart_and_blanked_ones_tell_nobody_anything(window: Window, post: Post) -> None:
    number = window.receive(contact="二楼", **ZHANG)
    post.run()
    window.at("2026-09-18 18:30")
    with window.writing() as (session, office):
        blank_case(session, office, number, "applicant's request", window.now, "zhao")
    window.at("2026-09-18 19:00").decide(number)
    window.at("2026-09-20 08:30")
    assert post.run() == []
    everything = window.dump()
    for text in (NAME, MOBILE, EMAIL, "二楼"):
        assert text not in repr(everything)
    with window.app.reading() as session:
        assert list(verified(session)) == []


def test_a_receipt_that_is_replaced_keeps_the_contact_that_was_changed_since(window: Window, post: Post) -> None:
    number = window.receive(accept=False, **ZHANG)
    window.record(number, "contact_changed", mobile="13700137000", language="zh")
    window.void(number, 1, "2026-09-18 09:00")
    window.record(number, "accepted")
    (text,) = post.run()
    assert post.got == [("13700137000", text)]
    assert "您的申请已于2026年9月18日 周五受理。" in text


def test_what_waits_when_the_office_stops_telling_or_the_contact_is_taken_away_is_dropped(
    window: Window, post: Post
) -> None:
    window.at("2026-09-18 19:00")
    window.receive(**ZHANG)
    other = window.receive(applicant="李", mobile="13900139000")
    window.record(other, "contact_changed")
    window.apply(post.office(("decided",)))
    window.at("2026-09-20 08:30")
    assert post.run() == []
    assert sorted(why for _, _, why in post.log()) == [
        "the applicant is reached by no channel any more", "the office does not tell applicants of it any more",
    ]  # fmt: skip
    window.receive(**ZHANG)
    window.apply(OFFICE)
    assert post.run() == []


# --- the setting ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('by = ["sms", "post"]', "", 'applicants.by: is missing: name the channels that lead to applicants; write ["'),
        ('"sms", "post"', '"sms", "fax"', "applicants.by: 'fax' is no channel here; known are: desk, hook, mail, "),
        ('"sms", "post"', '"desk"', "applicants.by: desk is log, by which others read it too; fit are: email, sms, "),
        ('"sms", "post"', '"sms", "sms"', "applicants.by: names a channel twice"),
        ('"decided"]', '"delivered"]', "applicants.tell: 'delivered' is unknown; known are: accepted, paused, "),
        ('inquiries = "0371-6777"', "inquiries = 7", "applicants.inquiries: must be a text of at most 100 characters"),
        ("inquiries =", "ask =", "applicants.ask: is unknown; known are: by, inquiries, tell"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_what_would_be_right(
    window: Window, post: Post, old: str, new: str, error: str
) -> None:
    text = post.office()
    assert text.count(old) == 1
    with pytest.raises(ValueError) as raised:
        window.apply(text.replace(old, new))
    assert str(raised.value).startswith(error)


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"email": "zhang wei@example"}, "email: is no mail address; write name@example.org"),
        ({"mobile": "1380"}, "mobile: is no mobile number; write 13800138000, or +44 and the number from abroad"),
        ({"language": "fr"}, "language: 'fr' is unknown; known are: zh, en"),
    ],
)
def test_what_leads_nowhere_is_refused_without_being_quoted(window: Window, given: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError) as raised:
        window.receive(**given)
    assert str(raised.value) == error
