"""What a cell of a date may look like, and what is refused rather than guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sla.importing.cells import CellError, Moment, moment_of, text_of

SHANGHAI, AMSTERDAM = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Amsterdam")
DAY = Moment(datetime(2026, 9, 17, 16, tzinfo=UTC), dated=True)
AFTERNOON = Moment(datetime(2026, 9, 18, 7, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["2026-09-18", "2026/9/18", "2026.9.18", "20260918", "2026年9月18日", " 2026 年 09 月 18 日 "]
)
def test_a_day_is_read_in_every_form_that_has_its_year_first(text: str) -> None:
    assert moment_of(text, SHANGHAI) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-18 15:30", "2026-09-18T15:30:00", "2026/9/18 15:30:00", "2026年9月18日15:30", "20260918 15:30",
        "2026-09-18T15:30:00.000+08:00", "2026-09-18T07:30:00Z", "2026-09-18 07:30 +0000",
        "2026-09-18 09:30:00.0+02:00",
    ],
)  # fmt: skip
def test_a_time_is_wall_time_or_as_its_offset_says_though_zones_are_mixed(text: str) -> None:
    assert moment_of(text, SHANGHAI) == AFTERNOON


def test_24_00_is_the_first_moment_of_the_next_day() -> None:
    assert moment_of("2026-09-17 24:00", SHANGHAI).at == DAY.at


@pytest.mark.parametrize(
    ("text", "fold", "utc"),
    [
        ("2026-03-29 02:30", 0, "2026-03-29T01:00"),  # skipped: the gap ends at 03:00 summer time (R1)
        ("2026-10-25 02:30", 0, "2026-10-25T00:30"),
        ("2026-10-25 02:30", 1, "2026-10-25T01:30"),
    ],
)
def test_a_wall_time_of_the_days_the_clocks_change_is_read_by_the_rules(text: str, fold: int, utc: str) -> None:
    assert moment_of(text, AMSTERDAM, fold=fold).at == datetime.fromisoformat(f"{utc}+00:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("26-09-18", "has a year of two digits"),
        ("18/09/26", "has a year of two digits"),
        ("18.9.26 15:30", "has a year of two digits"),
        ("18/09/2026", "no date that is read one way only"),
        ("09-18-2026", "no date that is read one way only"),
        ("2026-09-31", "no date"),
        ("2026-13-01", "no date"),
        ("2026-9-1815:00", "no date"),
        ("2026-09-18 25:00", "no date"),
        ("2026-09/18", "no date"),
        ("2026-09-18+08:00", "an offset and no time"),
        ("46283", "is a number; format the cell as a date"),
        ("46283.5", "is a number; format the cell as a date"),
        ("=TODAY()", "is a formula; write its value"),
        ("#REF!", "is a formula that failed"),
        ("next week", "no date"),
        ("1026-09-18", "1026 is no year of a case"),
        ("9999-12-31T23:59:59-08:00", "9999 is no year of a case"),
    ],
)
def test_what_is_no_date_of_one_meaning_is_refused(text: str, said: str) -> None:
    with pytest.raises(CellError) as error:
        moment_of(text, SHANGHAI)
    assert said in str(error.value)


def test_other_forms_are_read_where_the_mapping_names_them() -> None:
    forms = ("%d.%m.%Y %H:%M", "%d.%m.%Y")
    assert moment_of("18.09.2026", SHANGHAI, forms) == DAY
    assert moment_of("18.09.2026 15:30", SHANGHAI, forms) == AFTERNOON
    assert moment_of("2026-09-18", SHANGHAI, forms) == DAY
    assert moment_of("18.09.2026 09:30 +0200", SHANGHAI, ("%d.%m.%Y %H:%M %z",)) == AFTERNOON
    with pytest.raises(CellError):
        moment_of("18.09.26", SHANGHAI, forms)


def test_what_a_workbook_holds_as_a_date_is_one() -> None:
    assert moment_of(date(2026, 9, 18), SHANGHAI) == DAY
    assert moment_of(datetime(2026, 9, 18, 15, 30), SHANGHAI) == AFTERNOON


def test_a_text_is_a_line_without_what_cannot_be_seen() -> None:
    assert text_of("  城北\t变电站 ") == "城北\t变电站"
    for wrong in ("a\x00b", "a\x1bb"):
        with pytest.raises(CellError, match="control characters"):
            text_of(wrong)
