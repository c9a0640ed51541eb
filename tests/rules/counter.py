"""A counter that promises by the hour, in the window of tests/service/cast.py: its policy, and the office with it.

    counter check   promise 3 working hours, statute 8; both pause for an expert review, the promise is never extended,
                    the statute once by 4 hours; one intake for it, of 2 working days
    stamp           an immediate item (0 working days)

Service is from 9 to 12 and from 13 to 17, on make-up days too. Reminders an hour before, the head two hours of service
after, supervision seven (a whole day) after.
"""

from pathlib import Path

import pytest

from tests.service.cast import OFFICE, ZONE, Window, at

# Where many moments are tried of which each database makes the same, one of them does.
on_sqlite = pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)

HOURS = '[["09:00", "12:00"], ["13:00", "17:00"]]'

POLICY = f"""
[policy]
id = "counter"
version = 1
names = {{ zh = "综合窗口", en = "Counter" }}
valid_from = 2026-01-01
country = "CN"
zone = "Asia/Shanghai"
hours = {{ mon = {HOURS}, tue = {HOURS}, wed = {HOURS}, thu = {HOURS}, fri = {HOURS} }}

[grounds.expert_review]
names = {{ zh = "专家评审", en = "expert review" }}
source = "行政许可法第四十五条"

[[ladders.hours]]
name = "-1h"
gravity = "reminder"
before = "1:00"
to = ["handler"]

[[ladders.hours]]
name = "overdue"
gravity = "overdue"
to = ["handler", "chief"]

[[ladders.hours]]
name = "+2h"
gravity = "escalation"
after = "2:00"
to = ["head"]

[[ladders.hours]]
name = "+7h"
gravity = "escalation"
after = "7:00"
to = ["supervision"]

[[ladders.statute]]
name = "-2h"
gravity = "reminder"
before = "2:00"
to = ["handler"]

[[ladders.statute]]
name = "overdue"
gravity = "overdue"
to = ["handler", "chief"]

[[ladders.immediate]]
name = "closing"
gravity = "reminder"
before_closing = "1:00"
to = ["handler"]

[[ladders.immediate]]
name = "overdue"
gravity = "overdue"
to = ["handler", "chief"]

[[ladders.immediate]]
name = "+2h"
gravity = "escalation"
after = "2:00"
to = ["head"]

[clocks.intake]
names = {{ zh = "受理审查", en = "intake" }}
limit = {{ amount = 2, unit = "working_days" }}
starts_on = ["received", "correction_received"]
stops_on = ["accepted", "refused", "not_required", "correction_requested"]
cancels_on = ["withdrawn"]

[clocks.promise]
names = {{ zh = "承诺时限", en = "promise" }}
basis = "promise"
limit = {{ amount = 3, unit = "working_hours" }}
starts_on = ["accepted"]
stops_on = ["decided"]
cancels_on = ["withdrawn"]
grounds = ["expert_review"]
ladder = "hours"
source = "窗口服务承诺"

[clocks.statutory]
names = {{ zh = "法定时限", en = "statutory limit" }}
basis = "statute"
limit = {{ amount = 8, unit = "working_hours" }}
starts_on = ["accepted"]
stops_on = ["decided"]
cancels_on = ["withdrawn"]
grounds = ["expert_review"]
extensions = {{ most_times = 1, most_amount = 4 }}
ladder = "statute"
yellow = 2
source = "办法第三条"

[permits.counter_check]
names = {{ zh = "窗口核验", en = "Counter check" }}
number = "核{{year}}-{{seq:04}}"

[permits.counter_check.clocks]
intake = {{}}
promise = {{}}
statutory = {{}}

[permits.stamp]
names = {{ zh = "盖章", en = "Stamp" }}
kind = "immediate"
number = "章{{year}}-{{seq:04}}"

[permits.stamp.clocks]
intake = {{}}
promise = {{ limit = {{ amount = 0, unit = "working_days" }}, ladder = "immediate" }}
"""


def open_counter(window: Window, policy: str = POLICY, office: str = OFFICE) -> Window:
    """The window with the counter's policy beside its own, valid from the day it is published on (R17)."""
    today = window.now.astimezone(ZONE).date()
    policy = policy.replace("valid_from = 2026-01-01", f"valid_from = {today}")
    folder = Path(window.folder) / "counter"
    folder.mkdir(exist_ok=True)
    (folder / "policy.toml").write_text(policy, "utf-8")
    window.apply(office.replace('policy = "cn_planning"', 'policy_file = "policy.toml"'), folder)
    return window


def told(milestone: str, due: str, *people: str, clock: str = "promise") -> list[str]:
    """What `Window.run` gives for one alarm; `due` is a date, or a moment of the window's wall time for hours."""
    key = due if len(due) == len("2026-09-18") else at(due).isoformat()
    return [f"{person}: {clock} {milestone} {key}" for person in sorted(people)]
