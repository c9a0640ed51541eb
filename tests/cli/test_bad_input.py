"""Wrong input ends in one line on standard error that names the field, exit code 2, and nothing written.

Every case of the issue's paragraph "Bad input", by hand, on both databases.
"""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sla.store.migrate import head_revision
from tests.cli.cast import CommandLine, one_line
from tests.service.cast import OFFICE, policy_text

NUMBER = "选字第20260001号"
ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)  # it ends before, or apart from, the tables


@pytest.fixture
def case(sla: CommandLine) -> str:
    """Received and accepted on Friday 2026-09-18; now it is Monday 09-21, 10:00."""
    number = sla.window.receive()
    sla.at("2026-09-21 10:00")
    return number


# --- what is unknown -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("case receive demolition --by li", "permit: 'demolition' is unknown; known are: acceptance_notice, "),
        (
            "case show 选字第20269999号",
            "case: '选字第20269999号' is unknown in planning-window; look with `sla case list`",
        ),
        ("case decide 选字第20269999号", "case: '选字第20269999号' is unknown in planning-window"),
        ("case show {case} --office elsewhere", "office: 'elsewhere' is unknown; known are: planning-window"),
        ("today --office elsewhere", "office: 'elsewhere' is unknown; known are: planning-window"),
        ("case decide {case} --by nobody", "actor: 'nobody' is nobody here; known are: chen, li, sun, wang, zhao"),
        ("case receive site_selection", "handler: '' is nobody here; known are: chen, li, sun, wang, zhao"),
        ("case receive site_selection --by li --handler nobody", "handler: 'nobody' is nobody here; known are: "),
        ("case receive site_selection --by li --first-contact nobody", "first_contact: 'nobody' is nobody here"),
        ("case reassign {case} nobody", "handler: 'nobody' is nobody here"),
        ("case pause {case} --ground hearing --admitted-by nobody", "admitted_by: 'nobody' is nobody here"),
        (
            "case explain {case} --clock nonsense",
            "clock: 'nonsense' is no clock of this case; it has: intake, promise, ",
        ),
        ("case ack {case} nonsense", "clock: 'nonsense' is no clock of site_selection; it has: intake, promise, "),
        ("case stage {case} review", "stage: 'review' is unknown; known are: none"),
        ("case rebase {case} cn_planning 9 --reason r", "policy: cn_planning has no version 9 here"),
        ("today --handler nobody", "handler: 'nobody' is nobody here"),
        ("due cn_planning.demolition --on 2026-09-18", "permit: 'demolition' is unknown in cn_planning; known are: "),
        ("due elsewhere.site_selection --on 2026-09-18", "policy: 'elsewhere' is no preset; shipped are: cn_planning"),
    ],
)
def test_what_is_unknown_is_named_with_what_is_known(sla: CommandLine, case: str, arguments: str, line: str) -> None:
    assert sla.refuses(*arguments.format(case=case).split()).startswith(line)


# --- what the history does not allow ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("case resume {case}", "pause: say which pause to resume; open are: none"),
        ("case resume {case} --pause 2", "pause: 2 is no open pause at that time; open are: none"),
        (
            "case pause {case} --ground weather",
            "ground: 'weather' pauses no clock here; grounds are: expert_review, hearing, ",
        ),
        (
            "case accept {case}",
            "kind: accepted cannot follow here: the case is accepted; it may come while it is received",
        ),
        ("case complete {case}", "kind: correction_received cannot follow here"),
        (
            "case deliver {case}",
            "kind: delivered cannot follow here: the case is accepted; it may come while it is decided",
        ),
        (
            "case extend {case} --amount 5 --reason r --approver zhao",
            "clock: statutory cannot be extended: 地方性法规另行规定了期限",
        ),
        (
            "case void {case} 9 --reason r",
            "event: 9 is no event that stands; those that do: 1 (received), 2 (accepted)",
        ),
        (
            "case void {case} 1 --reason r",
            "event: 1 is the receipt the case begins with; replace it (--at), or record its withdrawal",
        ),
        ("case void {case} 2 --reason ", "reason: is needed to void an event"),
    ],
)
def test_what_the_history_does_not_allow_is_refused(sla: CommandLine, case: str, arguments: str, line: str) -> None:
    assert sla.refuses(*arguments.format(case=case).split(" ")).startswith(line)


def test_a_case_is_decided_once(sla: CommandLine, case: str) -> None:
    assert sla("case", "decide", case).code == 0
    assert sla.refuses("case", "decide", case) == "kind: the case has been decided already; void that decision first"
    sla.at("2026-09-21 10:01")  # at one and the same moment a pause would come before the decision (R13)
    assert sla.refuses("case", "pause", case, "--ground", "hearing").startswith("kind: paused cannot follow here")


# --- times -----------------------------------------------------------------------------------------------------------
@ON_ONE
@pytest.mark.parametrize(
    ("moment", "line"),
    [
        ("2026-09-22", "occurred_at: 2026-09-22 00:00 lies in the future; record decided once it has happened"),
        ("2026-09-21T10:06+08:00", "occurred_at: 2026-09-21 10:06 lies in the future"),
        ("2026-09-17", "occurred_at: lies before the case began"),
        ("2026-09-18T09:00+08:00", "occurred_at: lies before the case began"),
        ("2026-09-21T09:00", "at: 2026-09-21T09:00 has no time zone; write 2026-09-21T09:00+08:00"),
        ("2026-09-31", "at: '2026-09-31' is no date or time; write 2026-09-18 or 2026-09-18T15:00+08:00"),
        ("yesterday", "at: 'yesterday' is no date or time"),
        ("9999-12-31", "occurred_at: 9999-12-31 00:00 lies in the future"),
        ("0001-01-01", "at: '0001-01-01' is no date or time"),
        ("0001-01-01T00:00+14:00", "occurred_at: lies before the case began"),
    ],
)
def test_a_time_that_cannot_be_is_refused(sla: CommandLine, case: str, moment: str, line: str) -> None:
    assert sla.refuses("case", "decide", case, "--at", moment).startswith(line)


@pytest.mark.parametrize("moment", ["2026-09-22", "2026-09-21T10:06+08:00", "2019-04-22", "2200-12-31"])
def test_a_case_is_received_neither_in_the_future_nor_before_there_was_a_policy(
    sla: CommandLine, case: str, moment: str
) -> None:
    said = sla.refuses("case", "receive", "site_selection", "--by", "li", "--at", moment)
    assert said.startswith(("occurred_at: ", "permit: site_selection has no policy in force on 2019-04-22"))


@ON_ONE
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("report --from 2026-13-01", "from: '2026-13-01' is no date; write 2026-09-18"),
        ("report --from 2026-09-02 --to 2026-09-01", "from: 2026-09-02 is later than 2026-09-01"),
        ("report --to 0001-01-01", "to: "),
        ("case pause {case} --ground hearing --until soon", "until: 'soon' is no date; write 2026-09-18"),
        ("due cn_planning.site_selection --on 2026-02-30", "on: "),
        ("due cn_planning.site_selection", "permit: is needed, and so is --on"),
    ],
)
def test_other_dates_that_cannot_be_are_refused(sla: CommandLine, case: str, arguments: str, line: str) -> None:
    assert sla.refuses(*arguments.format(case=case).split()).startswith(line)


# --- the command line itself -----------------------------------------------------------------------------------------
@ON_ONE
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("case", "Missing command."),
        ("nonsense", "No such command 'nonsense'."),
        ("case decide", "Missing argument 'NUMBER'"),
        ("case decide {case} --nonsense", "No such option: --nonsense"),
        ("case void {case} two --reason r", "Invalid value for 'event': Input should be a valid integer"),
        ("serve --port 70000", "Invalid value for '--port': Input should be less than or equal to 65535"),
    ],
)
def test_a_command_that_does_not_parse_is_one_line(sla: CommandLine, case: str, arguments: str, line: str) -> None:
    before = sla.window.dump()
    said = sla(*arguments.format(case=case).split())
    assert sla.window.dump() == before
    assert said.code == 2
    if arguments != "case":  # a bare group shows its commands
        assert one_line(said).lower().startswith(line.lower().rstrip(".")), said.err


@ON_ONE
@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SLA_PORT", "http", "SLA_PORT: "),
        ("SLA_LANGUAGE", "fr", "SLA_LANGUAGE: "),
        ("SLA_LOG_LEVEL", "LOUD", "SLA_LOG_LEVEL: "),
        ("SLA_OFFICE", "elsewhere", "office: 'elsewhere' is unknown"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    assert sla.refuses("today").startswith(line)


# --- the office file -------------------------------------------------------------------------------------------------
def changed(old: str, new: str) -> str:
    assert OFFICE.count(old) >= 1, old
    return OFFICE.replace(old, new, 1)


WITH_CLOSED_AND_OPEN = (
    OFFICE
    + """
[calendar.closed]
2026-11-11 = "moving house"
[calendar.open]
2026-11-11 = "open day"
"""
)


@ON_ONE
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[office\n", "office.toml: is no TOML: "),
        ("", "office.policy: is missing"),
        (changed('slug = "planning-window"', ""), "office.slug: is missing"),
        (
            changed('slug = "planning-window"', 'slug = "Planning Window"'),
            "office.slug: 'Planning Window' must be small letters",
        ),
        (changed('slug = "planning-window"', "slug = 5"), "office.slug: must be a text"),
        (
            changed('policy = "cn_planning"', 'policy = "fr_planning"'),
            "policy policy: 'fr_planning' is no preset; shipped are: cn_planning",
        ),
        (
            changed('policy = "cn_planning"', 'policy_file = "none.toml"'),
            "office.policy_file: cannot be read: No such file",
        ),
        (changed('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"'), "calendar.zone: "),
        (changed('language = "en"', 'language = "fr"'), "office.language: 'fr' is unknown; known are: zh, en"),
        (changed("[office]", "[office]\ncolour = 1"), "office.colour: is unknown; known are: "),
        (OFFICE + "\n[extras]\n", "extras: is unknown; known are: "),
        (WITH_CLOSED_AND_OPEN, "calendar.closed: 2026-11-11 is both closed and open in the layer 'office'; keep one"),
        (OFFICE + '\n[calendar]\ncountry = "ZZ"\n', "calendar.country: "),
        (OFFICE + '\n[calendar]\nsubdiv = "ZZ"\n', "calendar.subdiv: "),
        (OFFICE + "\n[calendar]\ncountry = 5\n", "calendar.country: "),
        (OFFICE + "\n[calendar]\nsubdiv = 5\n", "calendar.subdiv: "),
        (OFFICE + "\n[calendar.closed]\nsoon = 'x'\n", "calendar.closed: 'soon' is no date; write 2026-09-18"),
        (
            OFFICE + '\n[hours]\nmon = [["09:00", "08:00"]]\n',
            "calendar.hours.mon[0]: closes at 08:00, not after it opens at 09:00",
        ),
        (
            OFFICE + '\n[hours]\nmon = [["09:00", "12:00"], ["11:00", "17:00"]]\n',
            "calendar.hours.mon[1]: opens at 11:00, before the span ahead of it closes",
        ),
        (OFFICE + '\n[hours]\nmonday = [["09:00", "12:00"]]\n', "calendar.hours.monday: is no weekday"),
        (OFFICE + "\n[hours]\nmon = 9\n", "calendar.hours.mon: "),
        (OFFICE + "\n[hours]\nmon = [9]\n", "calendar.hours.mon[0]: must be an opening and a closing time"),
        ("hours = 9\n" + OFFICE, "hours: "),
        (OFFICE + '\n[lookup]\non = "yes"\n', "lookup.on: 'yes' must be true or false"),
        (OFFICE + "\n[lookup]\noff = true\n", "lookup.off: is unknown; known are: link, on"),
        (
            OFFICE + '\n[lookup]\non = true\nlink = "javascript:alert(1)"\n',
            "lookup.link: must be an address; write https://look.office.example",
        ),
        (OFFICE + "\n[lookup]\nlink = 5\n", "lookup.link: must be an address; write https://look.office.example"),
        (OFFICE + '\n[messages]\nfrom = "18:00"\nto = "08:00"\n', "messages.to: must be later than messages.from"),
        (
            OFFICE + '\n[messages]\ndigest = "half past eight"\n',
            "messages.digest: 'half past eight' is no time; write 08:30",
        ),
        (
            changed('kind = "log"', 'kind = "pigeon"'),
            "channels.desk.kind: 'pigeon' is unknown; known are: log, webhook, email",
        ),
        (changed('kind = "log"', ""), "channels.desk.kind: None is unknown"),
        (changed('url = "http://127.0.0.1:9/hook"', ""), "channels.hook.url: is missing"),
        (
            changed('url = "http://127.0.0.1:9/hook"', 'url = "ftp://x/y"'),
            "channels.hook.url: must begin with https:// or http://",
        ),
        (
            changed('secret_env = "SLA_HOOK_SECRET"', 'secret = "whsec_abc"'),
            "channels.hook.secret: is a secret: put it in the environment",
        ),
        (
            changed('secret_env = "SLA_HOOK_SECRET"', 'secret_env = "whsec_abc"'),
            "channels.hook.secret_env: must be the name of an environment",
        ),
        (changed('secret_env = "SLA_HOOK_SECRET"', ""), "channels.hook.secret_env: is missing: messages are signed"),
        (
            changed('secret_env = "SLA_HOOK_SECRET"', 'token_env = "SLA_X"'),
            "channels.hook.token_env: is unknown for webhook; secrets are: ",
        ),
        (
            changed("http://127.0.0.1:9/hook", "http://"),
            "channels.hook.url: must begin with https:// or http:// and name a host",
        ),
        (
            changed('sender = "window@example.org"', 'sender = "the window"'),
            "channels.mail.sender: must be one mail address",
        ),
        (changed('host = "127.0.0.1"', ""), "channels.mail.host: is missing"),
        (changed('security = "none"', 'security = "magic"'), "channels.mail.security: "),
        (changed('security = "none"', 'port = "mail"'), "channels.mail.port: "),
        (changed('security = "none"', 'colour = "red"'), "channels.mail.colour: is unknown for email; known are: "),
        ("channels = 5\n" + OFFICE[: OFFICE.index("[channels")], "channels: must be a table"),
        (OFFICE[: OFFICE.index("[[staff]]")], "staff: must hold at least one person"),
        (changed('id = "chen"', 'id = "li"'), "staff[0].id: 'li' is there twice"),
        (changed('name = "Li Min"', ""), "staff[0].name: is missing"),
        (
            changed('stand_in = "chen"', 'stand_in = "nobody"'),
            "staff[0].stand_in: 'nobody' is nobody here; known are: ",
        ),
        (changed('stand_in = "chen"', 'stand_in = "li"'), "staff[0].stand_in: cannot be the person themself"),
        (changed('roles = ["clerk"]', 'roles = ["king"]'), "staff[0].roles: 'king' is unknown; known are: "),
        (changed('roles = ["clerk"]', "roles = 5"), "staff[0].roles: "),
        (changed('roles = ["clerk"]', 'roles = "clerk"'), "staff[0].roles: "),
        (
            changed('addresses = { desk = "chen" }', ""),
            "staff[1].addresses: is missing: nothing could reach this person",
        ),
        (
            changed('addresses = { desk = "chen" }', 'addresses = { fax = "1" }'),
            "staff[1].addresses: 'fax' is no channel here; known are: ",
        ),
        (changed("first = 2026-10-19", 'first = "soon"'), "staff[0].absences: 'soon' is no date; write 2026-09-18"),
        (changed("first = 2026-10-19", "first = 2026-10-29"), "staff[0].absences: "),
        (changed("[{ first = 2026-10-19, last = 2026-10-23 }]", "5"), "staff[0].absences: "),
        (changed("[{ first = 2026-10-19, last = 2026-10-23 }]", "[2026-10-19]"), "staff[0].absences: "),
        (
            changed('["supervision", "auditor"]', '["auditor"]'),
            "staff: nobody has the role supervision, whom the policy's ladders tell",
        ),
        ("staff = 5\n" + OFFICE[: OFFICE.index("[[staff]]")], "staff: must hold at least one person"),
        ("staff = [5]\n" + OFFICE[: OFFICE.index("[[staff]]")], "staff[0]: must be a table"),
    ],
)
def test_an_office_file_that_cannot_be_is_refused_whole(sla: CommandLine, text: str, line: str) -> None:
    assert sla.refuses("office", "apply", sla.file(text)).startswith(line)


@ON_ONE
def test_a_file_that_cannot_be_read_is_named(sla: CommandLine, tmp_path: Path) -> None:
    assert sla.refuses("office", "apply", str(tmp_path / "none.toml")).endswith(
        "none.toml cannot be read: No such file or directory"
    )
    (tmp_path / "latin.toml").write_bytes("name = 'Büro'".encode("latin-1"))
    assert sla.refuses("office", "apply", str(tmp_path / "latin.toml")).endswith(
        "latin.toml is not UTF-8; save it as UTF-8"
    )


# --- the policy ------------------------------------------------------------------------------------------------------
POLICY = policy_text(2, "2026-09-20")
PROMISE = "promise = { amount = 4, extensions = { most_times = 1, most_amount = 2 } }"


@ON_ONE
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            PROMISE,
            "promise = { amount = 31 }",
            "policy clocks.site_selection.promise.limit.amount: 31 is more than the 30 of statutory (R12)",
        ),
        (
            PROMISE,
            'promise = { amount = 4, limit = { amount = 4, unit = "calendar_days" } }',
            "policy clocks.site_selection.promise.limit.unit: must be working_days",
        ),
        (
            PROMISE,
            'promise = { amount = 4, first_day = "same" }',
            "policy clocks.site_selection.promise.first_day: must be next, as for statutory (R12)",
        ),
        (
            PROMISE,
            'promise = { amount = 4, intake = "next_working_day" }',
            "policy clocks.site_selection.promise.intake: ",
        ),
        (
            PROMISE,
            'promise = { amount = 4, starts_on = ["received"] }',
            "policy clocks.site_selection.promise.starts_on: must be the same as that of statutory (R12)",
        ),
        (
            PROMISE,
            "promise = { amount = 4, extensions = { most_times = 3, most_amount = 9 } }",
            "policy clocks.site_selection.promise.extensions: can add 27, more than the 26",
        ),
        (
            "statutory = { amount = 30, extensions",
            "statutory = { amount = 30, grounds = [], extensions",
            "policy clocks.site_selection.promise.grounds: expert_review, hearing, public_notice does not",
        ),
        (
            "statutory = { amount = 30, extensions",
            'statutory = { amount = 30, cutoff = "closing", extensions',
            "policy clocks.site_selection.promise.cutoff: must not be later",
        ),
        ("[policy]", "[policy", "policy policy: is no TOML: "),
        ("version = 2", "version = 0", "policy policy.version: must be a whole number from 1 on"),
        ('zone = "Asia/Shanghai"', 'zone = "Mars"', "policy policy.zone: "),
        (
            "选字第{year}{seq:04}号",
            "选字第{year}号",
            "policy permits.site_selection.number: '选字第{year}号' must hold {year} and {seq}",
        ),
        (
            'gravity = "reminder"',
            'gravity = "shout"',
            "policy ladders.promise[0].gravity: 'shout' is unknown; known are: reminder, ",
        ),
        ("[ladders", "[laders", "policy laders: is unknown; known are: "),
        ("review = {}", "audit = {}", "policy permits.site_selection.clocks.audit: has no template"),
        (
            "valid_from = 2026-09-20",
            'valid_from = "soon"',
            "policy policy.valid_from: must be a date such as 2026-01-01",
        ),
    ],
)
def test_a_policy_that_cannot_be_is_refused(sla: CommandLine, old: str, new: str, line: str) -> None:
    assert old in POLICY
    sla.file(POLICY.replace(old, new, 1), "policy.toml")
    office = sla.file(OFFICE.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'))
    assert sla.refuses("office", "apply", office).startswith(line)


# --- the database ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("command", ["today", "doctor", "case list", "case show x", "report"])
def test_a_newer_database_is_refused_by_every_command(sla: CommandLine, command: str) -> None:
    sla.window.tamper("UPDATE alembic_version SET version_num = '9999'")
    try:
        assert sla.refuses(*command.split()) == (
            "database_url: the schema 9999 is newer than this version of shixian; upgrade shixian first"
        )
        assert sla.refuses("migrate").startswith("database_url: the schema 9999 is newer")
    finally:
        sla.window.tamper(f"UPDATE alembic_version SET version_num = '{head_revision()}'")


@ON_ONE
def test_an_empty_database_says_to_migrate(sla: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    assert one_line(sla("today")) == "database_url: the database is empty; run `sla migrate` first"


@ON_ONE
def test_a_database_that_is_not_there_is_not_made(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert one_line(sla("today")).startswith("database_url: there is no database at")
    assert not (tmp_path / "none.db").exists()


@ON_ONE
def test_a_database_without_an_office_says_to_apply_one(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/bare.db")
    assert sla("migrate").code == 0
    assert one_line(sla("today")) == "office: there is none yet; run `sla office apply office.toml` first"


@ON_ONE
def test_a_database_on_a_network_share_is_refused(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sla.store.engine._mounts", lambda: f"nas:/x {tmp_path} nfs rw 0 0\n")
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/share.db")
    for command in ("migrate", "today", "doctor"):
        assert "lies on a network share (nfs)" in one_line(sla(command))
    assert not (tmp_path / "share.db").exists()


@ON_ONE
def test_a_password_is_in_no_error(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in (
        "postgresql+psycopg://u:hunter2@127.0.0.1:9/x",
        "postgresql+psycopg://u:hunter2@h:x/y",
        "bad://u:hunter2@h/y",
    ):
        monkeypatch.setenv("SLA_DATABASE_URL", url)
        for command in ("today", "migrate"):
            line = one_line(sla(command))
            assert line.startswith("database_url: ")
            assert "hunter2" not in line


# --- by a real process -----------------------------------------------------------------------------------------------
@ON_ONE
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["case", "show", "nonsense"],
            "error: case: 'nonsense' is unknown in planning-window; look with `sla case list`\n",
        ),
        (
            ["due", "cn_planning.nonsense", "--on", "2026-09-18"],
            "error: permit: 'nonsense' is unknown in cn_planning; known are: ",
        ),
    ],
)
def test_a_real_process_ends_with_2_and_one_line(sla: CommandLine, arguments: list[str], line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sla", *arguments], capture_output=True, text=True, timeout=60,
        env={**os.environ, "SLA_DATABASE_URL": sla.window.url}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
