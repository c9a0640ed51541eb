"""On the pages: an applicant's number and address are asked for where the office tells applicants, and not shown to
anybody who is not signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla.service.setup import apply, plan_of
from tests.browser.cast import AWAITING, NOW, OFFICE
from tests.web.cast import Desk, desk, text_of

TELLING = """
[channels.post]
kind = "email"
host = "127.0.0.1"
port = 9
sender = "window@office.example"
security = "none"

[applicants]
by = ["post"]
"""
EMAIL = "zhangwei@example.org"


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        text = OFFICE % {"slug": "planning-window", "name": "云溪市规划审批窗口"}
        with made.app.writing() as session:
            apply(session, plan_of(text + TELLING, Path()), NOW, demonstration=True)
        yield made


def notified(window: Desk) -> list[tuple[str, str]]:
    with window.app.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT kind, state FROM message WHERE kind LIKE 'applicant%'")
        return [(row[0], row[1]) for row in rows]


def test_a_clerk_enters_the_address_with_a_new_case_and_the_acceptance_is_told(window: Desk) -> None:
    fields = {"title": "新建泵站选址", "applicant": "张伟", "email": EMAIL, "accepted": "yes"}
    shown = window.fill("li", "/new?permit=site_selection", "check", **fields)
    assert shown.status_code == 200
    assert notified(window) == [], "nothing is kept of a try"
    done = window.fill("li", "/new?permit=site_selection", "record", **fields)
    page = window.readers["li"].open(done.headers["location"])
    assert "告知申请人的渠道：post。" in text_of(page)
    assert EMAIL in text_of(page)
    assert notified(window) == [("applicant.accepted", "pending")]


def test_the_contact_is_changed_later_and_what_is_left_blank_stays(window: Desk) -> None:
    case = f"/cases/{window.numbers[AWAITING[0]]}"
    assert "申请人收不到告知：没有登记电子邮箱。" in text_of(window.readers["li"].open(case))
    path = window.path("contact_changed", AWAITING[0])
    refused = window.fill("li", path, "record", email="zhang@")
    assert "不是邮箱地址" in text_of(refused)
    assert window.fill("li", path, "record", email=EMAIL, contact="窗口领取").status_code == 303
    assert window.fill("li", path, "record", contact="邮寄").status_code == 303
    page = text_of(window.readers["li"].open(case))
    assert f"邮寄、{EMAIL}" in page
    assert "窗口领取" not in page
