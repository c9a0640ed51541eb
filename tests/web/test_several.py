"""Several paper cases at once: good rows are recorded, bad ones come back as they were typed, twice pressed is once.

It is Wednesday 2026-09-23, 10:00. Accepted on Friday 09-18, 4 days end on 09-23 (Sunday 09-20 is worked).
"""

from collections.abc import Iterator

import httpx
import pytest

from sla.store.migrate import METADATA
from tests.web.cast import Desk, desk, inputs, text_of

PATH = "/new/several"
GOOD = {
    "permit-1": "site_selection", "title-1": "西站广场选址", "applicant-1": "王五", "on-1": "2026-09-18",
    "accepted_on-1": "2026-09-18",
}  # fmt: skip
AS_ABOVE = {"title-2": "东站广场选址"}
BAD = {"title-3": "南湖公园选址", "contact-3": "窗口领取", "accepted_on-3": "2026-09-17"}  # before its receipt


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def window(made: Desk) -> Desk:
    """One for all, with a day of its own for each test: cases that were keyed in are looked for from here on."""
    with made.app.writing() as session:
        session.connection().exec_driver_sql("UPDATE case_file SET title = 'of another test'")
    return made


def send(window: Desk, step: str, page: str = "", **fields: str) -> httpx.Response:
    """The table as a browser sends it; `page` is the one it stands on, the empty one if left out."""
    reader = window.readers["li"]
    hidden = inputs(page or reader.open(PATH).text)
    return reader.client.post(PATH, data={**hidden, **fields, "step": step}, headers={"origin": reader.base})


def titles(window: Desk) -> list[str]:
    with window.app.reading() as session:
        rows = session.connection().execute(METADATA.tables["case_file"].select()).all()
    return sorted(row.title for row in rows if "站广场选址" in row.title or "南湖" in row.title)


def phases(window: Desk) -> list[tuple[str, str, str]]:
    with window.app.reading() as session:
        rows = session.connection().execute(METADATA.tables["case_file"].select()).all()
    return sorted((row.title, row.phase, row.received_on.isoformat()) for row in rows if "站广场选址" in row.title)


def test_ten_rows_are_shown_and_ten_more_without_losing_what_was_typed(window: Desk) -> None:
    more = send(window, "more", **GOOD)
    assert more.status_code == 200 and 'id="title-20"' in more.text and 'id="title-21"' not in more.text
    assert 'value="西站广场选址"' in more.text


def test_all_dates_are_shown_before_anything_is_kept(window: Desk) -> None:
    shown = send(window, "check", **GOOD, **AS_ABOVE)
    assert shown.status_code == 200 and titles(window) == []
    text, hidden = text_of(shown), inputs(shown.text)
    first, second = (int(hidden[f"shown-{row}"][7:11]) for row in (1, 2))  # 选字第2026NNNN号
    assert second == first + 1 and hidden["shown-1"] in text and hidden["shown-2"] in text
    assert "承诺时限 2026年9月23日 周三 今天到期" in text  # of the first; the second awaits its acceptance


def test_the_good_rows_are_recorded_and_the_bad_one_comes_back_as_it_was_typed(window: Desk) -> None:
    shown = send(window, "check", **GOOD, **AS_ABOVE, **BAD)
    assert shown.status_code == 422 and "请检查“受理日期”" in text_of(shown)
    assert 'value="南湖公园选址"' in shown.text and 'aria-invalid="true"' in shown.text
    done = send(window, "record", shown.text, **BAD)
    assert phases(window) == [
        ("东站广场选址", "received", "2026-09-18"),  # permit and day as in the row above
        ("西站广场选址", "accepted", "2026-09-18"),
    ]
    assert "已登记 2 件" in text_of(done) and "请检查“受理日期”" in text_of(done)
    assert 'value="南湖公园选址"' in done.text and 'value="窗口领取"' in done.text


def test_the_bad_row_is_mended_and_recorded_alone(window: Desk) -> None:
    done = send(window, "record", send(window, "check", **GOOD, **BAD).text, **BAD)
    mended = BAD | {"permit-3": "site_selection", "on-3": "2026-09-16"}
    again = send(window, "check", done.text, **mended)
    assert again.status_code == 200, text_of(again)
    send(window, "record", again.text)
    assert titles(window) == ["南湖公园选址", "西站广场选址"]


def test_a_row_mended_beside_good_ones_is_looked_at_before_it_is_recorded(window: Desk) -> None:
    shown = send(window, "check", **GOOD, **BAD)
    done = send(window, "record", shown.text, **BAD | {"accepted_on-3": "", "permit-3": "site_selection"})
    assert titles(window) == ["西站广场选址"] and "1 件可以登记" in text_of(done)


def test_a_button_that_is_pressed_twice_records_each_row_once(window: Desk) -> None:
    shown = send(window, "check", **GOOD, **AS_ABOVE)
    answers = [send(window, "record", shown.text) for _ in range(2)]
    assert titles(window) == ["东站广场选址", "西站广场选址"]
    assert ["已登记 2 件" in text_of(answer) for answer in answers] == [True, True]


def test_a_number_that_somebody_took_meanwhile_is_replaced_by_the_next(window: Desk) -> None:
    shown = send(window, "check", **GOOD)
    assert window.fill("wang", "/new?permit=site_selection", "record", title="别人的选址").status_code == 303
    done, number = send(window, "record", shown.text), inputs(shown.text)["shown-1"]
    assert f"选字第2026{int(number[7:11]) + 1:04}号" in text_of(done) and number not in text_of(done)
    assert titles(window) == ["西站广场选址"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"permit-1": "site_selection", "applicant-1": "王五"}, "“名称”未填"),
        ({"title-1": "无事项"}, "“事项”未填"),
        ({**GOOD, "on-1": "2026-09-24"}, "请检查“收件日期”"),  # tomorrow
        ({**GOOD, "on-1": "2026-13-40"}, "请检查“收件日期”"),
        ({**GOOD, "on-1": "0001-01-01"}, "请检查“收件日期”"),
        ({**GOOD, "permit-1": "no-such-permit"}, "请检查“事项”"),
        ({**GOOD, "accepted_on-1": "x"}, "请检查“受理日期”"),
        ({**GOOD, "title-1": "长" * 201}, "请检查“名称”"),
    ],
)
def test_what_cannot_be_is_said_at_its_row(window: Desk, row: dict[str, str], told: str) -> None:
    answer = send(window, "check", **row)
    assert answer.status_code == 422 and told in text_of(answer) and titles(window) == []


@pytest.mark.parametrize("rows", ["", "-1", "9999", "1e9", "²"])
def test_a_made_up_number_of_rows_does_no_harm(window: Desk, rows: str) -> None:
    assert send(window, "check", rows=rows, **GOOD).status_code == 200


def test_an_empty_table_says_nothing_and_stays(window: Desk) -> None:
    answer = send(window, "check")
    assert answer.status_code == 200 and 'id="title-10"' in answer.text
