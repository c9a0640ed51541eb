"""A policy's TOML that is wrong is refused with the field that is wrong, and with what would be right."""

import re
import tomllib
from typing import Any

import pytest

from sla.policies import PolicyError
from sla.presets import policy_of, read

SMALL = """
[policy]
id = "small"
version = 1
names = { en = "Small" }
valid_from = 2026-01-01
country = "CN"
zone = "Asia/Shanghai"
hours = { mon = [["09:00", "12:00"]] }

[grounds.hearing]
names = { en = "hearing" }
source = "art. 45"

[stages.survey]
names = { en = "survey" }

[[ladders.short]]
name = "T-1"
gravity = "reminder"
offset = -1
at = "09:00"
to = ["handler"]

[[ladders.short]]
name = "overdue"
gravity = "overdue"
to = ["chief"]

[clocks.promise]
names = { en = "promise" }
limit = { amount = 4, unit = "working_days" }
starts_on = ["accepted"]
stops_on = ["decided"]
grounds = ["hearing"]
ladder = "short"

[permits.fence]
names = { en = "Fence" }
number = "F-{year}-{seq:03}"

[permits.fence.clocks]
promise = { amount = 3 }
"""
FENCE = {"names": {"en": "Fence"}, "number": "F-{year}-{seq:03}"}


def test_the_small_policy_itself_can_be_read() -> None:
    policy = read(SMALL)
    assert policy.rule("fence", "promise").limit.amount == 3  # the permit's own amount on the clock's
    assert policy.text == SMALL


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('id = "small"', 'id = "small"\nowner = "me"', "policy.owner"),  # unknown fields
        ('source = "art. 45"', 'source = "art. 45"\nlaw = "x"', "grounds.hearing.law"),
        ('ladder = "short"', 'ladder = "short"\ncolour = "red"', "permits.fence.clocks.promise.colour"),
        ('at = "09:00"\nto', 'at = "09:00"\nwhen = 1\nto', "ladders.short[0].when"),
        ('[permits.fence]\n', '[permits.fence]\nprice = 3\n', "permits.fence.price"),
        ("[policy]", "[polices]\n[policy]", "polices"),
        ("amount = 3 }", "amount = 3, extensions = { most = 1 } }", "permits.fence.clocks.promise.extensions.most"),
        ('id = "small"', "", "policy.id"),  # missing ones
        ("version = 1", "", "policy.version"),
        ('names = { en = "Small" }', 'names = { zh = "小" }', "policy.names.en"),
        ('names = { en = "Fence" }', "", "permits.fence.names"),
        ('names = { en = "hearing" }', 'names = { zh = "听证" }', "grounds.hearing.names.en"),
        ('number = "F-{year}-{seq:03}"', "", "permits.fence.number"),
        ('source = "art. 45"', "", "grounds.hearing.source"),
        (', unit = "working_days"', "", "permits.fence.clocks.promise.limit.unit"),
        ('starts_on = ["accepted"]', "", "permits.fence.clocks.promise.starts_on"),
        ("[permits.fence.clocks]\npromise = { amount = 3 }", "", "permits.fence.clocks"),
        ("promise = { amount = 3 }", "statute = {}", "permits.fence.clocks.statute"),
        ('to = ["chief"]', "to = []", "ladders.short[1].to"),
        ("version = 1", "version = 0", "policy.version"),  # wrong values
        ("version = 1", "version = true", "policy.version"),
        ("valid_from = 2026-01-01", 'valid_from = "soon"', "policy.valid_from"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01T08:00:00", "policy.valid_from"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Zhengzhou"', "policy.zone"),
        ('"12:00"', '"08:00"', "policy.hours"),
        ("amount = 3 }", "amount = -1 }", "permits.fence.clocks.promise.limit.amount"),
        ("amount = 3 }", "amount = 2.5 }", "permits.fence.clocks.promise.limit.amount"),
        ("amount = 3 }", "amount = 10001 }", "permits.fence.clocks.promise.limit.amount"),
        ('unit = "working_days"', 'unit = "fortnights"', "permits.fence.clocks.promise.limit.unit"),
        ('starts_on = ["accepted"]', 'starts_on = ["accepted", "approved"]', "permits.fence.clocks.promise.starts_on"),
        ('stops_on = ["decided"]', 'stops_on = ["stage_left:design"]', "permits.fence.clocks.promise.stops_on"),
        ('stops_on = ["decided"]', 'stops_on = "decided"', "permits.fence.clocks.promise.stops_on"),
        ('grounds = ["hearing"]', 'grounds = ["hearing", "weather"]', "permits.fence.clocks.promise.grounds"),
        ('ladder = "short"', 'ladder = "long"', "permits.fence.clocks.promise.ladder"),
        ("amount = 3 }", 'amount = 3, first_day = "second" }', "permits.fence.clocks.promise.first_day"),
        ("amount = 3 }", 'amount = 3, intake = "later" }', "permits.fence.clocks.promise.intake"),
        ("amount = 3 }", 'amount = 3, roll = "back" }', "permits.fence.clocks.promise.roll"),
        ("amount = 3 }", 'amount = 3, cutoff = "noon" }', "permits.fence.clocks.promise.cutoff"),
        ("amount = 3 }", 'amount = 3, scope = "city" }', "permits.fence.clocks.promise.scope"),
        ("amount = 3 }", 'amount = 3, basis = "hope" }', "permits.fence.clocks.promise.basis"),
        ("amount = 3 }", "amount = 3, yellow = -1 }", "permits.fence.clocks.promise.yellow"),
        ("amount = 3 }", "amount = 3, deemed = 1 }", "permits.fence.clocks.promise.deemed"),
        ("offset = -1", "offset = 1", "ladders.short[0].offset"),  # a reminder after the due date
        ('name = "overdue"', 'name = "T-1"', "ladders.short"),  # two rungs of one name
        ('at = "09:00"', 'at = "9am"', "ladders.short[0].at"),
        ('at = "09:00"', 'at = "24:00"', "ladders.short[0].at"),
        ('to = ["handler"]', 'to = ["mayor"]', "ladders.short[0].to"),
        ('gravity = "overdue"', 'gravity = "dire"', "ladders.short[1].gravity"),
        ('at = "09:00"', 'at = "09:00"\nack_holds = 2', "ladders.short[0].ack_holds"),  # a reminder is snoozed instead
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = 0', "ladders.short[1].ack_holds"),
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = 21', "ladders.short[1].ack_holds"),
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = true', "ladders.short[1].ack_holds"),
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = 1.5', "ladders.short[1].ack_holds"),
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = "0:00"', "ladders.short[1].ack_holds"),
        ('to = ["chief"]', 'to = ["chief"]\nack_holds = "2 days"', "ladders.short[1].ack_holds"),
        ('number = "F-{year}-{seq:03}"', 'number = "F-{seq}"', "permits.fence.number"),
        ('number = "F-{year}-{seq:03}"', 'number = "{year}-{seq}-{name}"', "permits.fence.number"),
        ('number = "F-{year}-{seq:03}"', 'number = "{year}-{seq:s}"', "permits.fence.number"),
        ('number = "F-{year}', 'kind = "slow"\nnumber = "F-{year}', "permits.fence.kind"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_policy_is_named(old: str, new: str, field: str) -> None:
    assert SMALL.count(old) >= 1
    with pytest.raises(PolicyError) as caught:
        read(SMALL.replace(old, new, 1))
    assert caught.value.field == field


def test_a_ladder_goes_from_the_lightest_rung_to_the_gravest() -> None:
    rungs = re.findall(r"\[\[ladders\.short\]\]\n(?:.+\n)+", SMALL)
    turned = SMALL.replace(rungs[0], "@").replace(rungs[1], rungs[0]).replace("@", rungs[1])
    with pytest.raises(PolicyError, match="from the lightest rung to the gravest") as caught:
        read(turned)
    assert caught.value.field == "ladders.short"


def test_reminders_stand_in_the_order_of_their_days() -> None:
    rung = '[[ladders.short]]\nname = "T-5"\ngravity = "reminder"\noffset = -5\nto = ["handler"]\n\n'
    earlier = rung + '[[ladders.short]]\nname = "overdue"'
    with pytest.raises(PolicyError) as caught:
        read(SMALL.replace('[[ladders.short]]\nname = "overdue"', earlier))
    assert caught.value.field == "ladders.short"


def test_what_is_no_toml_is_an_error_with_its_line() -> None:
    with pytest.raises(PolicyError, match="line 2") as caught:
        read("[policy]\nid = small\n")
    assert caught.value.field == "policy"


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"permits": {}}, "permits"),
        ({"policy": 3}, "policy"),
        ({"permits": 3}, "permits"),
        ({"grounds": {"hearing": 3}}, "grounds.hearing"),
        ({"grounds": 3}, "grounds"),
        ({"stages": 3}, "stages"),
        ({"stages": {"survey": 3}}, "stages.survey"),
        ({"ladders": {"short": 3}}, "ladders.short"),
        ({"ladders": {"short": [3]}}, "ladders.short[0]"),
        ({"ladders": 3}, "ladders"),
        ({"clocks": 3}, "clocks"),
        ({"clocks": {"promise": 3}}, "clocks.promise"),
        ({"permits": {"fence": 3}}, "permits.fence"),
        ({"permits": {"fence": {**FENCE, "clocks": {"promise": 3}}}}, "permits.fence.clocks.promise"),
        ({"permits": {"fence": {**FENCE, "papers": 3}}}, "permits.fence.papers"),
    ],
)
def test_a_table_of_the_wrong_shape_is_named_and_no_traceback(table: dict[str, Any], field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of({**_tables(), **table})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("ladders", "short", 0, "offset"), "one"),
        (("ladders", "short", 0, "offset"), 1.5),
        (("ladders", "short", 0, "offset"), [1]),
        (("ladders", "short", 0, "gravity"), ["reminder"]),
        (("clocks", "promise", "ladder"), ["short"]),
        (("clocks", "promise", "limit"), 4),
        (("clocks", "promise", "basis"), {}),
        (("clocks", "promise", "extensions"), 3),
        (("policy", "hours"), []),
        (("policy", "hours"), {"mon": 3}),
        (("policy", "zone"), 8),
        (("policy", "names"), "Small"),
        (("permits", "fence", "kind"), []),
    ],
)
def test_a_value_of_the_wrong_type_is_named_and_no_traceback(place: tuple[Any, ...], value: object) -> None:
    table: Any = _tables()
    inner = table
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(PolicyError) as caught:
        policy_of(table)
    assert str(place[-1]) in caught.value.field


def _tables() -> dict[str, Any]:
    return tomllib.loads(SMALL)
