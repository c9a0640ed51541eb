"""The lists of the office's pages as files: the rows of the page, for whoever sees the page, and nothing secret."""

import csv
import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO, StringIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event

from notifiers.outbox import MESSAGE
from sla.service import deeds, deliveries
from sla.web.office import audit as audit_page
from sla.web.office import deliveries as deliveries_page
from sla.web.office import listed as list_page
from tests.access.cast import PASSWORD, Reader
from tests.browser.cast import OVERDUE
from tests.web.cast import text_of
from tests.web.office.cast import Bureau, fill_up

HOSTILE = '=HYPERLINK("http://x.example","打开")'
LISTS = {  # each list with the page and the section it stands on
    "/deliveries": ("/deliveries", "log"), "/people": ("/people", "staff"), "/people/away": ("/people", "away"),
    "/people/left": ("/people", "left"), "/channels": ("/channels", "channels"), "/policies": ("/policies", "versions"),
    "/tokens": ("/tokens", "keys"), "/calendar/days": ("/calendar", "special"),
    "/calendar/notices": ("/calendar", "notices"), "/audit/verify": ("/audit/verify", "findings"),
    "/audit/anchors": ("/audit", "anchors"), "/audit/late": ("/audit", "late"), "/audit/deeds": ("/audit", "deeds"),
    "/audit/actors": ("/audit", "actors"), "/audit/events": ("/audit", "events"),
    "/audit/sign-ins": ("/audit", "sign-ins"), "/audit/attempts": ("/audit", "attempts"),
}  # fmt: skip


@pytest.fixture(scope="module")
def full(office: Bureau) -> Iterator[Bureau]:
    """Something on every page, a wrong password, and a message that came back with what a spreadsheet would run."""
    fill_up(office)
    with closing(Reader(office.readers["li"].base)) as somebody:
        somebody.sign_in("li", "wrong", office="")
    with office.app.writing() as session:
        dead = MESSAGE.update().where(MESSAGE.c.state == "dead").values(reason=HOSTILE)
        session.connection().execute(dead)
    yield office


def listed(office: Bureau, path: str, person: str = "sun") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.open(path, person).json()["rows"]
    return found


def lines(office: Bureau, path: str) -> list[list[str]]:
    return list(csv.reader(StringIO(office.open(path, "sun").content.decode("utf-8-sig"), newline=""), strict=True))


def section(office: Bureau, page: str, name: str) -> str:
    return re.split(rf'<section [^>]*id="{name}"', office.open(page, "sun").text)[1].partition("</section>")[0]


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_file_has_the_rows_of_its_list_in_each_form(full: Bureau, path: str) -> None:
    before = listed(full, f"{path}.json")
    shown = section(full, *LISTS[path])
    assert len(before) == shown.count('role="rowheader"')
    assert len(lines(full, f"{path}.csv")) == 1 + len(before)
    book = CalamineWorkbook.from_filelike(BytesIO(full.open(f"{path}.xlsx", "sun").content))
    assert len(book.get_sheet_by_index(0).to_python()) == 1 + len(before)
    for ending in ("csv", "xlsx", "json"):
        assert (f'href="{path}.{ending}"' in shown) is bool(before)


def test_most_lists_of_the_test_are_not_empty(full: Bureau) -> None:
    empty = {path for path in LISTS if not listed(full, f"{path}.json")}
    assert empty <= {"/people/left", "/audit/late", "/audit/verify"}


def test_files_are_for_whoever_sees_their_page(full: Bureau) -> None:
    for path in LISTS:
        page = full.readers["li"].open(LISTS[path][0]).status_code
        assert full.readers["li"].open(f"{path}.csv").status_code == page, path


def test_values_are_for_programs_and_words_for_people(full: Bureau) -> None:
    [away] = listed(full, "/people/away.json")
    assert away["person"] == {"id": "li", "name": "李敏"}
    assert (away["from"], away["to"]) == ("2026-10-12", "2026-10-16")
    robot = {row["name"]: row for row in listed(full, "/channels.json")}["robot"]
    assert (robot["state"]["id"], robot["kind"], robot["paused_because"]) == ("paused", "wecom", "机器人被移出群")
    [key] = listed(full, "/tokens.json")
    assert (key["name"], key["works_through"], key["state"]["id"]) == ("archive-system", "2026-12-31", "valid")
    versions = {(row["version"], row["state"]["id"]) for row in listed(full, "/policies.json")}
    assert versions == {(1, "in_force"), (2, "draft")}
    [notice] = listed(full, "/calendar/notices.json")
    assert (notice["number"], notice["published_on"]) == ("云政办〔2026〕31号", "2026-09-20")
    days = {row["from"]: row for row in listed(full, "/calendar/days.json?year=2026")}
    assert (days["2026-10-01"]["to"], days["2026-10-01"]["what"]["id"]) == ("2026-10-07", "off")


def test_the_questions_of_the_log_are_those_of_its_files(full: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_page, "PAGE", 1)
    monkeypatch.setattr(deliveries, "MOST", 2)  # so that it is read in several goes
    dead = listed(full, "/deliveries.json?state=dead")
    assert len(dead) == 2 and {row["state"]["id"] for row in dead} == {"dead"}
    everything = listed(full, "/deliveries.json")
    assert len(everything) > 4 and len({(row["what"], row["to"]["id"], row["due_at"]) for row in everything}) > 4
    assert {row["to"]["id"] for row in listed(full, "/deliveries.json?person=zhao")} == {"zhao"}
    assert 'href="/deliveries.csv?state=dead"' in full.open("/deliveries?state=dead").text
    assert full.readers["sun"].open("/deliveries.csv?state=lost").status_code == 400


def test_what_a_spreadsheet_would_run_is_a_text(full: Bureau) -> None:
    said = {row[6] for row in lines(full, "/deliveries.csv?state=dead")[1:]}
    assert said == {f"'{HOSTILE}"}
    book = CalamineWorkbook.from_filelike(BytesIO(full.open("/deliveries.xlsx?state=dead", "sun").content))
    assert book.get_sheet_by_index(0).to_python()[1][6] == HOSTILE


def test_what_is_hidden_on_a_page_is_in_no_file(full: Bureau) -> None:
    """Addresses are masked on the page; a key and a password are nowhere."""
    text = "".join(full.open(f"{path}.json", "sun").text for path in LISTS)
    assert "qian@office.example" not in text and "13800000021" not in text and "…@office.example" in text
    assert "shixian_" not in text and PASSWORD not in text and "$argon2" not in text


def test_an_audit_s_file_goes_on_where_the_page_ends(full: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeds, "MOST", 2)
    monkeypatch.setattr(audit_page, "MOST", 2)
    assert section(full, "/audit?lang=en", "events").count('role="rowheader"') == 2
    assert "The newest 2; a file has them all." in text_of(full.open("/audit?lang=en", "sun"))
    events = listed(full, "/audit/events.json")
    assert len(events) > 10 and OVERDUE[0] in {row["title"] for row in events}
    monkeypatch.setattr(list_page, "MOST_IN_FILE", 3)
    answer = full.readers["sun"].open("/audit/events.csv?lang=en")
    assert answer.status_code == 400 and "more than 3 lines" in text_of(answer)


def test_too_many_messages_are_refused_and_not_cut(full: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_page, "MOST_IN_FILE", 3)
    answer = full.readers["sun"].open("/deliveries.csv?lang=en")
    assert answer.status_code == 400 and "More than 3 messages match" in text_of(answer)


def test_more_rows_ask_the_database_no_more_often(full: Bureau) -> None:
    def count(path: str) -> int:
        asked: list[str] = []

        def note(*given: object) -> None:
            asked.append(str(given[2]))

        event.listen(full.app.engine, "before_cursor_execute", note)
        try:
            assert full.open(path, "sun").status_code == 200
        finally:
            event.remove(full.app.engine, "before_cursor_execute", note)
        return len(asked)

    some, every = "/deliveries.csv?state=dead", "/deliveries.csv"
    assert len(lines(full, some)) < len(lines(full, every)) and 0 < count(some) == count(every)
    before = {path: count(f"{path}.csv") for path in ("/tokens", "/people/away", "/audit/deeds")}
    full.do("/tokens/new", name="display", until="2026-12-31", rights=["read"])
    full.do("/people/absence", person="zhao", **{"from": "2026-11-02", "to": "2026-11-03"})
    assert {path: count(f"{path}.csv") for path in before} == before
