"""What the server answers, without a browser: headers, languages, offices, errors, and that nobody's name leaks."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sla.web.headers import HEADERS
from tests.browser.cast import APPLICANT, HOSTILE, NEXT_DAYS, OVERDUE, Served, empty_app, make_office, serving


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A visitor with cookies of their own."""
    with httpx.Client(base_url=served.base, trust_env=False, verify=False, timeout=60) as client:
        yield client


def test_health_is_one_plain_word(client: httpx.Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path", ["/", "/rates", "/cases/x", "/offices", "/nothing", "/rates?from=abc", "/static/pages.css"]
)
def test_every_answer_has_the_strict_headers(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in HEADERS["Content-Security-Policy"].split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("frame-ancestors") == "'none'"
    assert set(rules.values()) == {"'self'"}


@pytest.mark.parametrize("path", ["/", "/rates", "/cases/x"])
def test_no_page_holds_inline_script_or_style(client: httpx.Client, path: str) -> None:
    text = client.get(path).text
    assert "style=" not in text and "<style" not in text and "onclick" not in text
    assert text.count("<script") == text.count('<script src="/static/')


def test_the_language_asked_for_wins_and_is_remembered(client: httpx.Client) -> None:
    assert '<html lang="zh-CN">' in client.get("/").text
    english = client.get("/?lang=en")
    assert '<html lang="en">' in english.text and english.headers["content-language"] == "en"
    assert '<html lang="en">' in client.get("/rates").text
    assert '<html lang="zh-CN">' in client.get("/?lang=zh").text
    assert '<html lang="zh-CN">' in client.get("/rates").text


def test_an_unknown_language_changes_nothing(client: httpx.Client) -> None:
    answer = client.get("/?lang=fr")
    assert '<html lang="zh-CN">' in answer.text and "set-cookie" not in answer.headers


def test_the_switch_keeps_the_page_and_its_question(client: httpx.Client) -> None:
    assert 'href="/rates?from=2026-01-01&amp;lang=en"' in client.get("/rates?from=2026-01-01").text


def test_the_switch_leads_nowhere_else_from_an_address_with_two_slashes(client: httpx.Client, served: Served) -> None:
    text = client.get(f"{served.base}//elsewhere.example/").text
    assert 'href="//' not in text and 'href="/elsewhere.example/?lang=en"' in text


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "本窗口没有这个编号的办件"), ("en", "There is no case with this number here")]
)
def test_an_unknown_number_is_404_and_says_what_to_do(client: httpx.Client, lang: str, words: str) -> None:
    answer = client.get(f"/cases/建字第99990001号?lang={lang}")
    assert answer.status_code == 404
    assert words in answer.text and "建字第99990001号" in answer.text and 'href="/"' in answer.text


def test_part_of_a_title_leads_to_the_case(client: httpx.Client, served: Served) -> None:
    answer = client.get("/cases?number=人民医院", follow_redirects=True)
    assert answer.status_code == 200
    assert f'href="{served.path(NEXT_DAYS[0])}"' in answer.text


def test_a_number_leads_to_its_case(client: httpx.Client, served: Served) -> None:
    answer = client.get("/cases", params={"number": f" {served.numbers[NEXT_DAYS[0]]} "}, follow_redirects=True)
    assert answer.status_code == 200 and f"<title>{served.numbers[NEXT_DAYS[0]]}" in answer.text


@pytest.mark.parametrize(
    "query",
    ["from=abc", "to=2026-02-30", "from=2026-13-01", "from=20260101", "from=1999-12-31", "to=9999-12-31",
     "from=2026-09-02&to=2026-09-01", "from=2001-01-01&to=2026-01-01", "from=%3Cscript%3E"],
)  # fmt: skip
def test_bad_dates_are_400_and_said_on_the_page(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/rates?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text and "<script>" not in answer.text


def test_an_unknown_handler_is_400_with_a_tidy_page(client: httpx.Client) -> None:
    answer = client.get("/?handler=nobody")
    assert answer.status_code == 400 and "无法显示" in answer.text and "Traceback" not in answer.text


def test_an_unknown_page_is_404_and_writing_is_405(client: httpx.Client) -> None:
    assert client.get("/nothing").status_code == 404
    answer = client.post("/")
    assert answer.status_code == 405 and answer.headers["allow"] and "只供查看" in answer.text


def test_no_machine_readable_documentation_is_served(client: httpx.Client) -> None:
    assert {client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


def test_html_in_a_title_is_text(client: httpx.Client, served: Served) -> None:
    for path in ("/", served.path(HOSTILE)):
        text = client.get(path).text
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_applicant_is_on_no_page(client: httpx.Client, served: Served) -> None:
    paths = ["/", "/rates", *(served.path(title) for title in served.numbers)]
    assert not [path for path in paths if APPLICANT in client.get(path).text]


def test_only_the_cases_of_one_handler(client: httpx.Client, served: Served) -> None:
    text = client.get("/?handler=wang").text
    assert served.numbers[HOSTILE] in text and served.numbers[NEXT_DAYS[0]] not in text and "仅看王强的办件" in text


def test_demonstration_data_says_so(client: httpx.Client) -> None:
    assert "演示数据" in client.get("/").text


def test_a_database_without_an_office_says_how_to_make_one(tmp_path: Path) -> None:
    app = empty_app(tmp_path)
    with serving(app) as base:
        answer = httpx.get(base, trust_env=False, verify=False)
        health = httpx.get(f"{base}/healthz", trust_env=False, verify=False)
    app.close()
    assert answer.status_code == 503 and "sla office apply" in answer.text
    assert health.status_code == 200


def test_of_several_offices_one_is_chosen_and_remembered(tmp_path: Path) -> None:
    app = empty_app(tmp_path)
    make_office(app, "north", "北城窗口")
    make_office(app, "south", "南城窗口", demonstration=False)
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False, verify=False) as client:
        chooser = client.get("/").text
        south, later = client.get("/?office=south").text, client.get("/rates").text
        unknown = client.get("/?office=west").text
    app.close()
    assert 'href="/?office=north"' in chooser and "南城窗口" in chooser
    assert "南城窗口" in south and "北城窗口" not in south and "演示数据" not in south
    assert "南城窗口" in later and 'href="/offices"' in later
    assert "南城窗口" in unknown


def test_a_process_for_one_office_shows_no_other(tmp_path: Path) -> None:
    app = empty_app(tmp_path, office="north")
    make_office(app, "north", "北城窗口")
    make_office(app, "south", "南城窗口")
    with serving(app) as base, httpx.Client(base_url=base, trust_env=False, verify=False) as client:
        shown = [client.get(path).text for path in ("/", "/?office=south", "/", "/offices")]
    app.close()
    assert "北城窗口" in shown[0] and not [text for text in shown if "南城窗口" in text]


def test_a_fault_of_ours_is_a_tidy_page_without_its_details(tmp_path: Path) -> None:
    app = empty_app(tmp_path)
    make_office(app)
    app.now = lambda session: 1 / 0  # type: ignore[assignment,method-assign,return-value]  # any fault will do
    with serving(app) as base:
        answer = httpx.get(f"{base}/?lang=en", trust_env=False, verify=False)
    app.close()
    assert answer.status_code == 500 and "Something went wrong here" in answer.text
    assert "Traceback" not in answer.text and "division" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_a_case_tells_why_it_was_late_or_that_nobody_has_said_so(client: httpx.Client, served: Served) -> None:
    told = client.get(served.path("纺织厂旧址改造用地")).text
    assert '<p class="overrun">超期原因：用地权属核查费时</p>' in told and "超期说明" in told
    assert '<p class="overrun">已超期，尚未说明理由</p>' in client.get(served.path(OVERDUE[0])).text
    assert 'class="overrun"' not in client.get(served.path(NEXT_DAYS[0])).text
