"""A policy's text is checked to its end: everything that is wrong, by field and line, and without a database."""

import tomllib
from datetime import date, time
from typing import Any

import pytest

from sla.presets import names, reading, text_of
from sla.presets.checking import checked
from sla.presets.lines import line_of, lines_of
from sla.presets.reader import reading_of
from tests.core.test_reading_policies import SMALL

STATUTE = """
[clocks.statutory]
names = { en = "statutory limit" }
basis = "statute"
limit = { amount = 20, unit = "working_days" }
starts_on = ["accepted"]
stops_on = ["decided"]
grounds = ["hearing"]
"""
BOTH = SMALL.replace('names = { en = "promise" }', 'names = { en = "promise" }\nbasis = "promise"').replace(
    "[permits.fence]", f"{STATUTE.strip()}\n\n[permits.fence]"
) + "statutory = {}\n"  # fmt: skip


def found(text: str) -> list[tuple[str, str]]:
    """Each problem by its field and by what stands on its line."""
    lines = text.splitlines()
    return [(problem.field, lines[problem.line - 1] if problem.line else "") for problem in checked(text).problems]


def wrong(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def test_nothing_is_wrong_with_what_is_right() -> None:
    assert checked(SMALL).problems == checked(BOTH).problems == ()
    assert checked(BOTH).policy is not None


@pytest.mark.parametrize("pack", names())
def test_nothing_is_wrong_with_a_pack(pack: str) -> None:
    assert checked(text_of(pack)).problems == ()


def test_every_problem_is_found_not_just_the_first_in_the_order_of_the_lines() -> None:
    text = wrong(
        BOTH,
        ("version = 1", "version = 0"),
        ('country = "CN"', 'country = "ZZ"'),
        ('zone = "Asia/Shanghai"', 'zone = "Mars"'),
        ('source = "art. 45"', "source = 45"),
        ("offset = -1", "offset = 1"),
        ('to = ["chief"]', 'to = ["mayor"]'),
        ('number = "F-{year}-{seq:03}"', 'number = "F-{seq}"\nprice = 3'),
        ("promise = { amount = 3 }", 'promise = { amount = 21, yellow = "soon" }'),
    )
    assert found(text) == [
        ("policy.version", "version = 0"),
        ("policy.country", 'country = "ZZ"'),
        ("policy.zone", 'zone = "Mars"'),
        ("grounds.hearing.source", "source = 45"),
        ("ladders.short[0].offset", "offset = 1"),
        ("ladders.short[1].to", 'to = ["mayor"]'),
        ("permits.fence.number", 'number = "F-{seq}"'),
        ("permits.fence.price", "price = 3"),
        ("permits.fence.clocks.promise.yellow", 'promise = { amount = 21, yellow = "soon" }'),
        ("permits.fence.clocks.promise.limit.amount", 'promise = { amount = 21, yellow = "soon" }'),  # R12: 20 by law
    ]


def test_everything_by_which_a_promise_outlasts_its_statute_is_told_at_once() -> None:
    longer = (
        'promise = { amount = 21, first_day = "same", intake = "next_working_day", roll = "none", '
        'starts_on = ["received"], extensions = { most_times = 1, most_amount = 5 } }'
    )
    text = wrong(BOTH, ("promise = { amount = 3 }", longer), ("statutory = {}", 'statutory = { cutoff = "closing" }'))
    fields = [field.removeprefix("permits.fence.clocks.promise.") for field, _ in found(text)]
    assert sorted(fields) == ["cutoff", "extensions", "first_day", "intake", "limit.amount", "roll", "starts_on"]
    assert checked(text).policy is not None  # it can be read, and kept as a draft


def test_amounts_of_different_units_are_not_compared() -> None:
    text = wrong(BOTH, ("promise = { amount = 3 }", 'promise = { limit = { amount = 25, unit = "calendar_days" } }'))
    assert [field for field, _ in found(text)] == ["permits.fence.clocks.promise.limit.unit"]


def test_what_is_wrong_in_a_shared_clock_is_told_once_with_its_own_line() -> None:
    text = text_of("cn_planning").replace('stops_on = ["delivered"]', 'stops_on = ["brought"]')  # of four permits
    assert found(text) == [("permits.site_selection.clocks.delivery.stops_on", 'stops_on = ["brought"]')]


def test_a_permits_own_amount_has_the_permits_line_and_a_shared_one_the_clocks() -> None:
    own = wrong(SMALL, ("amount = 3 }", "amount = -3 }"))
    assert found(own) == [("permits.fence.clocks.promise.limit.amount", "promise = { amount = -3 }")]
    shared = wrong(SMALL, ("amount = 4,", "amount = -4,"), ("promise = { amount = 3 }", "promise = {}"))
    assert found(shared) == [
        ("permits.fence.clocks.promise.limit.amount", 'limit = { amount = -4, unit = "working_days" }')
    ]


def test_a_text_that_is_no_toml_has_the_line_it_stops_at() -> None:
    problems = checked("[policy]\nid = small\n").problems
    assert [(problem.field, problem.line) for problem in problems] == [("policy", 2)]


@pytest.mark.parametrize("text", ["", "x = 1", "permits = 3", "[policy]", "policy = 3", "[permits.fence]", "# nothing"])
def test_whatever_the_text_is_there_is_no_traceback(text: str) -> None:
    assert checked(text).problems


def test_warnings_have_their_line_too_and_do_not_make_it_wrong() -> None:
    warnings = checked(text_of("cn_planning")).warnings
    lines = text_of("cn_planning").splitlines()
    assert [(warning.field, lines[(warning.line or 0) - 1]) for warning in warnings] == [
        ("permits.site_selection.clocks.promise", "promise = { amount = 4 }"),
        ("permits.land_use.clocks.promise", "promise = { amount = 4 }"),
    ]


def test_an_acknowledgement_with_nothing_to_hold_back_is_odd_but_allowed() -> None:
    text = wrong(SMALL, ('to = ["chief"]', 'to = ["chief"]\nack_holds = 2'))
    (warning,) = checked(text).warnings
    assert (warning.field, text.splitlines()[(warning.line or 0) - 1]) == (
        "permits.fence.clocks.promise.ladder", 'ladder = "short"',
    )  # fmt: skip
    assert not checked(text).problems


# --- lines -----------------------------------------------------------------------------------------------------------
TRICKY = '''\
# a comment with [brackets] = "and quotes
title = """
[not.a.table]
no = "key"
"""
[a."b c"] # a table
  key.inner = 1
list = [
  [1, 2], # ]
  "]",
]
after = { x = "}", y = [1] }
[[a.rows]]
n = 1
[[a.rows]]
n = 2
text = \'\'\'one
n = 3\'\'\'
last = 'x'
'''


def test_lines_are_those_of_the_text_whatever_it_holds() -> None:
    tomllib.loads(TRICKY)
    assert lines_of(TRICKY) == {
        "title": 2, "a.b c": 6, "a.b c.key.inner": 7, "a.b c.list": 8, "a.b c.after": 12, "a.rows[0]": 13,
        "a.rows[0].n": 14, "a.rows[1]": 15, "a.rows[1].n": 16, "a.rows[1].text": 17, "a.rows[1].last": 19,
    }  # fmt: skip


def test_what_has_no_line_of_its_own_has_that_of_what_holds_it() -> None:
    lines = lines_of(TRICKY)
    assert line_of(lines, "a.b c.after.y") == 12
    assert line_of(lines, "a.rows[1].missing") == 15
    assert line_of(lines, "elsewhere") is None


@pytest.mark.parametrize("pack", names())
def test_every_key_of_a_pack_has_its_line(pack: str) -> None:
    text = text_of(pack)
    lines = text.splitlines()
    known = lines_of(text)
    for path in _paths(tomllib.loads(text)):
        line = line_of(known, path)
        assert line is not None, path
        assert path.rpartition(".")[2].partition("[")[0] in lines[line - 1], path


def _paths(table: dict[str, Any], where: str = "") -> list[str]:
    """Every path of a document that a key or a header names."""
    found: list[str] = []
    for key, value in table.items():
        path = f"{where}.{key}".lstrip(".")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, entry in enumerate(value):
                found += _paths(entry, f"{path}[{place}]")
        elif isinstance(value, dict):  # a table of tables, such as [permits], need not be written
            found += [path] * (not all(isinstance(inner, dict | list) for inner in value.values()))
            found += _paths(value, path)
        else:
            found.append(path)
    return found


def test_reading_stops_at_nothing() -> None:
    """Two tables of the wrong shape: neither hides the other."""
    problems = reading("grounds = 3\nladders = 4\n").problems
    assert {problem.field for problem in problems} >= {"grounds", "ladders", "policy.id", "permits"}


WEIRD: tuple[Any, ...] = (
    3,
    -1,
    1.5,
    "",
    "x",
    True,
    [],
    {},
    [1],
    ["x"],
    [{}],
    {"a": 1},
    {"en": ""},
    date(2026, 1, 1),
    time(1),
    None,
)


@pytest.mark.parametrize("weird", WEIRD, ids=repr)
def test_whatever_stands_in_a_field_it_is_a_problem_or_right_and_no_traceback(weird: object) -> None:
    for place in _places(tomllib.loads(SMALL)):
        table: Any = tomllib.loads(SMALL)
        inner = table
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = weird
        found = reading_of(table)
        assert (found.policy is None) == bool(found.problems), place


def _places(table: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return [place for key, value in entries for place in ((*where, key), *_places(value, (*where, key)))]
