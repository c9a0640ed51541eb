"""No address shows or changes what is another office's, whatever of that office is named in it. The addresses are the
server's own list: a new one is asked without being written down here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sla.api.routes import OPERATIONS
from sla.app import App
from sla.rights import Right
from sla.service import cases, passwords, tokens, users
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of
from sla.store.migrate import METADATA
from sla.web.pages import routes
from tests.access.cast import PASSWORD, ROLES, Reader, form_token, office_text
from tests.browser.cast import NOW, at, empty_app, serving

NUMBER, PERSON, KEY, CHANNEL = "WEST-1", "far", "farkey", "farwire"
HIDDEN = ("西窗秘密项目", "西窗之人", "西窗公告")  # of west, and in no request
FAR = f"""
[channels.{CHANNEL}]
kind = "webhook"
url = "https://far.example/hook"
secret_env = "FAR_SECRET"

[[staff]]
id = "{PERSON}"
name = "西窗之人"
roles = ["clerk"]
addresses = {{ log = "" }}
"""
ASKED = {
    "office": "west", "number": NUMBER, "case": NUMBER, "person": PERSON, "handler": PERSON, "by": PERSON,
    "stand_in": PERSON, "name": CHANNEL, "channel": CHANNEL, "key": KEY, "token": KEY, "text": "西窗秘密",
    "reason": "试", "step": "record", "seq": "2", "view": "office", "from": "2026-09-01", "to": "2026-09-23",
    "cut": "counted",
}  # fmt: skip
NAMES_OF_WEST = [name for name, value in ASKED.items() if value in ("west", NUMBER, PERSON, KEY, CHANNEL, "西窗秘密")]
WHO = ("admin", "auditor", "manager", "clerk", "supervision")


@dataclass(frozen=True)
class Apart:
    """Two offices; `readers` are people of east, `west` tells all that is on record of the other."""

    app: App
    base: str
    readers: dict[str, Reader]
    program: httpx.Client

    def west(self) -> dict[str, list[Any]]:
        with self.app.reading() as session:
            office = office_named(session, "west").id
            tables = [table for table in METADATA.sorted_tables if "office_id" in table.c]
            return {
                table.name: sorted(
                    map(repr, session.connection().execute(table.select().where(table.c.office_id == office)))
                )
                for table in tables
            }


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    app = empty_app(tmp_path_factory.mktemp("apart"), "")
    hashed = passwords.hashed(PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAR_SECRET", "whsec_" + "MDEy" * 10)
        with app.writing() as session:
            for slug, text in (("east", office_text("east")), ("west", office_text("west") + FAR)):
                apply(session, plan_of(text, Path()), NOW)
                office = office_named(session, slug)
                for person in ROLES:
                    users.put_chosen(session, office, person, hashed, NOW)
                _case(session, office, "EAST-1" if slug == "east" else NUMBER, PERSON if slug == "west" else "clerk")
                if slug == "west":
                    tokens.add(session, office, KEY, ["read"], NOW.date(), "admin", NOW)
            key = tokens.add(
                session,
                office_named(session, "east"),
                "all",
                [right.value for right in Right],
                NOW.date(),
                "admin",
                NOW,
            )
        app.settle_all()
        with serving(app) as base:
            readers = {who: Reader(base) for who in WHO}
            for who, reader in readers.items():
                assert reader.sign_in(who).status_code == 303, who
            headers = {"authorization": f"Bearer {key}"}
            with httpx.Client(
                base_url=f"{base}/api/v1", trust_env=False, verify=False, headers=headers, timeout=60
            ) as program:
                yield Apart(app, base, readers, program)
            for reader in readers.values():
                reader.close()
    app.close()


def _case(session: Any, office: Any, number: str, handler: str) -> None:
    title = "西窗秘密项目" if number == NUMBER else "东窗项目"
    details = {"permit": "site_selection", "title": title, "handler": handler}
    cases.receive(session, office, details, When(at("09-01T09:00")), NOW, handler, number)
    cases.record(session, office, number, "accepted", {}, When(at("09-01T09:10")), NOW, handler)
    notice = "西窗公告" if number == NUMBER else "东窗公告"
    pause = {"ground": "public_notice", "notice": notice}
    cases.record(session, office, number, "paused", pause, When(at("09-02T09:00")), NOW, handler)
    cases.record(session, office, number, "resumed", {}, When(at("09-04T09:00")), NOW, handler)


def _filled(path: str) -> str:
    for name, value in (("{number:path}", NUMBER), ("{kind}", "decided"), ("{seq:int}", "4"), ("{token}", KEY)):
        path = path.replace(name, value)
    return path


def test_what_is_looked_for_is_shown_to_its_own_office(apart: Apart) -> None:
    reader = Reader(apart.base)
    assert reader.sign_in("admin", office="west").status_code == 303
    shown = "".join(reader.open(path).text for path in (f"/cases/{NUMBER}", "/people"))
    reader.close()
    assert [word for word in HIDDEN if word not in shown] == []


@pytest.mark.parametrize("who", WHO)
def test_no_page_shows_anything_of_another_office(apart: Apart, who: str) -> None:
    """All that can be named at once; and, for whoever may see the most, each thing by itself."""
    reader, seen, answered = apart.readers[who], [], 0
    alone = [{name: ASKED[name]} for name in NAMES_OF_WEST] if who == "admin" else []
    for route in routes(apart.app):
        if route.methods[0] != "GET":
            continue
        for query in (ASKED, *alone):
            answer = reader.client.get(_filled(route.path), params=query)
            answered += answer.status_code == 200
            seen += [(route.path, query, word) for word in HIDDEN if word in answer.text and word not in query.values()]
    assert seen == []
    assert answered > 10


@pytest.mark.parametrize("who", WHO)
def test_no_form_changes_anything_of_another_office(apart: Apart, who: str) -> None:
    reader, before, wrong = apart.readers[who], apart.west(), []
    token = form_token(reader.client.get("/password").text)
    assert before["case_event"]
    for route in routes(apart.app):
        if route.methods[0] != "POST" or route.path in ("/sign-out", "/password", "/account/end", "/sign-in"):
            continue  # of oneself
        for step in ("check", "record"):
            fields = {**ASKED, "form_token": token, "step": step}
            answer = reader.client.post(_filled(route.path), data=fields, headers={"origin": apart.base})
            wrong += [(route.path, word) for word in HIDDEN if word in answer.text]
            assert answer.status_code < 500, route.path
    assert wrong == [] and apart.west() == before


def test_no_program_reads_or_changes_anything_of_another_office(apart: Apart) -> None:
    before, wrong, refused = apart.west(), [], 0
    event = {"kind": "decided", "outcome": "approved", "by": PERSON}
    for operation in OPERATIONS:
        path = operation.path
        for part in ("number", "name", "channel", "person", "policy", "id"):
            path = path.replace("{" + part + "}", NUMBER if part == "number" else CHANNEL)
        path = path.replace("{seq}", "3").replace("{version}", "1").replace("{list}", "overdue")
        asked = ({"handler": PERSON}, {"text": "西窗秘密"}, {"case": NUMBER}, {"by": "office"})
        for query in ({}, {"office": "west"}, *asked):
            answer = apart.program.request(
                operation.method, path, params=query, headers={"idempotency-key": path},
                json=None if operation.method == "GET" else event,
            )  # fmt: skip
            refused += answer.status_code in (403, 404, 422)
            assert answer.status_code < 500, path
            wrong += [(path, query, word) for word in HIDDEN if word in answer.text and word not in query.values()]
    assert wrong == [] and refused > 20 and apart.west() == before
