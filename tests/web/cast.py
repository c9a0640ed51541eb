"""Two clerks and a manager at their browsers, signed in at the window of the pages' cast."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import httpx

from sla.app import App
from sla.service import passwords, users
from sla.service.offices import office_named
from tests.access.cast import PASSWORD, Reader
from tests.browser.cast import NOW, empty_app, make_cases, make_office, serving


@dataclass(frozen=True)
class Desk:
    """The window, with its people signed in: `li` and `wang` are clerks, `zhao` is the manager."""

    app: App
    numbers: dict[str, str]
    readers: dict[str, Reader]

    def sign_in(self) -> None:
        """Everybody, as each morning."""
        for person, reader in self.readers.items():
            assert reader.sign_in(person, office="").status_code == 303

    def path(self, kind: str, title: str) -> str:
        return f"/record/{kind}/{self.numbers[title]}"

    def fill(self, person: str, path: str, step: str, seq: str = "", **fields: str | list[str]) -> httpx.Response:
        """The form at a path as somebody fills it in; `seq` is the event it was made for, if not the newest."""
        reader = self.readers[person]
        page = reader.open(path)
        assert page.status_code == 200, page.text
        hidden = inputs(page.text) | ({"seq": seq} if seq else {})
        to = path.partition("?")[0]
        return reader.client.post(to, data={**hidden, **fields, "step": step}, headers={"origin": reader.base})


def inputs(page: str) -> dict[str, str]:
    """What a browser sends of the form that a page is about, if nothing is touched: hidden fields, what is chosen."""
    parser = _Form()
    parser.feed(page.partition("<main")[2])
    return parser.found


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.found[given["name"]] = given["value"]
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given:
            self.found[self._select] = given["value"]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def text_of(answer: httpx.Response) -> str:
    """The words of a page, without its tags, on one line."""
    words = _Words()
    words.feed(answer.text.partition("<main")[2])
    return " ".join(" ".join(words.said).split())


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    app = empty_app(folder)
    make_office(app)
    numbers = make_cases(app)
    hashed = passwords.hashed(PASSWORD)
    with app.writing() as session:
        for person in ("li", "wang", "zhao"):
            users.put_chosen(session, office_named(session, ""), person, hashed, NOW)
    with serving(app) as base:
        readers = {person: Reader(base) for person in ("li", "wang", "zhao")}
        made = Desk(app, numbers, readers)
        made.sign_in()
        yield made
        for reader in readers.values():
            reader.close()
    app.close()
