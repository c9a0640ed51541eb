"""A table of codes is read whole, or refused with the line and the field that are wrong."""

import pytest

from sla.presets.feeds import FeedError, mapping_of

GOOD = """[mapping]
name = "ours"
moments = "%Y-%m-%d %H:%M:%S"
[item_types]
immediate = { code = "1", name = "即办件" }
[statuses]
received = { code = "1", name = "接件" }
"decided:denied" = { code = "13", name = "不通过" }
[special_procedures]
[stage_states]
[units]
working_days = { code = "1", name = "工作日" }
"""


def test_a_table_of_a_few_lines_is_enough() -> None:
    found = mapping_of(GOOD)
    assert (found.name, found.statuses["decided:denied"].code, found.units["working_days"].code) == ("ours", "13", "1")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[units]", "[units", "is no TOML: "),
        ('name = "ours"', "", "line 1, mapping.name: is missing"),
        ('name = "ours"', "name = 3", "line 2, mapping.name: 3 must be a text"),
        ("[units]", "[unit]", "line 11, unit: is unknown; known are: mapping, item_types, statuses"),
        ("[stage_states]\n", "", "stage_states: is missing"),
        ("received =", "acepted =", "line 7, statuses.acepted: 'acepted' is no event; known are: received, "),
        ("received =", '"received:late" =', "line 7, statuses.received:late: received is of one sort only"),
        ('"decided:denied"', '"decided:no"', "line 8, statuses.decided:no: 'no' is no sort of decided; known are: "),
        ('"decided:denied"', '"paused:"', "line 8, statuses.paused:: '' is no sort of paused; known are: the id of a"),
        ('{ code = "13", name = "不通过" }', "13", "line 8, statuses.decided:denied: 13 must be a code with its name"),
        ('code = "13"', "code = 13", "line 8, statuses.decided:denied.code: 13 must be a text"),
        (', name = "不通过"', "", "line 8, statuses.decided:denied.name: is missing"),
        ('name = "不通过"', 'nam = "不通过"', "line 8, statuses.decided:denied.nam: is unknown; known are: code, name"),
        ('name = "不通过"', f'name = "{"x" * 101}"', "line 8, statuses.decided:denied.name: must be one line"),
        ('name = "不通过"', 'name = "a\\nb"', "line 8, statuses.decided:denied.name: must be one line of up to 100"),
        ("immediate", "instant", "line 5, item_types.instant: is no kind of permit; write one of immediate"),
        ("working_days", "days", "line 12, units.days: is unknown; known are: working_days"),
        ("%Y-%m-%d %H:%M:%S", "%y%m%d", "line 3, mapping.moments: '%y%m%d' does not tell the whole time"),
        ("%Y-%m-%d %H:%M:%S", "%Y %Y", "line 3, mapping.moments: '%Y %Y' does not tell the whole time"),
        (
            'received = { code = "1", name = "接件" }\n"decided:denied" = { code = "13", name = "不通过" }\n', "",
            "line 6, statuses: is empty, as are the other tables of events",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(FeedError) as refused:
        mapping_of(GOOD.replace(old, new))
    assert str(refused.value).startswith("mapping: ")
    assert said in str(refused.value)
