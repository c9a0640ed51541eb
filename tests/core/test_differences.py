"""What changes from one version of a policy to the next is told: each setting, in both languages, and nothing else."""

import pytest

from sla.differences import differences
from sla.policies import Policy
from sla.presets import read, text_of
from sla.words import difference_text, words

OLD = text_of("cn_planning")
SITE = 'promise = { amount = 4 }\nstatutory = { amount = 30, source = "郑州市城乡规划管理条例第三十九条" }'
OVERDUE = 'before_closing = "1:00"\nto = ["handler"]\n\n[[ladders.immediate]]\nname = "overdue"\ngravity = "overdue"'
NOTICE = OLD[OLD.index("[permits.planning_condition_notice]") : OLD.index("[permits.verification_opinion]")]


def version(*changes: tuple[str, str]) -> Policy:
    text = OLD.replace("version = 1", "version = 2").replace("valid_from = 2019-04-23", "valid_from = 2026-12-01")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return read(text)


def told(new: Policy, language: str = "en") -> list[str]:
    old = read(OLD)
    return [difference_text(found, old, new, words(language)) for found in differences(old, new)]


def test_a_number_and_a_day_alone_change_nothing() -> None:
    assert told(version()) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            SITE,
            SITE.replace("amount = 4", "amount = 6"),
            "Site selection opinion · promise · limit: 4 working days → 6 working days",
        ),
        (
            SITE,
            SITE.replace("{ amount = 4 }", '{ amount = 4, grounds = ["hearing"] }'),
            "Site selection opinion · promise · grounds that pause it: expert review, hearing, public notice → hearing",
        ),
        (
            SITE,
            SITE.replace("{ amount = 4 }", "{ amount = 4, extensions = { most_times = 1, most_amount = 2 } }"),
            "Site selection opinion · promise · extensions: none → 1 time by up to 2",
        ),
        (
            SITE,
            SITE.replace("{ amount = 4 }", '{ amount = 4, cutoff = "closing" }'),
            "Site selection opinion · promise · end of the due day: end_of_day → closing",
        ),
        (
            "promise = { amount = 6 }\nstatutory = { amount = 20",
            "promise = { amount = 6, yellow = 2 }\nstatutory = { amount = 20",
            "Rural construction planning permit · promise · yellow light: 1 → 2",
        ),
        (
            'promise = { amount = 0, ladder = "immediate" }',
            "promise = { amount = 0 }",
            "Planning condition notice · promise · reminders and escalations: closing -01:00 handler, overdue 08:30 "
            "handler/chief window officer, +1 08:30 head of centre, +3 08:30 supervision → T-1 09:00 handler, "
            "due 08:30 handler, overdue 08:30 handler/chief window officer, +1 08:30 head of centre, +3 08:30 "
            "supervision",
        ),
        (
            OVERDUE,
            f'{OVERDUE}\nack_holds = "4:00"',
            "Planning condition notice · promise · reminders and escalations: closing -01:00 handler, overdue 08:30 "
            "handler/chief window officer, +1 08:30 head of centre, +3 08:30 supervision → closing -01:00 handler, "
            "overdue 08:30 handler/chief window officer (acknowledged: the next waits 4 h), +1 08:30 head of centre, "
            "+3 08:30 supervision",
        ),
        (NOTICE, "", "permit: gone: Planning condition notice"),
        (
            NOTICE,
            NOTICE + NOTICE.replace("planning_condition_notice", "copy").replace("Planning condition notice", "Copy"),
            "permit: new: Copy",
        ),
        (
            f"intake = {{}}\n{SITE}\ndelivery = {{}}",
            f"intake = {{}}\n{SITE}",
            "Site selection opinion · clock: gone: delivery (10 working days)",
        ),
        (
            '[grounds.hearing]\nnames = { zh = "听证", en = "hearing" }\nsource = "行政许可法第四十五条"',
            '[grounds.hearing]\nnames = { zh = "听证", en = "hearing" }\nsource = "art. 45"',
            "ground: hearing (行政许可法第四十五条) → hearing (art. 45)",
        ),
        (
            'number = "选字',
            'number = "址字',
            "Site selection opinion · case numbers: 选字第{year}{seq:04}号 → 址字第{year}{seq:04}号",
        ),
    ],
)
def test_each_change_is_told_by_permit_clock_and_setting(old: str, new: str, line: str) -> None:
    assert told(version((old, new))) == [line]


def test_it_is_told_in_chinese() -> None:
    new = version((SITE, SITE.replace("amount = 4", "amount = 6")))
    assert told(new, "zh") == ["建设项目选址意见书 · 承诺时限 · 时限：4 个工作日 → 6 个工作日"]
