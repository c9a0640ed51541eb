"""Policies with versions: one in force on each day, none before it was published, none changed afterwards (R12, R17).

The office began with cn_planning 1, valid from 2019-04-23. Days are those of the calendar beside the cast.
"""

import threading
from datetime import date
from typing import Any

import pytest

from sla.policies import VersionState
from sla.service import cases
from sla.service.cases import When
from sla.service.errors import ServiceError
from sla.service.imports import Entry, bring_in
from sla.service.offices import office_named
from sla.service.policies import discard_draft, keep_draft, source, version_text, versions
from sla.service.publishing import Publication, prepared, publish
from sla.service.reporting import report
from tests.service.cast import OFFICE, SLUG, Window, at, policy_text, when

BROKEN = policy_text(2, "2026-10-08", promise=31)  # more than the 30 of the statute
DRAFT, FUTURE, IN_FORCE, PAST = VersionState.DRAFT, VersionState.FUTURE, VersionState.IN_FORCE, VersionState.PAST


def put(window: Window, text: str, on: str = "", by: str = "") -> bool:
    with window.writing() as (session, office):
        return publish(session, office, text, window.now, date.fromisoformat(on) if on else None, by)


def planned(window: Window, text: str) -> Publication:
    with window.app.reading() as session:
        return prepared(office_named(session, SLUG), text, window.now)


def keep(window: Window, text: str, by: str = "") -> list[str]:
    """What stands against publishing the draft that is kept."""
    with window.writing() as (session, office):
        return [str(refusal) for refusal in keep_draft(session, office, text, window.now, by).refusals]


def listed(window: Window) -> list[tuple[str, int, VersionState, str, str, int]]:
    with window.app.reading() as session:
        found = versions(session, office_named(session, SLUG), window.now)
    return [
        (
            version.policy_id,
            version.policy.version if version.policy else 0,
            version.state,
            str(version.valid_from),
            str(version.valid_until or ""),
            version.open_cases,
        )
        for version in found
    ]


def followed(window: Window, number: str) -> int:
    return int(next(row.policy_version for row in window.rows("case_file") if row.number == number))


# --- from which day to which -----------------------------------------------------------------------------------------
def test_each_version_is_valid_from_its_day_until_the_day_before_the_next(window: Window) -> None:
    window.at("2026-09-18 10:00")
    put(window, policy_text(2, "2026-10-08", promise=6))
    put(window, policy_text(3, "2027-01-01", promise=5))
    one, two = ("cn_planning", 1), ("cn_planning", 2)
    assert listed(window) == [
        (*one, IN_FORCE, "2019-04-23", "2026-10-07", 0),
        (*two, FUTURE, "2026-10-08", "2026-12-31", 0),
        ("cn_planning", 3, FUTURE, "2027-01-01", "", 0),
    ]
    assert [row[2] for row in listed(window.at("2026-10-07 23:59"))] == [IN_FORCE, FUTURE, FUTURE]
    assert [row[2] for row in listed(window.at("2026-10-08 00:00"))] == [PAST, IN_FORCE, FUTURE]
    assert [row[2] for row in listed(window.at("2027-01-01 00:00"))] == [PAST, PAST, IN_FORCE]


@pytest.mark.parametrize(
    ("filed", "version"),
    [("2026-09-30 17:00", 1), ("2026-10-07 23:59", 1), ("2026-10-08 00:00", 2), ("2026-10-08", 2), ("2026-10-07", 1)],
)
def test_a_case_follows_the_version_of_the_day_it_is_received(window: Window, filed: str, version: int) -> None:
    window.at("2026-09-18 10:00").publish(2, "2026-10-08", promise=6)
    number = window.at("2026-10-08 10:00").receive(on=filed, accept=False)
    assert followed(window, number) == version


@pytest.mark.parametrize(
    ("filed", "counts_on", "version"),
    [
        ("2026-09-20 16:59", "2026-09-20", 2),  # a Sunday that is worked
        ("2026-09-20 17:00", "2026-09-21", 3),  # at closing
        ("2026-09-20", "2026-09-20", 2),  # a start without a time is within service (R4)
        ("2026-09-19", "2026-09-20", 2),  # a Saturday off
        ("2026-09-18 20:00", "2026-09-20", 2),
        ("2026-09-16 20:00", "2026-09-16", 1),  # version 1 leaves it where it is filed
    ],
)
def test_what_is_filed_after_closing_follows_the_version_of_the_day_it_counts_on(
    window: Window, filed: str, counts_on: str, version: int
) -> None:
    late = ("deemed = true", 'deemed = true\nintake = "next_working_day"')
    window.at("2026-09-15 10:00")
    put(window, policy_text(2, "2026-09-17").replace(*late))
    put(window, policy_text(3, "2026-09-21", promise=6).replace(*late))
    number = window.at("2026-09-21 10:00").receive(on=filed, accept=False)
    assert followed(window, number) == version
    assert str(window.history(number).clock("intake").day0) == counts_on
    # The same by way of a replaced receipt, and of a case that is brought in.
    other = window.receive(on="2026-09-15 09:00", accept=False)
    window.void(other, 1, filed)
    assert followed(window, other) == version
    with window.writing() as (session, office):
        file = [Entry("received", when(filed), {"permit": "site_selection", "handler": "li"}, "li")]
        (brought,) = bring_in(session, office, [file], window.now)
    assert followed(window, brought) == version


def test_a_permit_that_the_next_version_drops_is_not_granted_any_more(window: Window) -> None:
    text = policy_text(2, "2026-10-08")
    dropped = text[text.index("[permits.acceptance_notice]") :]
    window.at("2026-09-18 10:00")
    put(window, text.replace(dropped, ""))
    number = window.at("2026-10-08 10:00").receive("acceptance_notice", on="2026-09-30")
    before = window.dump()
    with pytest.raises(ServiceError, match="permit: acceptance_notice has no policy in force on 2026-10-08; cn_planni"):
        window.receive("acceptance_notice")
    assert window.dump() == before
    window.decide(number)  # what began under it goes on
    with window.app.reading() as session:
        names = report(session, office_named(session, SLUG), date(2026, 9, 1), date(2026, 10, 8), window.now)
    assert names.permit_names["acceptance_notice"]["en"] == "Acceptance notice"


def test_a_report_saves_by_the_promise_that_was_in_force(window: Window) -> None:
    window.at("2026-09-18 10:00").publish(2, "2026-10-08", promise=6)

    def promised(last: str) -> int:
        with window.app.reading() as session:
            found = report(session, office_named(session, SLUG), date(2026, 9, 1), date.fromisoformat(last), window.now)
        return next(saving.promise for saving in found.savings if saving.permit == "site_selection")

    number = window.receive()
    window.decide(number)
    assert (promised("2026-10-07"), promised("2026-10-08")) == (4, 6)


# --- what is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        (policy_text(2, "2026-09-17"), "valid_from", "from 2026-09-17, before it is published .* write 2026-09-18 or"),
        (policy_text(2, "2019-04-23"), "valid_from", "cn_planning 1 is from 2019-04-23 on; write 2026-09-18 or later"),
        (policy_text(2, "2018-01-01"), "valid_from", "cn_planning 1 is from 2019-04-23 on; write 2026-09-18 or later"),
        (policy_text(1, "2026-10-08"), "version", "cn_planning 1 is published with another text; .* the version 2"),
        (policy_text(3, "2026-10-08"), "version", "does not follow version 1, the newest; .* the version 2"),
        (BROKEN, "clocks.site_selection.promise.limit.amount", "31 is more than the 30 of statutory"),
        ("[policy]\nid = 3\n", "permits", "must hold at least one permit .and 6 more; `sla policy check` tells all"),
        ("policy", "policy", "is no TOML"),
        (
            policy_text(2, "2026-10-08").replace('to = ["supervision"]', 'to = ["viewer"]', 1),
            "ladders",
            "nobody has these roles, whom the ladders of cn_planning tell: viewer",
        ),
    ],
)
def test_what_cannot_be_published_is_refused_and_nothing_is_written(
    window: Window, text: str, field: str, message: str
) -> None:
    before = window.at("2026-09-18 10:00").dump()
    for refusing in (put, planned):
        with pytest.raises(ServiceError, match=message) as refused:
            refusing(window, text)
        assert refused.value.field == field
    assert window.dump() == before


@pytest.mark.parametrize("day", ["2026-10-08", "2026-10-07", "2026-09-18"])
def test_no_version_begins_on_or_before_the_day_of_another(window: Window, day: str) -> None:
    window.at("2026-09-18 10:00")
    put(window, policy_text(2, "2026-10-08"))
    with pytest.raises(ServiceError, match=r"valid_from: .* cn_planning 2 is from 2026-10-08 on; write 2026-10-09 or"):
        put(window, policy_text(3, day))
    put(window, policy_text(3, "2026-10-09"))


def test_everything_that_stands_against_it_is_told_in_one_line(window: Window) -> None:
    window.at("2026-09-18 10:00")
    with pytest.raises(ServiceError) as refused:
        put(window, policy_text(5, "2026-09-01", promise=31))
    assert str(refused.value).count("\n") == 0
    for part in (
        "clocks.site_selection.promise.limit.amount: 31 is more",
        "; version: cn_planning 5",
        "; valid_from: ",
    ):
        assert part in str(refused.value)


def test_another_policy_takes_over_from_a_day_that_no_version_with_its_permits_lies_on(window: Window) -> None:
    window.at("2026-09-18 10:00")
    own = policy_text(1, "2026-10-08", promise=6).replace('id = "cn_planning"', 'id = "own_rules"')
    with pytest.raises(
        ServiceError, match=r"valid_from: own_rules 1 would be valid from 2018-01-01, but cn_planning 1"
    ):
        put(window, own, "2018-01-01")
    put(window, own)
    assert listed(window) == [
        ("cn_planning", 1, IN_FORCE, "2019-04-23", "2026-10-07", 0),
        ("own_rules", 1, FUTURE, "2026-10-08", "", 0),
    ]
    with pytest.raises(ServiceError, match="own_rules 1 is from 2026-10-08 on"):
        put(window, policy_text(2, "2026-10-01"))
    window.at("2026-10-08 10:00")
    assert window.due(window.receive(on="2026-10-08 09:00")) == "2026-10-15"  # 6 days: 9, 10, 12, 13, 14, 15


def test_only_the_first_of_an_office_may_lie_before_it_was_published(window: Window) -> None:
    """A second policy, with permits that nobody had before, may not: cases of those days were not under it."""
    text = policy_text(1, "2019-04-23").replace('id = "cn_planning"', 'id = "fences"')
    start, end = text.index("[permits.site_selection]"), text.index("[permits.acceptance_notice]")
    fences = text.replace(text[start:end], "").replace("permits.acceptance_notice", "permits.fence")
    window.at("2026-09-18 10:00")
    with pytest.raises(
        ServiceError, match="valid_from: fences 1 would be valid from 2019-04-23, before it is published"
    ):
        put(window, fences)
    put(window, fences, "2026-09-18")
    window.receive("fence")


# --- by whom, and from which day -------------------------------------------------------------------------------------
def test_who_published_a_version_and_when_is_on_record(window: Window) -> None:
    window.at("2026-09-18 10:00")
    put(window, policy_text(2, "2026-10-08"), by="zhao")
    (first, second) = window.rows("policy_version")
    assert (first.published_by, second.published_by, second.published_at) == ("", "zhao", at("2026-09-18 10:00"))


@pytest.mark.parametrize(
    ("by", "message"),
    [("li", "by: li may not publish; those who may are: zhao"), ("nobody", "by: 'nobody' is nobody here")],
)
def test_only_a_manager_or_an_administrator_publishes(window: Window, by: str, message: str) -> None:
    before = window.at("2026-09-18 10:00").dump()
    with pytest.raises(ServiceError, match=message):
        put(window, policy_text(2, "2026-10-08"), by=by)
    assert window.dump() == before


def test_an_administrator_who_is_no_manager_publishes(window: Window) -> None:
    window.apply(OFFICE.replace('["supervision", "auditor"]', '["supervision", "admin"]'))
    assert put(window.at("2026-09-18 10:00"), policy_text(2, "2026-10-08"), by="sun")


def test_the_day_may_be_another_than_the_one_in_the_text(window: Window) -> None:
    text = policy_text(2, "2026-09-01", promise=6)
    window.at("2026-09-18 10:00")
    assert put(window, text, "2026-10-08")
    assert window.rows("policy_version")[1].content == text  # as it was written
    assert listed(window)[1][3] == "2026-10-08"
    assert followed(window, window.receive()) == 1


# --- the same again --------------------------------------------------------------------------------------------------
def test_publishing_what_is_published_to_the_letter_does_nothing(window: Window) -> None:
    window.at("2026-09-18 10:00")
    assert put(window, policy_text(2, "2026-10-08"))
    before = window.at("2026-10-20 10:00").dump()
    assert not put(window, policy_text(2, "2026-10-08"))
    assert planned(window, policy_text(2, "2026-10-08")).already
    with pytest.raises(ServiceError, match="valid_from: cn_planning 2 is published already, valid from 2026-10-08; to"):
        put(window, policy_text(2, "2026-10-08"), "2026-11-01")
    assert window.dump() == before


def test_applying_an_unchanged_office_again_changes_nothing(window: Window) -> None:
    window.at("2026-09-18 10:00").publish(2, "2026-10-08")
    before = window.at("2026-10-20 10:00").dump()
    window.publish(2, "2026-10-08")
    window.apply()  # the office's file still names version 1, which is past
    assert window.dump() == before


def test_an_office_keeps_the_roles_that_any_of_its_versions_tells(window: Window) -> None:
    viewer = OFFICE.replace('["supervision", "auditor"]', '["supervision", "viewer"]')
    window.at("2026-09-18 10:00").apply(viewer)
    put(window, policy_text(2, "2026-10-08").replace('to = ["supervision"]', 'to = ["viewer"]', 1))
    window.apply(viewer)
    before = window.dump()
    with pytest.raises(ServiceError, match="staff: nobody has the role viewer, whom the policy's ladders tell"):
        window.apply()  # the file names version 1, whose ladders tell no viewer
    assert window.dump() == before


def test_two_who_publish_at_once_do_not_both_win(window: Window) -> None:
    window.at("2026-09-18 10:00")
    texts = [policy_text(2, "2026-10-08", promise=promise) for promise in (5, 6)]
    won, lost, begin = [], list[ServiceError](), threading.Barrier(2)

    def publishing(text: str) -> None:
        own = Window(window.url, window.folder, now="2026-09-18 10:00")
        try:
            begin.wait(30)
            won.append(put(own, text))
        except ServiceError as error:
            lost.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=publishing, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert won == [True]
    assert [str(error) for error in lost] == [
        "version: cn_planning 2 is published with another text; give the changed one the version 3"
        "; valid_from: cn_planning 2 would be valid from 2026-10-08, but cn_planning 2 is from 2026-10-08 on; "
        "write 2026-10-09 or later"
    ]
    assert len(window.rows("policy_version")) == 2


# --- drafts ----------------------------------------------------------------------------------------------------------
def test_a_draft_is_kept_shown_replaced_and_published(window: Window) -> None:
    window.at("2026-09-18 10:00")
    assert keep(window, policy_text(2, "2026-10-08", promise=5), by="zhao") == []
    assert keep(window, policy_text(2, "2026-10-08", promise=6)) == []
    assert [row[1:4] for row in listed(window)] == [(1, IN_FORCE, "2019-04-23"), (2, DRAFT, "2026-10-08")]
    with window.app.reading() as session:
        text = source(session, office_named(session, SLUG), "cn_planning")
    assert text == policy_text(2, "2026-10-08", promise=6)
    assert put(window, text)
    assert [row[1:3] for row in listed(window)] == [(1, IN_FORCE), (2, FUTURE)]
    assert window.rows("policy_draft") == []


def test_a_draft_may_break_what_publishing_asks_and_says_so(window: Window) -> None:
    window.at("2026-09-18 10:00")
    amount, extensions = keep(window, BROKEN)  # the promise may be extended by 2 days
    assert amount == "clocks.site_selection.promise.limit.amount: 31 is more than the 30 of statutory (R12)"
    assert extensions.startswith("clocks.site_selection.promise.extensions: can add 2, more than the 0")
    assert len(keep(window, policy_text(7, "2026-09-01", promise=31))) == 4  # its number and its day as well
    assert followed(window, window.receive()) == 1  # a draft binds nobody


def test_a_draft_has_to_be_readable(window: Window) -> None:
    before = window.dump()
    with pytest.raises(ServiceError, match=r"policy\.version: must be a whole number from 1 on"):
        keep(window, policy_text(2, "2026-10-08").replace("version = 2", 'version = "two"'))
    with pytest.raises(ServiceError, match="by: 'nobody' is nobody here"):
        keep(window, policy_text(2, "2026-10-08"), by="nobody")
    assert window.dump() == before


def test_a_draft_that_cannot_be_read_any_more_hides_no_other(window: Window) -> None:
    keep(window, policy_text(2, "2026-10-08"))
    window.tamper("UPDATE policy_draft SET content = 'of another time'")
    assert [row[1:3] for row in listed(window)] == [(1, IN_FORCE), (0, DRAFT)]


def test_publishing_something_else_leaves_the_draft(window: Window) -> None:
    window.at("2026-09-18 10:00")
    keep(window, policy_text(2, "2026-10-08", promise=5))
    put(window, policy_text(2, "2026-10-08", promise=6))
    assert len(window.rows("policy_draft")) == 1


def test_a_draft_is_discarded(window: Window) -> None:
    keep(window, BROKEN)
    with window.writing() as (session, office):
        discard_draft(session, office, "cn_planning")
    with (
        pytest.raises(ServiceError, match="policy: 'cn_planning' has no draft; drafts are: none"),
        window.writing() as (
            session,
            office,
        ),
    ):
        discard_draft(session, office, "cn_planning")


# --- what it shows ---------------------------------------------------------------------------------------------------
def test_open_cases_are_counted_where_they_are_followed(window: Window) -> None:
    window.at("2026-09-18 10:00")
    numbers = [window.receive() for _ in range(4)]
    window.record(numbers[0], "withdrawn")
    put(window, policy_text(2, "2026-09-20", promise=6))
    window.at("2026-09-20 10:00").receive()
    assert [row[5] for row in listed(window)] == [3, 1]
    window.record(numbers[1], "rebased", policy="cn_planning", version=2, reason="agreed")
    window.record(numbers[2], "rebased", policy="cn_planning", version=2, reason="agreed")
    window.void(numbers[2], 3)
    assert [row[5] for row in listed(window)] == [2, 2]


def test_the_samples_begin_when_the_new_version_does_under_both(window: Window) -> None:
    found = planned(window.at("2026-09-10 10:00"), policy_text(2, "2026-09-18", promise=6))
    promises = {
        sample.day.day.isoformat(): (str(sample.before.due_on), str(sample.after.due_on))
        for sample in found.samples
        if (sample.permit, sample.clock) == ("site_selection", "promise") and sample.before and sample.after
    }
    assert promises == {
        "2026-09-18": ("2026-09-23", "2026-09-28"),  # before the worked Sunday: 20-23; 20-24, 28
        "2026-09-24": ("2026-10-08", "2026-10-10"),  # before the holiday: 28, 29, 30, 10-08; and 09, 10
        "2026-12-31": ("2027-01-07", "2027-01-11"),  # past the year's end: 01-04 to 07; and 08, 11
    }
    (review,) = {(s.before, s.after is None) for s in found.samples if s.clock == "review"}
    assert review == (None, False)  # a clock that only the new version has


def test_a_version_from_today_on_is_sampled_from_tomorrow_on(window: Window) -> None:
    found = planned(window.at("2026-09-17 10:00"), policy_text(2, "2026-09-17"))
    assert min(sample.day.day for sample in found.samples) == date(2026, 9, 18)


@pytest.mark.parametrize(
    ("version", "begins"), [(1, "valid_from = 2019-04-23"), (2, "valid_from = 2026-10-08"), (None, "2019-04-23")]
)
def test_a_version_is_shown_as_it_was_written(window: Window, version: Any, begins: str) -> None:
    put(window.at("2026-09-18 10:00"), policy_text(2, "2026-10-08"))
    with window.app.reading() as session:
        assert begins in version_text(session, office_named(session, SLUG), "cn_planning", version, window.now)


def test_the_first_version_of_an_office_may_begin_with_any_number(window: Window) -> None:
    """A pack that is at its third version when the office begins."""
    other = OFFICE.replace('slug = "planning-window"', 'slug = "second"').replace(
        'policy = "cn_planning"', 'policy_file = "p.toml"'
    )
    (window.folder / "p.toml").write_text(policy_text(3, "2019-04-23"), "utf-8")
    assert window.apply(other, window.folder).policy == "cn_planning 3"
    with window.app.writing() as session:
        details = {"permit": "site_selection", "handler": "li"}
        received = cases.receive(session, office_named(session, "second"), details, When(window.now), window.now, "li")
    assert received.row.policy_version == 3
