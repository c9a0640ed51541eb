"""Policies on the administrator's page: read, drafted, published. It is 2026-09-23."""

from sla.presets import text_of as pack
from sla.service import policies
from tests.browser.cast import NOW
from tests.web.cast import text_of
from tests.web.office.cast import Bureau

SHORTER = "amount = 3\n"


def _next() -> str:
    """The pack's next version, from 2027 on."""
    text = pack("cn_planning")
    head, _, rest = text.partition("version = 1")
    assert rest, text[:400]
    lines = ["valid_from = 2027-01-01" if line.startswith("valid_from") else line for line in rest.split("\n")]
    return f"{head}version = 2" + "\n".join(lines)


def test_a_version_is_read_in_words_and_as_it_was_written(office: Bureau) -> None:
    page = office.open("/policies/version?policy=cn_planning&version=1&lang=en", "sun")
    words = text_of(page)
    assert "4 working days" in words and "30 working days" in words and "[policy]" in words
    wrong = office.readers["sun"].open("/policies/version?policy=cn_planning&version=7")
    assert wrong.status_code == 400 and "no version 7" in wrong.text


def test_a_draft_that_cannot_be_read_says_what_is_wrong_by_line_and_stays_in_the_editor(office: Bureau) -> None:
    text = _next().replace('unit = "working_days"', 'unit = "moons"', 1)
    assert "moons" in text
    line = text[: text.index("moons")].count("\n") + 1
    page = office.check("/policies/draft?lang=en", text=text)
    assert page.status_code == 422 and "moons" in page.text and f"line {line}: " in text_of(page)


def test_a_draft_is_kept_previewed_and_published_from_a_day_on(office: Bureau) -> None:
    begin = office.open("/policies/draft?from=cn_planning")
    assert "version = 1" in begin.text  # the editor begins from what is in force
    kept = office.do("/policies/draft?lang=en", text=_next())
    assert kept.status_code == 200, text_of(kept)
    with office.stands() as (session, stands):
        assert policies.source(session, stands, "cn_planning") == _next()  # to the letter
    path = "/policies/publish?policy=cn_planning&lang=en"
    early = office.check(path, valid_from="2026-01-01")
    assert early.status_code == 422 and "look at “Valid from”" in text_of(early)
    seen = text_of(office.check(path, valid_from="2027-01-01"))
    assert "What version 2 changes after version 1" in seen and "Sample cases" in seen
    with office.stands() as (session, stands):
        assert "future" not in {one.state.value for one in policies.versions(session, stands, NOW)}
    done = office.do(path, valid_from="2027-01-01")
    assert "published: cn_planning 2, valid from Fri 1 Jan 2027" in text_of(done)
    with office.stands() as (session, stands):
        found = [
            (v.policy.version, v.state.value, v.recorded_by)
            for v in policies.versions(session, stands, NOW)
            if v.policy
        ]
    assert found == [(1, "in_force", ""), (2, "future", "qian")]
    assert ("qian", "policy_published", "cn_planning") in office.deeds()


def test_a_draft_is_discarded(office: Bureau) -> None:
    office.do("/policies/draft", text=_next().replace("version = 2", "version = 3"))
    office.do("/policies/discard?policy=cn_planning")
    with office.stands() as (session, stands):
        assert all(one.state.value != "draft" for one in policies.versions(session, stands, NOW))
    assert office.readers["qian"].open("/policies/discard?policy=nothing").status_code == 400
