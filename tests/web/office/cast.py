"""The window of the pages' cast with an administrator and an auditor at their browsers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from notifiers.outbox import MESSAGE
from sla.app import App
from sla.presets import text_of as pack
from sla.service import deliveries, passwords, users
from sla.service.offices import Office, office_named
from sla.service.setup import apply, plan_of
from sla.store.deeds import deeds_of
from tests.access.cast import PASSWORD, Reader
from tests.browser.cast import NOW, OFFICE, at, empty_app, make_cases, serving
from tests.web.cast import inputs

MORE = """
[channels.robot]
kind = "wecom"
key_env = "SLA_ROBOT_KEY"

[[staff]]
id = "qian"
name = "钱主任"
roles = ["admin"]
addresses = { log = "qian@office.example", robot = "qian" }

[[staff]]
id = "sun"
name = "孙审计"
roles = ["auditor"]
addresses = { log = "13800000021" }
"""
PEOPLE = ("li", "zhao", "qian", "sun")


@dataclass(frozen=True)
class Bureau:
    """`qian` administers, `sun` audits, `zhao` is the manager, `li` a clerk; all are signed in."""

    app: App
    numbers: dict[str, str]
    readers: dict[str, Reader]

    def _fill(self, path: str, step: str, fields: Mapping[str, str | list[str]]) -> httpx.Response:
        """The form at a path as the administrator fills it in, sent where it says."""
        reader = self.readers["qian"]
        page = reader.open(path)
        assert page.status_code == 200, page.text[-1500:]
        hidden = inputs(page.text)
        to = re.findall(r'<form method="post" action="([^"]+)" class="fields">', page.text)[0].replace("&amp;", "&")
        return reader.client.post(to, data={**hidden, **fields, "step": step}, headers={"origin": reader.base})

    def check(self, path: str, **fields: str | list[str]) -> httpx.Response:
        return self._fill(path, "check", fields)

    def do(self, path: str, **fields: str | list[str]) -> httpx.Response:
        return self._fill(path, "do", fields)

    def open(self, path: str, person: str = "qian") -> httpx.Response:
        page = self.readers[person].open(path)
        assert page.status_code == 200, page.text[-1500:]
        return page

    @contextmanager
    def stands(self) -> Iterator[tuple[Any, Office]]:
        """The office as it stands in the database."""
        with self.app.reading() as session:
            yield session, office_named(session, "")

    def deeds(self) -> list[tuple[str, str, str]]:
        with self.stands() as (session, office):
            return [(row.by, row.kind, row.subject) for row in deeds_of(session, office.id, 100)]


@contextmanager
def bureau(folder: Path, more: str = MORE) -> Iterator[Bureau]:
    app = empty_app(folder)
    text = OFFICE % {"slug": "planning-window", "name": "云溪市规划审批窗口"} + more
    with app.writing() as session:
        apply(session, plan_of(text, Path()), at("08-01T08:00"))
    numbers = make_cases(app)
    hashed = passwords.hashed(PASSWORD)
    with app.writing() as session:
        for person in PEOPLE:
            users.put_chosen(session, office_named(session, ""), person, hashed, NOW)
    with serving(app) as base:
        readers = {person: Reader(base) for person in PEOPLE}
        for person, reader in readers.items():
            assert reader.sign_in(person, office="").status_code == 303
        yield Bureau(app, numbers, readers)
        for reader in readers.values():
            reader.close()
    app.close()


def fill_up(made: Bureau) -> None:
    """Something on every page: absences, a draft, a notice, a key, a paused channel, messages that were given up."""
    made.do("/people/absence", person="li", **{"from": "2026-10-12", "to": "2026-10-16"})
    made.do("/policies/draft", text=pack("cn_planning").replace("version = 1", "version = 2", 1))
    made.do(
        "/calendar/load", number="云政办〔2026〕31号", title="关于台风停工的通知", published="2026-09-20",
        off="2026-09-22 台风停工", amends="2025年通知",
    )  # fmt: skip
    made.do("/tokens/new", name="archive-system", until="2026-12-31", rights=["read", "report"])
    made.do("/channels/pause?name=robot", because="机器人被移出群")
    made.app.settle_all()
    with made.app.writing() as session:
        office = office_named(session, "")
        ids = [one.message.id for one in deliveries.log(session, office)][:2]
        dead = MESSAGE.update().where(MESSAGE.c.id.in_(ids)).values(state="dead", reason="93000 invalid webhook url")
        session.connection().execute(dead)
