"""`sla case blank` and `sla office blank`: a name is gone from every place but the free texts of the chain, which are
named; the chain fits, and it stays on record that it was done, when, why and by whom.

The names are looked for in every row of every table and, on SQLite, in the bytes of the database's file and its log.
"""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa

from notifiers.channel import Channel
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from tests.browser.cast import serving
from tests.cli.cast import CommandLine
from tests.cli.test_database_in_trouble import every_connection
from tests.service.cast import OFFICE, Window

NAME, PHONE, TITLE = "欧阳建国", "13912345678", "欧阳建国住宅"
LAW = "个人信息保护法第四十七条"
WITHOUT_CHEN = OFFICE.replace('stand_in = "chen"\n', "").partition('[[staff]]\nid = "chen"')
LEFT = WITHOUT_CHEN[0] + "[[staff]]" + WITHOUT_CHEN[2].partition("[[staff]]")[2]


class Quoting:
    """A channel that refuses and quotes what it was sent, as some gateways do; then as JSON and as a part of an
    address."""

    kind = "webhook"

    def send(self, message: Message, recipient: Recipient, now: object) -> Receipt:
        escaped = TITLE.encode("ascii", "backslashreplace").decode()
        said = f"HTTP 400: {message.subject} {TITLE} {escaped} {quote(NAME)} to {recipient.name} {recipient.address}"
        raise DeliveryError(said, permanent=True)


def told(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case whose title and applicant are a person's, and whose reminder was refused by a channel that quotes it."""
    window, others = sla.window, sla.window.app.channel

    def channel(office_id: object, name: str) -> Channel:
        return Quoting() if name == "mail" else others(office_id, name)  # type: ignore[arg-type]

    monkeypatch.setattr(window.app, "channel", channel)
    window.apply(OFFICE.replace('addresses = { desk = "chen" }', 'addresses = { mail = "chen@example.org" }'))
    number = window.at("2026-09-18 09:30").receive(handler="chen", applicant=NAME, contact=PHONE, title=TITLE)
    window.receive(title="云溪地块")
    for moment in ("2026-09-20 08:30", "2026-09-22 09:00", "2026-09-24 08:30"):
        window.at(moment).run_all()
    assert TITLE in str(window.dump()["delivery"])
    window.at("2026-09-24 10:00")
    return number


def holds(window: Window, text: str) -> list[str]:
    """Where a text stands: tables, what the planner knows of them, and the files of SQLite."""
    cells = {name: " ".join(str(cell) for row in rows for cell in row) for name, rows in window.dump().items()}
    found = [name for name, said in cells.items() if text in said or ascii(text)[1:-1] in said]
    if window.url.startswith("sqlite"):
        file = Path(str(sa.make_url(window.url).database))
        return found + [path.name for path in file.parent.glob(f"{file.name}*") if text.encode() in _read(path)]
    with window.app.reading() as session:
        known = session.connection().execute(sa.text("SELECT * FROM pg_stats WHERE schemaname = 'public'"))
        return found + ["pg_stats"] * (text in str(known.all()))


def _read(path: Path) -> bytes:
    """By another process: one that opens and closes a file of SQLite's loses all the locks it holds on it."""
    reads = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"
    return subprocess.run([sys.executable, "-c", reads, str(path)], capture_output=True, check=True).stdout


def test_an_applicant_is_gone_from_every_place_and_the_chain_fits(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, window = told(sla, monkeypatch), sla.window
    with window.app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    texts = [NAME, PHONE, TITLE, *(row.salt for row in window.rows("party") if row.value in (NAME, PHONE, TITLE))]
    assert len(texts) == 6, "a name could be tried against its digest as long as the salt is there"
    assert all(holds(window, text) for text in texts)
    events = window.dump()["case_event"]

    arguments = ("case", "blank", number, "--reason", LAW)
    assert sla.refuses(*arguments).startswith("by: is missing")
    assert sla.refuses(*arguments, "--by", "li") == "by: li may not blank; managers and administrators may: zhao"
    assert sla.refuses("case", "blank", number, "--reason", f"{NAME}申请", "--by", "zhao") == (
        "reason: holds what is to be blanked, and stays on record; say it without the name"
    )
    with every_connection("PRAGMA secure_delete = OFF"):  # as SQLite is, but for some who build it
        done = sla(*arguments, "--by", "zhao", "--json").json
    assert done == {"blanked": number, "still_in": [], "gone_from_files": window.url.startswith("sqlite")}

    assert {text: holds(window, text) for text in texts} == {text: [] for text in texts}
    assert window.rows("party")[0].value == "云溪地块", "of another case nothing is gone"
    assert [row for row in window.dump()["case_event"] if row in events] == events, "events are as they were"
    assert sla("audit", "verify").out == "every chain and every anchor fits\n"
    assert "personal data" not in sla("doctor", "--rebuild").out
    said = sla("case", "show", number).out
    assert f"personal data blanked by law on Thu 24 Sep 2026: {LAW}" in said
    shown = sla("case", "show", number, "--json").json
    assert shown["blanked"] == {"on": "2026-09-24", "reason": LAW, "by": "zhao"}
    assert (shown["title"], shown["events"][-1]["kind"]) == ("", "blanked")
    with serving(window.app) as base:
        page = httpx.get(f"{base}/cases/{quote(number)}", trust_env=False, verify=False).text
    assert LAW in page and NAME not in page
    assert "▇▇" in sla("deliveries", "--case", number).out, "what was refused, and why, but for the name"

    assert sla(*arguments, "--by", "zhao").out.startswith(f"{number} was blanked before\n")
    assert len(window.find(number).events) == len(shown["events"]), "which is no event"
    assert sla.refuses("case", "void", number, str(shown["events"][-1]["seq"]), "--reason", "x", "--by", "zhao") == (
        f"event: {shown['events'][-1]['seq']} says that personal data were blanked; what is gone stays gone"
    )
    window.void(number, 1, "2026-09-18 09:20")  # the receipt anew brings no title back
    assert (window.find(number).row.title, holds(window, TITLE)) == ("", [])


def test_where_the_name_stands_all_the_same_is_said(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a reason, in another case, and in a title that an earlier version wrote into the chain itself."""
    window = sla.window
    other = window.receive(applicant=NAME)
    with monkeypatch.context() as earlier:
        earlier.setattr("sla.service.records.PERSONAL", ("applicant", "contact"))
        number = window.receive(applicant=NAME, title=TITLE, accept=False)
    assert TITLE in sla("case", "show", number, "--json").out
    window.record(number, "refused", reason=f"{NAME}未提交材料")
    out = sla("case", "blank", number, "--reason", LAW, "--by", "zhao").out.splitlines()
    assert out[:4] == [
        f"the personal data of {number} are blanked",
        f"! still in {number}: event 1, which cannot be changed",
        f"! still in {number}: event 2, which cannot be changed",
        f"! still in {other}: party 1 applicant",
    ]
    assert sla("audit", "verify").code == 0
    assert TITLE not in sla("case", "show", number, "--json").out, "what cannot be taken out is shown to nobody"
    window.void(number, 2)
    window.void(number, 1, "2026-09-18 09:20")
    assert window.find(number).row.title == "", "nor brought back"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "DELETE FROM party WHERE field = 'applicant'",
            "applicant of event 1 is gone, and nobody blanked it on record",
        ),
        ("UPDATE party SET value = '', salt = ''", "title of event 1 is gone, and nobody blanked it on record"),
    ],
)
def test_a_name_that_somebody_took_out_in_silence_is_found(sla: CommandLine, change: str, found: str) -> None:
    number = sla.window.receive(applicant=NAME, title=TITLE)
    sla.window.tamper(change)
    said = sla("audit", "verify")
    assert (said.code, found in said.out) == (1, True)
    assert sla("case", "blank", number, "--reason", LAW, "--by", "zhao").code == 0, "it can be put on record afterwards"
    assert sla("audit", "verify").code == 0


def test_who_has_left_the_office_is_blanked_but_for_the_id(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    number, window = told(sla, monkeypatch), sla.window
    arguments = ("office", "blank", "chen", "--reason", LAW, "--by", "zhao")
    assert sla.refuses(*arguments) == "person: chen is on the staff; take them out of the office file first"
    assert sla.refuses("office", "blank", "xu", "--reason", LAW, "--by", "zhao").startswith("person: 'xu' is nobody")
    assert sla("absence", "add", "chen", "--from", "2026-10-09", "--to", "2026-10-10", "--by", "chen").code == 0
    window.apply(LEFT)
    assert holds(window, "Chen Jie") and holds(window, "chen@example.org")
    done = sla(*arguments, "--json").json
    assert (done["blanked"], done["still_in"]) == ("chen", [])
    assert (holds(window, "Chen Jie"), holds(window, "chen@example.org")) == ([], [])
    assert window.rows("absence") == [], "when they were away is gone too"
    assert f"chen  blanked by law on 2026-09-24: {LAW}" in sla("office", "show").out
    assert sla("office", "show", "--json").json["blanked"] == [
        {"id": "chen", "on": "2026-09-24", "by": "zhao", "reason": LAW}
    ]
    assert " · chen" in sla("case", "show", number).out
    assert sla("audit", "verify").code == 0
    assert sla(*arguments).out.startswith("chen was blanked before\n")
