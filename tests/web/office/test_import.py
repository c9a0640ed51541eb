"""Cases from a file on the administrator's page: guessed, tried, brought in; the rest comes back. It is 2026-09-23."""

import io
import zipfile
from html import unescape

import httpx
import pytest
import xlsxwriter

from sla.service import cases
from sla.service.errors import ServiceError
from sla.web.office.importing import MOST_FILE, MOST_FORM
from tests.web.cast import inputs, text_of
from tests.web.office.cast import Bureau

HEAD = "办件编号,事项,项目名称,申请人,承办人,收件日期,受理日期,办结日期,结果,到期日\n"
GOOD = (
    "旧-1,建设项目选址意见书,城北变电站,张三,李敏,2026-09-07 09:00,2026-09-07 10:00,2026-09-10 16:00,同意,2026-09-11\n"
)
DIFFERS = "旧-3,建设项目选址意见书,云溪小学,赵六,li,2026-09-14 15:00,2026-09-15,,,2026-09-18\n"
BAD = "旧-2,建设项目选址意见书,南湖公园,李四,王强,14/09/26,,,,\n"


def upload(office: Bureau, content: bytes, name: str = "旧系统.csv", mapping: str = "") -> httpx.Response:
    """The page, once a file was chosen on it."""
    reader = office.readers["qian"]
    hidden = inputs(office.open("/import?lang=en").text)
    return reader.client.post(
        "/import?lang=en", data={**hidden, "mapping": mapping, "step": "check"}, files={"file": (name, content)},
        headers={"origin": reader.base},
    )  # fmt: skip


def again(office: Bureau, page: httpx.Response, step: str, **fields: str) -> httpx.Response:
    """The form that a page shows, sent back as a browser does: in parts, with what it carries."""
    reader = office.readers["qian"]
    told = {"mapping": mapping_in(page), **inputs(page.text), **fields, "step": step}
    parts = {name: (None, value) for name, value in told.items()}
    return reader.client.post("/import?lang=en", files=parts, headers={"origin": reader.base})


def mapping_in(page: httpx.Response) -> str:
    _, begun, rest = page.text.partition('<textarea id="f-mapping"')
    return unescape(rest.partition(">")[2].partition("</textarea>")[0]).lstrip("\n") if begun else ""


def numbers(office: Bureau, *asked: str) -> list[str]:
    """Those of the numbers that there is a case of."""
    found = []
    with office.stands() as (session, stands):
        for number in asked:
            try:
                cases.known(session, stands, number)
                found.append(number)
            except ServiceError:
                continue
    return found


def test_a_file_is_guessed_and_tried_and_nothing_is_written(office: Bureau) -> None:
    page = upload(office, (HEAD + GOOD + BAD + DIFFERS).encode("gb18030"))
    assert page.status_code == 200, text_of(page)
    words = text_of(page)
    assert "Tried only; nothing was written." in words
    assert "3 rows: 2 cases brought in with 5 events, 0 already there, 1 refused" in words
    assert "has a year of two digits" in words and "收件日期: '14/09/26'" in words
    assert "Deadlines that differ" in words and "Fri 18 Sep 2026" in words and "Sun 20 Sep 2026" in words
    told = mapping_in(page)
    assert (
        'source = "旧系统"' in told and '"建设项目选址意见书" = "site_selection"' in told and '"王强" = "wang"' in told
    )
    assert numbers(office, "旧-1", "旧-3") == []
    assert not any(kind == "cases_imported" for _, kind, _ in office.deeds())


def test_what_is_right_comes_in_on_record_and_the_rest_comes_back_with_its_reason(office: Bureau) -> None:
    page = upload(office, (HEAD + GOOD + BAD).encode())
    unsaid = again(office, page, "refused")  # of what was only tried, too
    done = again(office, page, "do")
    assert done.status_code == 200, text_of(done)
    assert numbers(office, "旧-1", "旧-2") == ["旧-1"]
    assert ("qian", "cases_imported", "旧系统") in office.deeds()
    rest = again(office, done, "refused")
    assert rest.headers["content-type"] == "text/csv; charset=utf-8"
    assert rest.headers["content-disposition"] == 'attachment; filename="import-refused.csv"'
    lines = rest.content.decode("utf-8-sig").splitlines()
    assert lines[0] == HEAD.strip() + ",reason" and len(lines) == 2
    assert lines[1].startswith("旧-2,建设项目选址意见书,南湖公园") and "has a year of two digits" in lines[1]
    assert unsaid.content == rest.content
    mended = rest.content.decode("utf-8-sig").replace("14/09/26", "2026-09-14").encode()
    last = again(office, upload(office, mended, "旧系统-refused.csv"), "do")
    assert "1 cases brought in" in text_of(last) and numbers(office, "旧-2") == ["旧-2"]
    assert office.deeds()[0] == ("qian", "cases_imported", "旧系统")


def test_only_what_was_seen_comes_in(office: Bureau) -> None:
    page = upload(office, (HEAD + GOOD.replace("旧-1", "旧-5")).encode())
    other = mapping_in(page).replace('"李敏" = "li"', '"李敏" = "wang"')
    tried = again(office, page, "do", mapping=other)
    assert "Tried only; nothing was written." in text_of(tried) and numbers(office, "旧-5") == []
    assert mapping_in(tried) == other
    again(office, tried, "do")
    assert numbers(office, "旧-5") == ["旧-5"]


def test_a_mapping_that_was_used_before_is_taken_as_it_is(office: Bureau) -> None:
    told = mapping_in(upload(office, (HEAD + GOOD).encode())).replace("旧系统", "archive")
    assert mapping_in(upload(office, (HEAD + GOOD).encode(), mapping=told)) == told


def test_a_mapping_that_cannot_be_used_stays_in_the_editor_with_what_is_wrong(office: Bureau) -> None:
    page = upload(office, (HEAD + GOOD).encode())
    for told, wrong in (
        ("source = ", "is no TOML"),
        (mapping_in(page).replace("收件日期", "来件日"), "is not there"),
        (mapping_in(page).replace("[cases]", 'encoding = "hex"\n[cases]'), "is unknown"),
        (mapping_in(page).replace("[cases]", 'dates = ["%Y%Y"]\n[cases]'), "names a part twice"),
    ):
        answer = again(office, page, "check", mapping=told)
        assert answer.status_code == 422 and wrong in text_of(answer), text_of(answer)
        assert mapping_in(answer).strip() == told.strip() and inputs(answer.text)["packed"]


def test_a_workbook_is_brought_in_too(office: Bureau) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD.strip().split(","))
    sheet.write_row(1, 0, GOOD.replace("旧-1", "旧-7").strip().split(","))
    book.close()
    again(office, upload(office, out.getvalue(), "台账.xlsx"), "do")
    assert numbers(office, "旧-7") == ["旧-7"]


def test_an_event_log_is_brought_in_too(office: Bureau) -> None:
    event = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="{}"/></event>'
    log = (
        '<log><trace><string key="concept:name" value="旧-8"/><string key="permit" value="Site selection opinion"/>'
        '<string key="handler" value="li"/>'
        + event.format("收件", "2026-09-07T09:00:00+08:00") + event.format("内部流转", "2026-09-07T09:30:00+08:00")
        + "</trace></log>"
    )  # fmt: skip
    page = upload(office, log.encode(), "log.xes")
    assert "1 events passed over, to which the mapping gives no kind: 内部流转" in text_of(page)
    again(office, page, "do")
    assert numbers(office, "旧-8") == ["旧-8"]


def _bomb() -> bytes:
    """Small as it is sent, and more than 200 MB unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(201 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "wrong"),
    [
        (b"", "a.csv", "holds something"),
        (b"x", "a.pdf", "must end with one of: .csv"),
        (b"\x00\xff" * 99, "a.csv", "neither UTF-8"),
        (b"PK\x03\x04 garbage", "a.xlsx", "is no workbook that can be read"),
        (b"<html>", "a.xes", "is no XES"),
        (b"<!DOCTYPE log><log/>", "a.xes", "declares a document type"),
        (b"a" * (MOST_FILE + 1), "a.csv", "larger than 2 MB"),
        (b"no\n" + b"1\n" * 20_001, "a.csv", "more than 20,000 rows"),
        (b"a" * (MOST_FORM + 1), "a.csv", "it is too large"),
        (b"no\n1\n", "../../etc/x.csv", "cases.received: is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(office: Bureau, content: bytes, name: str, wrong: str) -> None:
    page = upload(office, content, name)
    assert page.status_code in (413, 422) and wrong in text_of(page), text_of(page)


def test_a_workbook_that_unpacks_to_too_much_is_refused(office: Bureau) -> None:
    page = upload(office, _bomb(), "a.xlsx")
    assert page.status_code == 422 and "unpacks to more than 200 MB" in text_of(page)


def test_nothing_chosen_and_what_did_not_come_back_whole_are_told(office: Bureau) -> None:
    reader = office.readers["qian"]
    hidden = inputs(office.open("/import?lang=en").text)

    def sent(**fields: str) -> httpx.Response:
        return reader.client.post("/import?lang=en", data={**hidden, **fields}, headers={"origin": reader.base})

    assert "No file was chosen." in text_of(sent())
    assert sent().status_code == 422
    for packed in ("字", "!!", "QUJD"):
        assert "did not come back whole" in text_of(sent(packed=packed, name="a.csv"))


def test_whoever_may_not_is_refused_before_their_file_is_read(office: Bureau) -> None:
    reader = office.readers["sun"]
    answer = reader.client.post(
        "/import?lang=en", files={"file": ("a.csv", b"a" * (MOST_FORM + 1))}, headers={"origin": reader.base}
    )
    assert answer.status_code == 403 and "This is not yours to do" in answer.text
    assert "/import" not in office.open("/office", "sun").text
    assert 'href="/import"' in office.open("/office").text
