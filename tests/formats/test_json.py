"""Lists for programs."""

import json

from tests.formats.cast import EMPTY, FULL, table, titled, written


def test_names_are_english_choices_keep_their_id_and_nothing_is_null() -> None:
    found = json.loads(written("json", table(FULL, EMPTY)))
    assert found["list"] == "cases" and found["at"] == "2026-09-23T10:00:00+08:00"
    assert found["columns"][4] == {"name": "due_on", "title": "到期", "kind": "date"}
    assert found["rows"] == [
        {
            "number": "建字第20260012号", "title": '锦绣花园，"二期"', "days": -2, "rate": 0.95, "due_on": "2026-09-30",
            "due_at": "2026-09-30T17:00:00+08:00", "provisional": True,
            "permit": {"id": "land_use", "name": "用地规划许可"},
        },
        {
            "number": "1", "title": "", "days": None, "rate": None, "due_on": None, "due_at": None,
            "provisional": False, "permit": None,
        },
    ]  # fmt: skip


def test_no_row_is_an_empty_list_and_a_text_is_what_it_was() -> None:
    assert json.loads(written("json", titled()))["rows"] == []
    assert json.loads(written("json", titled("=1", 'a"\n\\')))["rows"] == [{"title": "=1"}, {"title": 'a"\n\\'}]
