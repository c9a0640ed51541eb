"""The office as files, for auditors: each is what the command writes, packed, and of the days that are asked for."""

import csv
import gzip
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sla.importing.as_xes import xes_sheet
from tests.browser.cast import AWAITING, DUE_TODAY
from tests.web.office.cast import Bureau

ALL = ("/audit/office.jsonl.gz", "/audit/log.xes.gz", "/audit/feed.csv.gz")


def unpacked(office: Bureau, path: str) -> bytes:
    answer = office.open(path, "sun")
    kind, _, name = answer.headers["content-disposition"].partition("; ")
    assert kind == "attachment" and name.endswith(path.partition("?")[0].partition(".")[2] + '"')
    return gzip.decompress(answer.content)


def test_the_page_leads_to_them(office: Bureau) -> None:
    page = office.open("/audit", "sun").text
    assert [path for path in ALL if f'href="{path}"' not in page] == []


def test_all_of_the_office_is_there(office: Bureau) -> None:
    lines = [json.loads(line) for line in unpacked(office, ALL[0]).splitlines()]
    assert {line["number"] for line in lines if line["line"] == "case"} == set(office.numbers.values())
    assert lines[-1]["line"] == "end"


def test_the_event_log_has_the_cases_that_came_in_then(office: Bureau, tmp_path: Path) -> None:
    text = unpacked(office, ALL[1])
    assert len(ElementTree.fromstring(text)) > len(office.numbers)
    file = tmp_path / "log.xes"
    file.write_bytes(unpacked(office, f"{ALL[1]}?from=2026-09-18&to=2026-09-21"))
    with xes_sheet(file, ("concept:name",), ()) as sheet:
        numbers = [row.cells[0] for row in sheet.rows]
    assert office.numbers[DUE_TODAY[0]] in numbers and office.numbers[AWAITING[0]] not in numbers


def test_the_feed_has_what_was_recorded_then(office: Bureau) -> None:
    every = list(csv.reader(io.StringIO(unpacked(office, ALL[2]).decode("utf-8-sig"))))
    day = list(csv.reader(io.StringIO(unpacked(office, f"{ALL[2]}?from=2026-09-22&to=2026-09-22").decode("utf-8-sig"))))
    assert every[0] == day[0] and len(every) > len(day) > 1
    assert any(office.numbers[AWAITING[0]] in row for row in day)
    assert not any(office.numbers[DUE_TODAY[0]] in row for row in day)


@pytest.mark.parametrize("path", ALL[1:])
def test_a_day_that_is_none_is_refused(office: Bureau, path: str) -> None:
    answer = office.readers["sun"].open(f"{path}?from=soon&lang=en")
    assert answer.status_code == 400 and "“soon” is no date we know" in answer.text
