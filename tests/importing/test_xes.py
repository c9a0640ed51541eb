"""Event logs: traces are cases with their events within; what declares entities is refused."""

import gzip
from pathlib import Path

import pytest

from sla.importing import as_xes
from sla.importing.as_xes import DEEPEST, MOST_EVENTS, names_in, xes_sheet
from sla.importing.opening import form_of
from sla.importing.rows import Row, SourceError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="event"><string key="concept:name" value="none"/></global>
  <string key="concept:name" value="the log"/>
  {}
</log>
"""
TRACE = """<trace>
  <string key="concept:name" value="case-1"/>
  <date key="deadline" value="2026-09-24T00:00:00+08:00"/>
  <event><string key="concept:name" value="收件"/><date key="time:timestamp" value="2026-09-18T09:00:00+08:00"/></event>
  <event>
    <string key="concept:name" value="办结"><string key="concept:name" value="nested"/></string>
    <date key="time:timestamp" value="2026-09-21T09:00:00+08:00"/>
  </event>
</trace>"""


def read(path: Path, content: str) -> list[Row]:
    path.write_text(content, "utf-8")
    with xes_sheet(path, ("concept:name", "deadline"), ("concept:name", "time:timestamp")) as sheet:
        return list(sheet.rows)


def test_a_trace_is_a_case_with_its_events(tmp_path: Path) -> None:
    first, second = read(tmp_path / "a.xes", LOG.format(TRACE + "<trace/>"))
    assert (first.number, first.cells) == (1, ("case-1", "2026-09-24T00:00:00+08:00"))
    assert [(event.number, *event.cells) for event in first.events] == [
        (1, "收件", "2026-09-18T09:00:00+08:00"), (2, "办结", "2026-09-21T09:00:00+08:00"),
    ]  # fmt: skip
    assert (second.number, second.cells, second.events) == (2, ("", ""), ())


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/log.dtd">',
        '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_log_that_declares_anything_is_refused(tmp_path: Path, declared: str) -> None:
    with pytest.raises(SourceError, match="declares a document type or entities"):
        read(tmp_path / "a.xes", LOG.format(TRACE).replace("<log", f"{declared}<log"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no XES: line 1: no element found"),
        ("<html></html>", "it begins with html, not with log"),
        (LOG.format(TRACE)[:-20], "is no XES: line "),
        (LOG.format("<a>" * DEEPEST + "</a>" * DEEPEST), "nested deeper than 32"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path / "a.xes", content)


def test_a_case_of_too_many_events_or_too_long_a_text_says_so(tmp_path: Path) -> None:
    many, long, right = read(
        tmp_path / "a.xes",
        LOG.format(
            f"<trace>{'<event/>' * (MOST_EVENTS + 1)}</trace>"
            f'<trace><string key="deadline" value="{"x" * 20_000}"/></trace>{TRACE}'
        ),
    )
    assert "more than 10,000 events" in str(many.trouble)
    assert "longer than 10,000 characters" in str(long.trouble)
    assert right.trouble is None


# --- packed -----------------------------------------------------------------------------------------------------------
def packed(path: Path, content: bytes) -> list[Row]:
    path.write_bytes(content)
    with xes_sheet(path, ("concept:name", "deadline"), ("concept:name", "time:timestamp")) as sheet:
        rows = list(sheet.rows)
        assert sheet.share() == 1.0
        return rows


def test_a_packed_log_is_read_as_the_same_log(tmp_path: Path) -> None:
    text = LOG.format(TRACE + "<trace/>")
    assert packed(tmp_path / "a.xes.gz", gzip.compress(text.encode())) == read(tmp_path / "a.xes", text)
    assert names_in(tmp_path / "a.xes.gz") == names_in(tmp_path / "a.xes")
    assert [form_of(name) for name in ("A.XES.GZ", "a.xes", "a.gz", "axes")] == [".xes.gz", ".xes", "", ""]


WHOLE = gzip.compress(LOG.encode(), mtime=0)


@pytest.mark.parametrize("content", [b"", b"<log/>", WHOLE[:-9], WHOLE[:5]], ids=["empty", "plain", "cut", "head"])
def test_what_is_no_whole_gzip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"a\.xes\.gz is no (whole gzip file|XES)"):
        packed(tmp_path / "a.xes.gz", content)


def test_a_log_that_is_huge_once_it_is_unpacked_is_refused_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_xes, "SMALL", 1 << 20)
    bomb = gzip.compress(b'<log xes.version="1.0">' + b" " * (64 << 20))
    assert len(bomb) < 70_000
    with pytest.raises(SourceError, match=r"a\.xes\.gz unpacks to more than 6 MB; unpack it yourself"):
        packed(tmp_path / "a.xes.gz", bomb)
