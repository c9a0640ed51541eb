"""A window that has lived: what a release's dumps hold, and what any later version must read from them.

Every date was counted by hand or stands in the worked examples of TIME_RULES. Sunday 2026-09-20 works, 09-25 is off.
Dumps of earlier releases are read against CASES too: once a release is out, what it says stays.
"""

import os
import tempfile
from pathlib import Path

from sla.app import App
from sla.history import Phase
from tests.service.cast import Window, policy_text

OFFICE = """
[office]
slug = "planning-window"
name = "云溪市规划审批窗口"
zone = "Asia/Shanghai"
language = "zh"
policy_file = "policy.toml"

[calendar.closed]
2026-12-24 = "设备检修"

[channels.desk]
kind = "log"

[channels.lost]
kind = "webhook"
url = "https://robot.example/hook"
secret_env = "SLA_UPGRADE_NOT_SET"

[channels.inside]
kind = "webhook"
url = "http://127.0.0.2/hook"
secret_env = "SLA_UPGRADE_SECRET"

[[staff]]
id = "li"
name = "李敏"
roles = ["clerk"]
stand_in = "chen"
addresses = { desk = "li" }
absences = [{ first = 2026-10-19, last = 2026-10-23 }]

[[staff]]
id = "chen"
name = "陈洁"
roles = ["clerk"]
addresses = { lost = "chen" }

[[staff]]
id = "wang"
name = "王强"
roles = ["clerk"]
addresses = { inside = "wang" }

[[staff]]
id = "zhao"
name = "赵静"
roles = ["chief", "manager", "head", "supervision"]
addresses = { desk = "zhao" }
"""
UNTIL = "2026-09-25 00:30"  # a day off: what became overdue at midnight waits for 09-28

# Number of the case: its phase, and when its promise is due, "" where it is paused or has not begun.
CASES = {
    "OPEN": (Phase.ACCEPTED, "2026-09-28"),  # worked example: 09-18 | 6
    "RESUMED": (Phase.ACCEPTED, "2026-09-28"),  # worked example: 09-18 | 4 | pause 09-18 to 09-21
    "DEEMED": (Phase.RECEIVED, "2026-09-18"),  # worked example: received 09-14, intake 5, nothing; promise 4
    "CORRECTION": (Phase.CORRECTION, ""),
    "RECEIVED": (Phase.RECEIVED, ""),
    "DECIDED": (Phase.DECIDED, "2026-09-23"),  # worked example: 09-18 | 4
    "DELIVERED": (Phase.DELIVERED, "2026-09-23"),
    "WITHDRAWN": (Phase.CLOSED, "2026-09-23"),
    "REFUSED": (Phase.CLOSED, ""),
    "NOT-REQUIRED": (Phase.CLOSED, ""),
    "PAUSED": (Phase.ACCEPTED, ""),
    "VOIDED": (Phase.ACCEPTED, "2026-09-24"),  # accepted 09-18, voided, accepted 09-20 in its place: 21, 22, 23, 24
    "REASSIGNED": (Phase.ACCEPTED, "2026-09-23"),
    "EXTENDED": (Phase.ACCEPTED, "2026-09-28"),  # 09-18 | 4 + 2 is 09-18 | 6
    "IMMEDIATE": (Phase.DECIDED, "2026-09-18"),  # R8: the same day
    "NO-ROBOT": (Phase.ACCEPTED, "2026-09-23"),
    "DROPPED": (Phase.DECIDED, "2026-09-22"),  # 09-17 | 4: 18, 20, 21, 22
}


def fill(app: App) -> None:
    """Live through August and September on an empty, migrated database."""
    os.environ["SLA_UPGRADE_SECRET"] = "whsec_" + "MDEy" * 10
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.toml").write_text(policy_text(1, "2019-04-23"), "utf-8")
        window = Window(str(app.engine.url), Path(folder), app=app)
        window.apply(OFFICE, Path(folder))
    _received(window)
    _begun(window)
    _went_on(window)
    for text in ("2026-09-23 07:00", "2026-09-23 08:00", "2026-09-23 09:00", "2026-09-24 09:00", UNTIL):
        if text == "2026-09-23 08:00":  # told at midnight that it is overdue, decided before that went out
            window.at(text).decide("DROPPED", overdue="人手不足")
        window.at(text).run_all()


def _received(window: Window) -> None:
    window.at("2026-09-14 10:00").receive(number="DEEMED", accept=False)
    window.at("2026-09-17 10:00").receive(number="DROPPED")
    window.receive(number="CORRECTION", accept=False)
    window.at("2026-09-18 09:30").receive("planning_condition_notice", number="IMMEDIATE", title="建设路 18 号地块")
    window.decide("IMMEDIATE")


def _begun(window: Window) -> None:
    window.at("2026-09-18 10:00").receive(
        "construction_works", number="OPEN", title="人民医院综合楼", applicant="张三", contact="13800000000",
        land_area_ha="3.25", floor_area_ha="4.8", papers=["application", "drawings"],
    )  # fmt: skip
    for number in ("RESUMED", "DECIDED", "DELIVERED", "WITHDRAWN", "PAUSED", "VOIDED", "REASSIGNED", "EXTENDED"):
        window.receive(number=number, applicant="李四")
    window.receive(number="NO-ROBOT", handler="wang")
    for number in ("REFUSED", "NOT-REQUIRED"):
        window.receive(number=number, accept=False)
    window.record("CORRECTION", "correction_requested", papers=["approval"], notice="补正〔2026〕7号")
    window.record("RESUMED", "paused", ground="expert_review", notice="评审〔2026〕3号", expected_end="2026-09-21")
    window.at("2026-09-18 16:00").run_all()


def _went_on(window: Window) -> None:
    window.at("2026-09-20 10:00").void("VOIDED", 2, "2026-09-20", reason="登记错日")
    window.at("2026-09-21 09:00").record("RESUMED", "resumed")
    window.record("PAUSED", "paused", ground="public_notice", notice="公示〔2026〕12号", expected_end="2026-09-29")
    window.record("REASSIGNED", "reassigned", handler="chen", reason="调岗")
    window.record(
        "EXTENDED",
        "extended",
        by="zhao",
        clock="promise",
        amount=2,
        unit="working_days",
        reason="案情复杂",
        approver="zhao",
    )
    window.record("WITHDRAWN", "withdrawn", reason="项目取消")
    window.record("REFUSED", "refused", reason="材料不实")
    window.record("NOT-REQUIRED", "not_required", reason="不在许可范围")
    for number in ("DECIDED", "DELIVERED"):
        window.record(number, "decided", outcome="approved", certificate=f"证〔2026〕{number}")
    window.record("DELIVERED", "delivered", method="窗口领取")
    window.record("OPEN", "acknowledged", clock="promise", note="已知悉")
    window.run_all()
    window.at("2026-09-22 09:00").run_all()
    window.at("2026-09-22 14:00").receive(number="RECEIVED", accept=False)
