"""A small window with a dozen cases, and its pages on a real server; every date in it was counted by hand.

It is Wednesday 2026-09-23, 10:00 in Shanghai. Sunday 09-20 is worked, Friday 09-25 is off, so the next three working
days are 09-24, 09-28 and 09-29.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import uvicorn

from sla.app import App, Clock, build
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.serving import site
from sla.settings import Settings
from sla.store.engine import Session
from tests.schema import make_tables

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 23, 10, 0, tzinfo=ZONE)
OFFICE = """
[office]
slug = "%(slug)s"
name = "%(name)s"
zone = "Asia/Shanghai"
language = "zh"
policy = "cn_planning"

[channels.log]
kind = "log"

[[staff]]
id = "li"
name = "李敏"
roles = ["clerk"]
stand_in = "wang"
addresses = { log = "li" }

[[staff]]
id = "wang"
name = "王强"
roles = ["clerk", "chief"]
stand_in = "li"
addresses = { log = "wang" }

[[staff]]
id = "zhao"
name = "赵静"
roles = ["manager", "head", "supervision"]
addresses = { log = "zhao" }
"""
HOSTILE = "<script>alert(1)</script>城北变电站"
APPLICANT = "张三丰"

# What the hand counts: the titles in each list, the gravest or earliest first.
OVERDUE = ["滨河路商业楼用地", HOSTILE]  # due 09-21 and 09-22: 2 and 1 working days
DUE_TODAY = ["实验小学选址"]
NEXT_DAYS = ["人民医院综合楼"]  # due 09-28
PAUSED = ["柳树村村民活动中心"]
AWAITING = ["东环路公交首末站用地"]  # intake until 09-30


@dataclass(frozen=True)
class Served:
    """The pages of the window: their address, and the numbers of its cases by title."""

    base: str
    numbers: Mapping[str, str]

    def path(self, title: str) -> str:
        return f"/cases/{quote(self.numbers[title], safe='')}"

    def case(self, title: str) -> str:
        return f"{self.base}{self.path(title)}"


def at(text: str) -> datetime:
    """A moment in Shanghai, such as 09-18T15:00 of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def make_office(
    app: App, slug: str = "planning-window", name: str = "云溪市规划审批窗口", *, demonstration: bool = True
) -> None:
    with app.writing() as session:
        plan = plan_of(OFFICE % {"slug": slug, "name": name}, Path())
        apply(session, plan, at("08-01T08:00"), demonstration=demonstration)


def make_cases(app: App) -> dict[str, str]:
    """The numbers of the cases by their titles."""
    with app.writing() as session:
        told = Told(session)
        told.case("site_selection", "高铁站东广场选址", "09-01T09:30", decided="09-04T16:00", delivered="09-07T10:00")
        told.case("rural_construction", "石桥村卫生室", "09-01T10:00", decided="09-09T11:00", delivered="09-10T09:30")
        told.case(
            "land_use",
            "纺织厂旧址改造用地",
            "09-07T09:10",
            decided="09-15T15:20",
            delivered="09-16T09:00",
            overdue="用地权属核查费时",
        )
        told.case("planning_condition_notice", "建设路 18 号地块规划条件", "09-10T09:00", decided="09-10T11:30")
        told.case("rural_construction", PAUSED[0], "09-14T14:00")
        told.record(
            PAUSED[0],
            "paused",
            "09-16T10:00",
            ground="public_notice",
            notice="云规公示〔2026〕12号",
            expected_end="2026-09-26",
        )
        told.case("land_use", OVERDUE[0], "09-16T15:00", handler="wang")
        told.case("site_selection", HOSTILE, "09-17T10:30", handler="wang")
        told.case("construction_works", NEXT_DAYS[0], "09-18T15:00", land_area_ha="3.25", floor_area_ha="4.8")
        told.case("site_selection", DUE_TODAY[0], "09-18T16:00")
        told.record(NEXT_DAYS[0], "acknowledged", "09-21T09:30", clock="statutory", note="误登")
        told.void(NEXT_DAYS[0], 3, "登记错件", "09-21T09:40")
        told.record(NEXT_DAYS[0], "acknowledged", "09-22T17:00", "09-18T17:00", clock="promise", note="李敏跟进")
        told.case("land_use", AWAITING[0], "09-22T09:00", accepted=False)
        return told.numbers


@contextmanager
def serving(app: App, *, proxy_headers: bool = False, **more: Any) -> Iterator[str]:
    """The address of the pages, served by uvicorn in a thread on a free port; `more` is said to uvicorn too."""
    options = {"log_level": "critical", "lifespan": "off", "proxy_headers": proxy_headers, **more}
    config = uvicorn.Config(site(app), host="127.0.0.1", port=0, **options)
    server = uvicorn.Server(config)
    started = threading.Event()
    begin = server.startup

    async def startup(*args: object, **more: object) -> None:
        await begin(*args, **more)  # type: ignore[arg-type]  # passed on as it came
        started.set()

    server.startup = startup  # type: ignore[method-assign]  # to know when it listens, without asking again and again
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(20), "uvicorn did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{'https' if config.is_ssl else 'http'}://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def empty_app(folder: Path, office: str = "") -> App:
    """An app on a database that holds no office yet; its time stands at NOW."""
    settings = Settings(database_url=f"sqlite:///{folder}/shixian.db", office=office)
    app = build(settings, clock=Clock(fixed=NOW), checked=False)
    make_tables(app.engine)
    return app


class Told:
    """Tells the window what happens, as its clerks would, at the times they do it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.office = office_named(session, "planning-window")
        self.numbers: dict[str, str] = {}

    def case(
        self,
        permit: str,
        title: str,
        received: str,
        *,
        handler: str = "li",
        accepted: bool = True,
        decided: str = "",
        overdue: str = "",
        delivered: str = "",
        **more: str,
    ) -> None:
        details = {"permit": permit, "title": title, "handler": handler, "applicant": APPLICANT, **more}
        moment = at(received)
        self.numbers[title] = cases.receive(self.session, self.office, details, When(moment), moment, handler).number
        if accepted:
            self.record(title, "accepted", received)
        if decided:
            self.record(title, "decided", decided, outcome="approved", overdue_reason=overdue)
        if delivered:
            self.record(title, "delivered", delivered, method="窗口领取")

    def record(self, title: str, kind: str, recorded: str, occurred: str = "", **details: object) -> None:
        when = When(at(occurred or recorded))
        cases.record(self.session, self.office, self.numbers[title], kind, details, when, at(recorded), "li")

    def void(self, title: str, event: int, reason: str, recorded: str) -> None:
        cases.void(self.session, self.office, self.numbers[title], event, reason, at(recorded), "zhao")
