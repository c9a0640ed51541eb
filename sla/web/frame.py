"""What all pages have in common: whose request it is, in which language, for which office, and how a page goes out.

Language: `?lang=` wins and is remembered, else the cookie, else SLA_LANGUAGE, else the office's own. Office: SLA_OFFICE
allows only that one; else `?office=` wins and is remembered, else the cookie, else the only one there is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from notifiers.channel import Channel
from notifiers.guard import Guard
from sla.access import visitors
from sla.access.cookies import cookie, give
from sla.access.forms import remember, token_of
from sla.access.visitors import Visitor, allow, visitor_known, visitor_of
from sla.measures import Measures
from sla.rights import Right
from sla.service.errors import ServiceError
from sla.service.lists import quoted
from sla.service.offices import Office, every_office, office_named
from sla.web.done import done_of, forget_done
from sla.web.headers import HEADERS, strict
from sla.words import LANGUAGES, TERMS, Words, words
from sla.words.templates import templates

YEAR = 365 * 24 * 3600
PAPERS = tuple(TERMS["paper"])  # the kinds of event that there is a paper of


class App(visitors.App, Protocol):
    """What the pages need of the composition root; its sessions are the store's, which a page does not know."""

    @property
    def measures(self) -> Measures: ...
    @property
    def guard(self) -> Guard: ...
    def unready(self) -> str: ...
    def doubt(self, session: Any, now: datetime) -> str: ...

    @property
    def environment(self) -> Mapping[str, str]: ...
    def channel(self, office_id: UUID, name: str) -> Channel: ...


class MustChangeError(Exception):
    """Whoever is signed in has a password that is for once, and is to choose another before anything else."""


class OfficeUnchosenError(Exception):
    """Several offices are here and the request names none of them; or there is none at all."""

    def __init__(self, offices: tuple[tuple[str, str], ...]) -> None:
        super().__init__("no office is chosen")
        self.offices = offices


@dataclass(frozen=True)
class Visit:
    """One request for a page of one office, at one moment, by whoever asks."""

    request: Request
    session: Any
    office: Office
    now: datetime
    said: Words
    visitor: Visitor

    def asked(self, name: str) -> str:
        """A query parameter, without blanks around it; "" where it is absent."""
        return self.request.query_params.get(name, "").strip()


@dataclass(frozen=True)
class Problem:
    """A page for an error: `detail` is the error's own English."""

    status: int
    title: str
    advice: str
    detail: str = ""


@contextmanager
def visiting(app: App, request: Request, right: Right | None, *, writes: bool = False) -> Iterator[Visit]:
    """The office of a request, for as long as the page is made, for whoever has the `right`; None for whoever is known.

    Raises OfficeUnchosenError, NotSignedInError, ForbiddenError, MustChangeError, ServiceError.
    """
    with app.writing() if writes else app.reading() as session:
        now = app.now(session)
        visitor = visitor_of(app, session, request, now)
        request.state.visitor = visitor
        allow(visitor, None)
        office = visitor.office or _office(app, session, request)
        request.state.office = office
        allow(visitor, right)
        if visitor.must_change and right is not None:
            raise MustChangeError
        request.state.doubt = app.doubt(session, now)
        yield Visit(request, session, office, now, spoken(app, request), visitor)


def spoken(app: App, request: Request) -> Words:
    """The language of a request."""
    office = _chosen(request)
    asked = (request.query_params.get("lang"), cookie(request, "lang"), app.settings.language)
    return words(next((lang for lang in asked if lang in LANGUAGES), office.language if office else LANGUAGES[0]))


def page(app: App, request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """A template as the answer to a request, in its language and with the strict headers."""
    said = spoken(app, request)
    tag = "zh-CN" if said.language == "zh" else "en"
    visitor = visitor_known(request)
    frame = {
        "tag": tag,
        "office": _chosen(request),
        "person": visitor.office.people[visitor.person_id] if visitor.office and visitor.person_id else None,
        "rights": {right.value for right in visitor.rights},
        "token": lambda: token_of(request),
        "doubt": getattr(request.state, "doubt", ""),
        "languages": [(language, _in_language(request, language)) for language in LANGUAGES],
        "done": _done(request, visitor, said) if status == 200 else None,
        "switchable": not app.settings.office and not visitor.office and bool(cookie(request, "office")),
    }
    html = templates("web/templates", said.language).get_template(template).render(frame=frame, **values)
    headers = {**strict(request.url.scheme), "Cache-Control": "no-store", "Content-Language": tag, "Vary": "Cookie"}
    response = HTMLResponse(html, status, headers)
    _remember(app, request, response)
    remember(request, response)
    if frame["done"]:
        forget_done(request, response)
    return response


def case_path(number: str) -> str:
    """Where the page of a case is."""
    return f"/cases/{quoted(number)}"


def record_path(kind: str, number: str, to: str = "") -> str:
    """Where an event of a case is recorded; `to` is where it goes on then, the case's own page if ""."""
    return f"/record/{kind}/{quoted(number)}" + (f"?{urlencode({'to': to})}" if to else "")


def void_path(seq: int, number: str) -> str:
    """Where an event of a case is taken back."""
    return f"/void/{seq}/{quoted(number)}"


def paper_path(kind: str, number: str, seq: int | None = None) -> str:
    """Where the paper of an event of a case is: of event `seq`, or of the newest of its kind."""
    return f"/papers/{kind}/{quoted(number)}" + (f"?event={seq}" if seq else "")


def paper_name(kind: str, said: Words) -> str:
    return said.pgettext("paper", TERMS["paper"][kind])


def moved(path: str) -> Response:
    return RedirectResponse(path, 303, {**HEADERS, "Cache-Control": "no-store"})


def own_path(to: str) -> str:
    """A path of ours to go on to; "/" for anything that could lead elsewhere."""
    parts = urlsplit(to.replace("\\", "/"))
    own = to.startswith("/") and not to.startswith("//") and not parts.scheme and not parts.netloc
    return to if own and to.isprintable() and not to.startswith(("/sign-", "/password")) else "/"


def _done(request: Request, visitor: Visitor, said: Words) -> Mapping[str, str] | None:
    """What was recorded a moment ago, for whoever records: its paper, and the way to take it back and return here."""
    done = done_of(request) if Right.RECORD in visitor.rights else None
    if done is None:
        return None
    has_paper, may_go = done.kind in PAPERS, done.kind not in ("received", "voided", "contact_changed")
    may_go = may_go and (bool(visitor.person_id) or Right.MANAGE in visitor.rights)
    here = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
    return {
        "what": said.event(done.kind),
        "number": done.number,
        "case": case_path(done.number),
        "paper": paper_path(done.kind, done.number, done.seq) if has_paper else "",
        "paper_name": paper_name(done.kind, said) if has_paper else "",
        "back": f"{void_path(done.seq, done.number)}?{urlencode({'to': here})}" if may_go else "",
    }


def _office(app: App, session: Any, request: Request) -> Office:
    if app.settings.office:
        return office_named(session, app.settings.office)
    for slug in (request.query_params.get("office"), cookie(request, "office") or None, ""):
        try:
            if slug is not None:
                return office_named(session, slug)
        except ServiceError as error:
            if error.field != "office":
                raise
    raise OfficeUnchosenError(offices_of(session))


def offices_of(session: Any) -> tuple[tuple[str, str], ...]:
    """The slug and the name of every office."""
    return tuple((office.slug, office.name) for office in every_office(session))


def _remember(app: App, request: Request, response: Response) -> None:
    """What the query chose holds from now on."""
    office, asked = _chosen(request), request.query_params
    known = {"lang": LANGUAGES, "office": (office.slug,) if office and not app.settings.office else ()}
    for name, values in known.items():
        if asked.get(name) in values:
            give(request, response, name, asked[name], YEAR)


def _chosen(request: Request) -> Office | None:
    """The office of a request, once `visiting` has found it."""
    office = getattr(request.state, "office", None)
    return office if isinstance(office, Office) else None


def _in_language(request: Request, language: str) -> str:
    """The same page in a language. One slash begins it: two would name another machine."""
    query = {**request.query_params, "lang": language}
    return f"/{quote(request.scope['path'].lstrip('/'))}?{urlencode(query)}"
