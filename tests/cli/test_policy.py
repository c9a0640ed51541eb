"""`sla policy` and `sla case rebase`: what they show, ask and refuse; `check` needs no database."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sla.presets import text_of
from tests.cli.cast import CommandLine, one_line
from tests.service.cast import policy_text

ON_ONE = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)  # it ends before, or apart from, the tables
SLA = [sys.executable, "-W", "error", "-m", "sla"]


@pytest.fixture
def second(sla: CommandLine) -> str:
    """The file of a second version, to come on Thursday 2026-10-08, with 6 days for site selections."""
    return sla.file(policy_text(2, "2026-10-08", promise=6), "second.toml")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody sits at the terminal; what is put in is answered in turn, and what was asked comes after it."""
    answers: list[str] = []

    def confirm(question: str) -> bool:
        answer = answers.pop(0)
        answers.append(question)
        return answer == "y"

    monkeypatch.setattr("sla.cli.context.typer.confirm", confirm)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    return answers


def offline(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, in an empty folder, with nothing said of a database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLA_")}
    environment |= {"SLA_LANGUAGE": "en", "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        [*SLA, *arguments], capture_output=True, text=True, timeout=60, env=environment, cwd=folder, check=False
    )


# --- check -----------------------------------------------------------------------------------------------------------
def test_check_makes_and_reads_no_database(tmp_path: Path) -> None:
    done = offline("policy", "check", "cn_planning", "--on", "2026-09-18", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Fri 18 Sep 2026 · as asked" in done.stdout
    # Worked examples: 09-18 | 6 is 09-28. Intake: 20, 21, 22, 23, 24.
    assert "promise: accepted Fri 18 Sep → due Mon 28 Sep 2026 (6 working days)" in done.stdout
    assert "intake: received Fri 18 Sep → due Thu 24 Sep 2026 (5 working days)" in done.stdout
    assert "Sun 20 Sep make-up working day · Fri 25 Sep holiday (Mid-Autumn Festival)" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_check_looks_at_no_database_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_DATABASE_URL", "postgresql+psycopg://nobody:x@127.0.0.1:9/none")
    done = subprocess.run([*SLA, "policy", "check", "cn_planning"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@ON_ONE
def test_check_tells_every_problem_with_its_line_and_ends_with_2(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = policy_text(2, "2026-10-08", promise=31).replace("version = 2", "version = 0").replace('= "CN"', '= "ZZ"')
    file = sla.file(text, "bad.toml")
    said = sla("policy", "check", file)
    lines = text.splitlines()
    numbers = {
        number for number, line in enumerate(lines, start=1) if line in ("version = 0", 'country = "ZZ"          ')
    }
    assert said.code == 2
    assert said.err == ""
    first, *problems = said.out.splitlines()
    assert first == f"{file}: 4 problems"
    assert problems[0].startswith(f"  ! line {min(numbers)}: policy.version: must be a whole number from 1 on")
    assert [problem.split(": ")[1] for problem in problems] == [
        "policy.version",
        "policy.country",
        "permits.site_selection.clocks.promise.limit.amount",
        "permits.site_selection.clocks.promise.extensions",
    ]
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = sla("policy", "check", file)
    assert said.out.startswith(f"{file}：4 处问题\n  ! 第 {min(numbers)} 行：policy.version：")


@ON_ONE
def test_check_in_json_tells_problems_warnings_and_samples(sla: CommandLine) -> None:
    said = sla("policy", "check", "cn_planning", "--on", "2026-12-31", "--json").json
    assert (said["policy"], said["version"], said["right"], said["problems"]) == ("cn_planning", 1, True, [])
    assert [warning["field"] for warning in said["warnings"]] == [
        "permits.site_selection.clocks.promise",
        "permits.land_use.clocks.promise",
    ]
    sample = next(s for s in said["samples"] if (s["permit"], s["clock"]) == ("site_selection", "promise"))
    # Past the year's end nothing is announced; 1 January, a Friday, is off by law: 01-04, 05, 06, 07.
    assert (sample["starts_on"], sample["on"], sample["why"]) == ("accepted", "2026-12-31", "asked")
    assert (sample["after"]["due_on"], sample["after"]["provisional"], sample["before"]) == ("2027-01-07", True, None)
    wrong = sla("policy", "check", sla.file("[policy]\nid = 1\n", "bad.toml"), "--json")
    assert (wrong.code, wrong.json["right"], wrong.json["samples"]) == (2, False, [])
    assert wrong.json["problems"][-2] == {"field": "policy.id", "line": 2, "message": "must be a text"}


@ON_ONE
def test_check_without_a_day_samples_telling_days_from_tomorrow_on(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.app.wall_clock", lambda: sla.window.now)
    sla.at("2026-09-17 10:00")
    samples = sla("policy", "check", "cn_planning", "--json").json["samples"]
    assert list(dict.fromkeys((sample["on"], sample["why"]) for sample in samples)) == [
        ("2026-09-18", "before_makeup"), ("2026-09-24", "before_holiday"), ("2026-12-31", "year_end"),
    ]  # fmt: skip


@ON_ONE
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("policy check fr_planning", "policy: 'fr_planning' is no file and no pack; packs are: cn_planning"),
        ("policy check cn_planning --on 2026-02-30", "on: '2026-02-30' is no date; write 2026-09-18"),
        ("policy check cn_planning --on soon", "on: 'soon' is no date; write 2026-09-18"),
        ("policy check {folder}", "file: {folder} cannot be read: Is a directory"),
        ("policy publish fr_planning --yes", "policy: 'fr_planning' is no file, no draft and no pack; drafts are: "),
        ("policy publish {second} --yes --from 2026-13-01", "from: '2026-13-01' is no date"),
        ("policy publish {second} --yes --by li", "by: li may not publish; those who may are: zhao"),
        ("policy publish {second}", "yes: nobody can be asked here; look with --dry-run, then publish with --yes"),
        ("policy publish {second} --json", "yes: nobody can be asked here"),
        ("policy publish {second} --yes --from 2026-09-17", "valid_from: cn_planning 2 would be valid from 2026-09-17"),
        ("policy draft none.toml", "file: none.toml cannot be read: No such file or directory"),
        ("policy draft cn_planning --discard", "policy: 'cn_planning' has no draft; drafts are: none"),
        ("policy show cn_planning 7", "version: cn_planning has no version 7 here; published are: 1"),
        ("policy show other", "policy: 'other' is no file, no draft and no pack"),
        ("policy list --office elsewhere", "office: 'elsewhere' is unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(sla: CommandLine, second: str, arguments: str, line: str) -> None:
    asked = arguments.format(folder=sla.folder, second=second)
    assert sla.refuses(*asked.split()).startswith(line.format(folder=sla.folder))


# --- publish ---------------------------------------------------------------------------------------------------------
def test_publish_shows_what_changes_and_the_samples_of_both_then_publishes(sla: CommandLine, second: str) -> None:
    said = sla("policy", "publish", second, "--yes", "--by", "zhao")
    assert (said.code, said.err) == (0, "")
    for line in (
        "cn_planning 2 · Planning approval window: valid from Thu 8 Oct 2026",
        "What version 2 changes after version 1",
        "  Site selection opinion · promise · limit: 4 working days → 6 working days",
        "  Site selection opinion · clock: new: review stage (2 working days)",
        "Thu 8 Oct 2026 · the next working day",
        # 4 days: 9, Saturday 10 (worked), 12, 13; 6 days: and 14, 15.
        "    promise: accepted Thu 8 Oct → version 1 due Tue 13 Oct 2026 (4 working days)"
        " ⇒ version 2 due Thu 15 Oct 2026 (6 working days)",
        "      Thu 8 Oct first day, not counted · Sat 10 Oct make-up working day · Thu 15 Oct counted 6 of 6",
        "    review stage: stage entered Thu 8 Oct → version 1 – ⇒ version 2 due Sat 10 Oct 2026 (2 working days)",
        "Fri 9 Oct 2026 · the last working day before a make-up working day",
        "published: cn_planning 2, valid from Thu 8 Oct 2026",
    ):
        assert line in said.out.splitlines(), line
    assert sla("policy", "publish", second, "--yes").out == (
        "cn_planning 2 · Planning approval window: valid from Thu 8 Oct 2026\n"
        "published already, to the letter; nothing is done\n"
    )


def test_publish_in_json(sla: CommandLine, second: str) -> None:
    said = sla("policy", "publish", second, "--dry-run", "--json").json
    assert (said["policy"], said["version"], said["after_version"], said["published"]) == ("cn_planning", 2, 1, False)
    assert said["differences"][-1]["permit"] == "site_selection"
    assert len(sla.window.rows("policy_version")) == 1
    assert sla("policy", "publish", second, "--yes", "--from", "2026-11-02", "--json").json["published"] is True
    assert str(sla.window.rows("policy_version")[1].valid_from) == "2026-11-02"
    assert sla("policy", "publish", second, "--yes", "--json").json["already_published"] is True


@ON_ONE
def test_publish_asks_at_a_terminal_and_does_as_it_is_told(
    sla: CommandLine, second: str, terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal += ["n"]
    before = sla.window.dump()
    assert sla("policy", "publish", second).code == 1
    assert sla.window.dump() == before
    assert terminal == ["Publish cn_planning 2, valid from Thu 8 Oct 2026? A version is never changed afterwards."]
    terminal[:] = ["y"]
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = sla("policy", "publish", second)
    assert terminal == ["发布 cn_planning 2，自2026年10月8日 周四起施行？版本发布后不再更改。"]
    assert "  建设项目选址意见书 · 承诺时限 · 时限：4 个工作日 → 6 个工作日" in said.out.splitlines()
    assert said.out.endswith("已发布：cn_planning 2，自2026年10月8日 周四起施行\n")


@ON_ONE
def test_a_dry_run_asks_nobody_and_writes_nothing(sla: CommandLine, second: str) -> None:
    before = sla.window.dump()
    said = sla("policy", "publish", second, "--dry-run")
    assert said.code == 0
    assert "What version 2 changes after version 1" in said.out
    assert sla.window.dump() == before


def test_two_processes_that_publish_at_once_do_not_both_win(sla: CommandLine) -> None:
    """By the real clock, so from a day that is far off."""
    files = [sla.file(policy_text(2, "2035-01-02", promise=promise), f"{promise}.toml") for promise in (5, 6)]
    environment = {**os.environ, "SLA_DATABASE_URL": sla.window.url}

    def publishing(file: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SLA, "policy", "publish", file, "--yes"], capture_output=True, text=True, check=False, env=environment
        )

    subprocess.run([*SLA, "doctor", "--trust-clock"], capture_output=True, check=False, env=environment)
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(publishing, files))
    assert sorted(done.returncode for done in ended) == [0, 2], ended
    lost = next(done for done in ended if done.returncode)
    assert lost.stderr.startswith("error: version: cn_planning 2 is published with another text")
    assert lost.stderr.count("\n") == 1
    assert len(sla.window.rows("policy_version")) == 2


# --- list, show, draft -----------------------------------------------------------------------------------------------
def test_the_list_in_both_languages_and_in_json(sla: CommandLine, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sla.window.receive()
    sla("policy", "publish", second, "--yes", "--by", "zhao")
    sla("policy", "draft", sla.file(policy_text(3, "2026-10-08", promise=31)))
    english = sla("policy", "list").out.splitlines()
    assert english[:4] == [
        "cn_planning  Planning approval window",
        "  1  in force  valid from Tue 23 Apr 2019 to Wed 7 Oct 2026  published Mon 3 Aug 2026  1 open case",
        "  2  to come  valid from Thu 8 Oct 2026  published Fri 18 Sep 2026 (Zhao Jing)  0 open cases",
        "  3  draft  valid from Thu 8 Oct 2026  kept Fri 18 Sep 2026",
    ]
    assert [line.split(":")[0] for line in english[4:]] == [
        "    ! clocks.site_selection.promise.limit.amount",
        "    ! clocks.site_selection.promise.extensions",
        "    ! valid_from",
        "    · clocks.land_use.promise",
    ]
    found = sla("policy", "list", "--json").json
    assert [(row["version"], row["state"], row["valid_until"], row["open_cases"]) for row in found] == [
        (1, "in_force", "2026-10-07", 1),
        (2, "future", None, 0),
        (3, "draft", None, 0),
    ]
    assert [refusal["field"] for refusal in found[2]["refusals"]][-1] == "valid_from"
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    assert sla("policy", "list").out.splitlines()[1:3] == [
        "  1  现行  自2019年4月23日 周二起施行，至2026年10月7日 周三止  发布于2026年8月3日 周一  在办 1 件",
        "  2  待生效  自2026年10月8日 周四起施行  发布于2026年9月18日 周五（Zhao Jing）  在办 0 件",
    ]


@ON_ONE
def test_show_prints_a_version_as_it_was_written(sla: CommandLine, second: str) -> None:
    sla("policy", "publish", second, "--yes")
    assert sla("policy", "show", "cn_planning").out == text_of("cn_planning")
    assert sla("policy", "show", "cn_planning", "2").out == Path(second).read_text("utf-8")


@ON_ONE
def test_a_draft_is_kept_published_by_its_id_and_gone(sla: CommandLine, second: str) -> None:
    said = sla("policy", "draft", second, "--by", "zhao", "--json").json
    assert (said["state"], said["refusals"], said["recorded_by"]) == ("draft", [], "zhao")
    assert sla("policy", "publish", "cn_planning", "--yes").code == 0
    assert [row["state"] for row in sla("policy", "list", "--json").json] == ["in_force", "future"]
    assert sla("policy", "draft", sla.file(policy_text(3, "2027-01-04"))).out.splitlines()[1].startswith("  3  draft  ")
    assert sla("policy", "draft", "cn_planning", "--discard").code == 0
    assert len(sla("policy", "list", "--json").json) == 2


@ON_ONE
def test_a_file_goes_before_a_draft_and_a_pack_of_its_name(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sla.file("[policy\n", "cn_planning")
    monkeypatch.chdir(sla.folder)
    assert sla("policy", "check", "cn_planning").code == 2
    assert one_line(sla("policy", "publish", "cn_planning", "--yes")).startswith("policy: is no TOML: ")


# --- re-basing -------------------------------------------------------------------------------------------------------
def test_rebase_shows_each_clock_before_it_is_done(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = sla.window.receive()
    sla("policy", "publish", sla.file(policy_text(2, "2026-09-18", promise=6)), "--yes")
    arguments = ("case", "rebase", case, "cn_planning", "2", "--reason", "agreed")
    before = sla.window.dump()
    dry = sla(*arguments, "--dry-run")
    assert sla.window.dump() == before
    # Worked examples: 09-18 | 4 is 09-23, 09-18 | 6 is 09-28.
    assert dry.out.splitlines()[:3] == [
        f"{case}: cn_planning 1 → cn_planning 2",
        "  intake: Thu 24 Sep 2026 (5 working days, in time)",
        "  promise: Wed 23 Sep 2026 (4 working days, running) → Mon 28 Sep 2026 (6 working days, running)",
    ]
    said = sla(*arguments, "--dry-run", "--json").json
    assert (said["from"], said["to"]) == ("cn_planning 1", "cn_planning 2")
    assert [said["clocks"]["promise"][side]["due_on"] for side in ("before", "after")] == ["2026-09-23", "2026-09-28"]
    assert said["clocks"]["review"]["before"] is None
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    done = sla(*arguments)
    assert done.code == 0
    assert "  承诺时限：2026年9月23日 周三（4 个工作日、计时中） → 2026年9月28日 周一（6 个工作日、计时中）" in done.out
    assert sla.window.due(case) == "2026-09-28"


@ON_ONE
def test_rebase_asks_at_a_terminal(sla: CommandLine, terminal: list[str]) -> None:
    case = sla.window.receive()
    sla("policy", "publish", sla.file(policy_text(2, "2026-09-18", promise=6)), "--yes")
    arguments = ("case", "rebase", case, "cn_planning", "2", "--reason", "agreed")
    terminal += ["n"]
    before = sla.window.dump()
    assert sla(*arguments).code == 1
    assert (sla.window.dump(), terminal) == (before, ["Re-base the case?"])
    terminal[:] = ["y"]
    assert sla(*arguments).code == 0
    assert sla.window.due(case) == "2026-09-28"
    assert sla("case", "rebase", case, "cn_planning", "1", "--reason", "back", "--yes").code == 0
    assert sla.window.due(case) == "2026-09-23"


@ON_ONE
@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("9", "policy: cn_planning has no version 9 here"),
        ("2", "version: cn_planning 2 takes effect on 2026-10-08; re-base the case on that day or later"),
    ],
)
def test_a_rebase_that_cannot_be_is_one_line(sla: CommandLine, second: str, version: str, line: str) -> None:
    case = sla.window.receive()
    sla("policy", "publish", second, "--yes")
    for dry in ((), ("--dry-run",)):
        assert sla.refuses("case", "rebase", case, "cn_planning", version, "--reason", "r", *dry) == line
