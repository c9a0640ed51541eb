"""`sla absence` and `sla case handover` as whoever types them sees them, in both languages.

On both databases. Days are those beside tests/service/cast.py: li is away from 19 to 23 October by the office's file.
"""

import pytest

from tests.cli.cast import CommandLine
from tests.rules.counter import on_sqlite


def test_an_absence_says_who_hears_on_each_of_its_days(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sla("absence", "add", "chen", "--from", "2026-09-24", "--to", "2026-09-24", "--by", "zhao")
    said = sla("absence", "add", "li", "--from", "2026-09-23", "--to", "2026-09-24", "--by", "zhao")
    assert said.out == (
        "li  Li Min  is away  Wed 23 Sep 2026 – Thu 24 Sep 2026\n"
        "  Wed 23 Sep 2026: Chen Jie (chen) hears\n"
        "  Thu 24 Sep 2026: nobody who stands in is in; Li Min hears all the same\n"
        "Chen Jie, who is away too:\n"
        "  Thu 24 Sep 2026: nobody who stands in is in; Chen Jie hears all the same\n"
    )
    assert sla("absence", "list").out == (
        "chen  Chen Jie  Thu 24 Sep 2026  entered by zhao\n"
        "  Thu 24 Sep 2026: nobody who stands in is in; Chen Jie hears all the same\n"
        "li  Li Min  Wed 23 Sep 2026 – Thu 24 Sep 2026  entered by zhao\n"
        "  Wed 23 Sep 2026: Chen Jie (chen) hears\n"
        "  Thu 24 Sep 2026: nobody who stands in is in; Li Min hears all the same\n"
        "li  Li Min  Mon 19 Oct 2026 – Fri 23 Oct 2026  the office's file\n"
        "  Mon 19 Oct 2026 – Fri 23 Oct 2026: Chen Jie (chen) hears\n"
    )
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = sla("absence", "remove", "chen", "--from", "2026-09-24", "--by", "zhao")
    assert said.out == (
        "chen  Chen Jie  在岗  2026年9月24日 周四\n"
        "Li Min同时不在岗：\n"
        "  2026年9月24日 周四：由Chen Jie（chen）接收\n"
    )  # fmt: skip
    shown = sla("absence", "list", "--json").json
    assert [(one["person"], one["from"], one["in_file"], one["by"]) for one in shown] == [
        ("li", "2026-09-23", False, "zhao"), ("li", "2026-10-19", True, ""),
    ]  # fmt: skip
    assert shown[0]["hears"] == [
        {"person": "li", "from": "2026-09-23", "to": "2026-09-24", "hears": "chen", "covered": True}
    ]


@on_sqlite
def test_past_absences_are_listed_if_asked_for(sla: CommandLine) -> None:
    sla("absence", "add", "wang", "--from", "2026-09-18", "--to", "2026-09-18", "--stand-in", "chen")
    sla.at("2026-10-26 09:00")
    assert sla("absence", "list").out == "nobody is away\n"
    assert sla("absence", "list", "--all").out.splitlines()[-2:] == [
        "wang  Wang Qiang  Fri 18 Sep 2026", "  Fri 18 Sep 2026: Chen Jie (chen) hears",
    ]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("absence add li --from soon --to 2026-09-24", "from: 'soon' is no date; write 2026-09-18"),
        (
            "absence add li --from 2026-10-20 --to 2026-10-30",
            "from: li is away 2026-10-19 to 2026-10-23 already (the off",
        ),
        (
            "absence remove li --from 2026-10-20",
            "from: li has no absence from 2026-10-20 on; on record are: 2026-10-19 to",
        ),
        ("absence remove li --from 2026-10-19", "from: 2026-10-19 to 2026-10-23 stands in the office's file"),
        ("case handover li nobody --reason r", "to: 'nobody' is nobody here; known are: chen, li, sun, wang, zhao"),
        ("case handover li chen", "Missing option '--reason'"),
        ("case snooze 1 --for 2h", "by: '' is nobody here"),
    ],
)
def test_what_cannot_be_is_one_line(sla: CommandLine, arguments: str, line: str) -> None:
    assert sla.refuses(*arguments.split()).startswith(line)


def test_a_handover_is_listed_before_and_after(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (sla.window.receive(title=title) for title in ("东湖地块", "西山地块"))
    asked = ("case", "handover", "li", "chen", "--reason", "调离窗口", "--by", "zhao")
    before = sla.window.dump()
    said = sla(*asked, "--dry-run")
    head, *lines = said.out.splitlines()
    assert (said.code, head) == (0, "2 open cases of Li Min would go to Chen Jie")
    assert sorted(lines) == [f"  {first}  东湖地块", f"  {second}  西山地块"]
    assert sla.window.dump() == before
    sla.window.tamper("UPDATE case_file SET policy_version = 9 WHERE number = :number", number=second)
    monkeypatch.setenv("SLA_LANGUAGE", "zh")
    said = sla.at("2026-09-18 10:00")(*asked)
    assert said.code == 1
    assert said.out.splitlines() == [
        "Li Min的 1 个在办件已移交Chen Jie",
        f"  {first}  东湖地块",
        f"! {second}: ServiceError: policy: cn_planning has no version 9 here",
    ]
    assert "移交" in sla("case", "show", first).out
    sla("absence", "add", "chen", "--from", "2026-09-18", "--to", "2026-09-18")
    shown = sla("case", "handover", "chen", "li", "--reason", "r", "--dry-run", "--json").json
    assert (shown["handed_over"], shown["hears"], shown["dry_run"]) == ([first], "li", True)
    monkeypatch.setenv("SLA_LANGUAGE", "en")
    said = sla("case", "handover", "li", "chen", "--reason", "r", "--dry-run")
    assert said.out.splitlines()[-1] == "Chen Jie is away: Li Min hears"
