"""What the columns of a file probably mean, by their names in either language; the mapping is one that is accepted."""

from pathlib import Path

import pytest

from sla.importing.guessing import Known, Survey, guessed, source_of
from sla.importing.mapping import mapping_of
from sla.importing.rows import SourceError
from sla.importing.surveying import surveyed

KNOWN = Known(
    {
        "site_selection": ("建设项目选址意见书", "Site selection opinion"),
        "land_use": ("建设用地规划许可证", "Land-use permit"),
    },
    {"li": ("李敏",), "wang": ("王强",)},
)


def test_chinese_heads_are_known() -> None:
    columns = ("办件编号", "事项", "项目名称", "申请人", "承办人", "收件日期", "受理日期", "办结日期", "结果", "到期日")
    texts = {"事项": ("建设用地规划许可证", "别的"), "承办人": ("王强", "li"), "结果": ("同意", "不予许可")}
    text = guessed("旧系统 2025.csv", Survey(columns, texts), KNOWN)
    found = mapping_of(text)
    assert found.source == "旧系统-2025"
    assert found.columns == {
        "number": "办件编号", "permit": "事项", "title": "项目名称", "applicant": "申请人", "handler": "承办人",
        "received": "收件日期", "accepted": "受理日期", "decided": "办结日期", "outcome": "结果",
    }  # fmt: skip
    assert found.given == {"": "到期日"}
    assert found.values == {
        "permit": {"建设用地规划许可证": "land_use"}, "handler": {"王强": "wang", "li": "li"},
        "outcome": {"同意": "approved", "不予许可": "denied"},
    }  # fmt: skip
    assert '# "别的" = ""' in text and "land_use (建设用地规划许可证)" in text  # what it could be stands beside it


def test_english_heads_are_known_whatever_their_signs() -> None:
    columns = (
        "No.",
        "TYPE",
        "Title",
        "Applicant",
        "Case_Officer",
        "Start-Date",
        "Accepted",
        "End",
        "Outcome",
        "Due date",
    )
    texts = {"TYPE": ("site selection OPINION",), "Case_Officer": ("李敏",), "Outcome": ("Granted", "Refused")}
    found = mapping_of(guessed("export.xlsx", Survey(columns, texts), KNOWN))
    assert found.columns == {
        "number": "No.", "permit": "TYPE", "title": "Title", "applicant": "Applicant", "handler": "Case_Officer",
        "received": "Start-Date", "accepted": "Accepted", "decided": "End", "outcome": "Outcome",
    }  # fmt: skip
    assert found.values["permit"] == {"site selection OPINION": "site_selection"}
    assert found.values["outcome"] == {"Granted": "approved", "Refused": "denied"}


def test_the_plainer_name_is_taken_where_two_columns_could_be_it_and_what_stands_in_brackets_is_of_no_matter() -> None:
    text = guessed("a.csv", Survey(("编号", "办件编号", "收件日期（年月日）", "收件时间", "备注")), KNOWN)
    assert 'number = "办件编号"' in text and 'received = "收件日期（年月日）"' in text
    assert "# not used: 编号, 收件时间, 备注" in text


def test_what_nobody_can_know_is_left_out_and_said() -> None:
    text = guessed("a.csv", Survey(("甲", "no", "no")), KNOWN)
    assert '# number = ""' in text and '# received = ""' in text  # a name that is there twice is none
    assert '# permit = ""  # here: site_selection (建设项目选址意见书)' in text
    with pytest.raises(SourceError, match=r"cases\.number: is missing"):
        mapping_of(text)


def test_the_only_permit_and_the_only_person_stand_for_all() -> None:
    known = Known({"land_use": ("用地",)}, {"li": ("李敏",)})
    found = mapping_of(guessed("a.csv", Survey(("number", "received")), known))
    assert found.defaults == {"permit": "land_use", "handler": "li"}


@pytest.mark.parametrize("odd", ['a "b" \\ c', "tab\there", "\x7f\x01", "]\n[cases]", "#", "🏛"])
def test_whatever_a_column_or_a_text_is_called_the_mapping_can_be_read(odd: str) -> None:
    text = guessed(f"{odd}.csv", Survey(("number", "received", "type", "handler", odd), {"type": (odd,)}), KNOWN)
    assert mapping_of(text).columns["number"] == "number"


@pytest.mark.parametrize(
    ("name", "source"),
    [("a b.csv", "a-b"), ("旧系统-refused.csv", "旧系统"), ("....csv", "import"), ("x" * 90 + ".csv", "x" * 60)],
)
def test_cases_are_marked_by_the_name_of_their_file(name: str, source: str) -> None:
    assert source_of(name) == source


def test_of_an_event_log_the_events_are_guessed_too(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    at = '<date key="time:timestamp" value="2026-09-07T09:00:00Z"/>'
    event = '<event><string key="concept:name" value="{}"/>' + at + "</event>"
    case = '<string key="concept:name" value="1"/><string key="org:resource" value="王强"/>'
    path.write_text(f"<log><trace>{case}{event.format('收件')}{event.format('T02')}</trace></log>", "utf-8")
    found = mapping_of(guessed("log.xes", surveyed(path, 10), Known({"land_use": ("用地",)}, KNOWN.people)))
    assert found.columns == {"number": "concept:name", "handler": "org:resource"}
    assert found.events is not None
    assert (found.events.event, found.events.at) == ("concept:name", "time:timestamp")
    assert found.events.kinds == {"收件": "received"}


def test_a_file_is_gone_through_for_its_columns_their_texts_and_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("no,type\n1,x\n2, y\n3,x\n", "utf-8")
    found = surveyed(path, 3)
    assert (found.columns, found.rows, found.texts["type"]) == (("no", "type"), 3, ("x", "y"))
    with pytest.raises(SourceError, match="more than 2 rows"):
        surveyed(path, 2)
