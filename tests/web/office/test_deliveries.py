"""Deliveries on the administrator's page: what lies undelivered is found and sent again."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from notifiers.outbox import MESSAGE
from sla.service import deliveries
from sla.web.office import deliveries as page_of
from tests.web.cast import text_of
from tests.web.office.cast import Bureau


@pytest.fixture(scope="module")
def sent(office: Bureau) -> Iterator[Bureau]:
    """The morning's messages went out by the log, one to a channel that gave up."""
    office.app.settle_all()
    with office.app.writing() as session:
        newest = _ids(office)[:2]
        table = MESSAGE.update().where(MESSAGE.c.id.in_(newest))
        session.connection().execute(table.values(state="dead", reason="93000 invalid webhook url"))
    yield office


def _ids(office: Bureau, **asked: str) -> list[object]:
    with office.stands() as (session, stands):
        return [one.message.id for one in deliveries.log(session, stands, **asked)]  # type: ignore[arg-type]


def test_what_lies_undelivered_stands_there_with_the_other_sides_word(sent: Bureau) -> None:
    page = sent.open("/deliveries?state=dead&lang=en")
    assert page.text.count("93000 invalid webhook url") == 2 and page.text.count(">send again<") == 2


def test_a_filter_shows_what_is_meant_and_no_more(sent: Bureau) -> None:
    assert len(_ids(sent)) > 4
    page = sent.open("/deliveries?person=zhao&lang=en").text.partition("<tbody")[2]
    assert "赵静" in page and "李敏" not in page
    assert "No applicant was told anything yet" in text_of(sent.open("/deliveries?to=applicants&lang=en"))
    wrong = sent.readers["qian"].open("/deliveries?state=lost&lang=en")
    assert wrong.status_code == 400 and "is unknown" in text_of(wrong)
    assert sent.readers["qian"].open("/deliveries?before=x").status_code == 400


def test_a_message_is_called_as_on_the_page_of_its_case(sent: Bureau) -> None:
    """How grave it is, with the policy's own name of the rung where that is another; and the day as people write it."""
    chinese = sent.open("/deliveries?about=alarm&lang=zh").text
    whats = re.findall(r'<a href="/cases/[^"]*">([^<]*)</a>', chinese)
    what = {text.partition(" · ")[2] for text in whats}
    assert what == {"承诺时限 · 超期 · 2026年9月22日 周二", "承诺时限 · 上报 +1 · 2026年9月21日 周一"}
    english = sent.open("/deliveries?about=alarm&lang=en").text
    assert " · overdue · Tue 22 Sep 2026" in english and " · escalation +1 · Mon 21 Sep 2026" in english


def test_page_after_page_shows_each_message_once(sent: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of, "PAGE", 2)
    path, seen = "/deliveries?lang=en", 0
    for _ in range(100):
        page = sent.open(path).text
        seen += page.count('role="rowheader"')
        _, found, rest = page.partition('class="more"><a href="')
        if not found:
            break
        path = rest.partition('"')[0].replace("&amp;", "&")
    assert seen == len(_ids(sent))


def test_one_is_sent_again_and_then_all_that_are_left(sent: Bureau) -> None:
    dead = [str(one) for one in _ids(sent, state="dead")]
    assert "1 message will be sent again" in text_of(sent.check(f"/deliveries/retry?id={dead[0]}&lang=en"))
    assert len(_ids(sent, state="dead")) == 2  # nothing was done yet
    sent.do(f"/deliveries/retry?id={dead[0]}")
    assert [str(one) for one in _ids(sent, state="dead")] == dead[1:]
    done = sent.do("/deliveries/retry?state=dead&lang=en")
    assert "1 message will be sent again" in text_of(done) and _ids(sent, state="dead") == []
    assert [kind for _, kind, _ in sent.deeds()] == ["deliveries_retried"] * 2
    nothing = sent.check("/deliveries/retry?state=dead&lang=en")
    assert nothing.status_code == 422 and "nothing lies undelivered" in text_of(nothing)


def test_a_long_page_asks_the_database_no_more_often_than_a_short_one(
    sent: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(sent.app.engine, "before_cursor_execute", count)
    try:
        sent.open("/deliveries")
        many = len(asked)
        monkeypatch.setattr(page_of, "PAGE", 1)
        sent.open("/deliveries")
    finally:
        event.remove(sent.app.engine, "before_cursor_execute", count)
    assert many == len(asked) - many > 0


def test_what_is_asked_comes_back_as_text_and_never_as_a_tag(sent: Bureau) -> None:
    page = sent.readers["qian"].open("/deliveries?case=%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status_code == 400 and "<script>alert" not in page.text and "&lt;script&gt;" in page.text
