"""Signing in and out, and one's own password."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from sla.access.browsers import browser_of
from sla.access.cookies import SIGN_IN, cookie, give, is_secure, take
from sla.access.forms import Form
from sla.access.security_log import Told, address_of, pseudonym, tell
from sla.access.visitors import visitor_of
from sla.service import passwords, users
from sla.service.attempts import attempts_of
from sla.service.errors import ServiceError
from sla.service.offices import Office, office_named
from sla.service.users import Place, Refused, SignedIn, Way
from sla.web.frame import App, Visit, moved, offices_of, own_path, page, spoken, visiting
from sla.web.routes import Open, Route, acted, shown


def routes(app: App) -> list[Route]:
    return [
        Route("/sign-in", Open.EVERYBODY, answer=lambda request: _asked(app, request)),
        Route("/sign-in", Open.EVERYBODY, take=lambda request, form: _signed_in(app, request, form)),
        acted(app, "/sign-out", Open.KNOWN, _signed_out),
        shown(app, "/password", Open.KNOWN, lambda app, visit: _password(app, visit, "")),
        Route("/password", Open.KNOWN, take=lambda request, form: _changed(app, request, form)),
    ]


@dataclass(frozen=True)
class SignIn:
    """The page to sign in: `offices` to choose from, where there are several; `to`, where it leads then. `provider`:
    what the office's identity provider is called, "" where there is none."""

    offices: tuple[tuple[str, str], ...]
    office: str
    name: str
    to: str
    problem: str = ""
    provider: str = ""


def _asked(app: App, request: Request) -> Response:
    to = own_path(request.query_params.get("to", ""))
    with app.reading() as session:
        if not users.is_set_up(session) or visitor_of(app, session, request, app.now(session)).is_known:
            return moved(to)
        view = SignIn(_offices(app, session), request.query_params.get("office", ""), "", to)
    return _page(app, request, view)


def sign_in_again(app: App, request: Request, problem: str, status: int) -> Response:
    """The page to sign in, after it did not come about by the identity provider."""
    with app.reading() as session:
        view = SignIn(_offices(app, session), "", "", "/", problem)
    return _page(app, request, view, status)


def _page(app: App, request: Request, view: SignIn, status: int = 200) -> Response:
    settings = app.settings
    named = settings.oidc_name or spoken(app, request).gettext("the office's account")
    view = replace(view, provider=named if settings.oidc_issuer else "")
    return page(app, request, "sign_in.html", {"view": view}, status)


def _signed_in(app: App, request: Request, form: Form) -> Response:
    """The password is tried outside of any transaction; what came of it is counted in one."""
    slug, name, to = form.asked("office"), form.asked("name"), own_path(form.asked("to"))
    with app.reading() as session:
        offices, office = _offices(app, session), _office(app, session, slug)
        stored = users.stored_password(session, office, name) if office else ""
    right = passwords.fits(form.raw("password"), stored)
    with app.writing() as session:
        now = app.now(session)
        token = users.sign_in(session, office, name, place_of(request), now, right=right) if office else Refused()
        if not isinstance(token, Refused):
            end_before(session, request, now)
    if isinstance(token, Refused) or office is None:
        refused = token if isinstance(token, Refused) else Refused()
        _tell_refused(request, office, name, refused)
        return _refused(app, request, SignIn(offices, slug, name, to), refused, office, now)
    return led_in(request, office, name, token, to, Way.PASSWORD)


def place_of(request: Request) -> Place:
    """From where somebody signs in."""
    return Place(address_of(request), browser_of(request.headers.get("user-agent", "")))


def end_before(session: Any, request: Request, now: datetime) -> None:
    """Whoever signs in anew leaves no sign-in of this browser behind."""
    before = users.signed_in(session, cookie(request, SIGN_IN), now)
    if before:
        users.sign_out(session, before)


def led_in(request: Request, office: Office, person_id: str, token: str, to: str, way: Way) -> Response:
    """On to the page that was asked for, with the cookie of a new sign-in."""
    tell(request, Told.SIGNED_IN, pseudonym(office.id, person_id), by=way.value)
    response = moved(to)
    give(request, response, SIGN_IN, token)
    return response


def _tell_refused(request: Request, office: Office | None, name: str, refused: Refused) -> None:
    """A name that is none may be a password in the wrong field: nothing is told of it."""
    known = office is not None and name in office.people
    who = pseudonym(office.id, name) if office and known else ""
    why = "closed" if refused.until else "wrong" if known else "unknown"
    tell(request, Told.SIGN_IN_REFUSED, who, why, Way.PASSWORD.value)


def _refused(
    app: App, request: Request, view: SignIn, refused: Refused, office: Office | None, now: datetime
) -> Response:
    said = spoken(app, request)
    if refused.until is None or office is None:
        problem, status = said.gettext("The name or the password is not right."), 401
    else:
        at = said.time(refused.until, office.calendar.zone)
        problem, status = said.gettext("Too many attempts. The next one is taken after %(at)s.", at=at), 429
    response = _page(app, request, replace(view, problem=problem), status)
    if refused.until:
        response.headers["Retry-After"] = str(ceil((refused.until - now).total_seconds()))
    return response


def _signed_out(app: App, visit: Visit, form: Form) -> Response:  # noqa: ARG001 - it has no fields
    mine = visit.visitor.signed_in
    if mine:
        users.sign_out(visit.session, mine)
        tell(visit.request, Told.SIGNED_OUT, pseudonym(mine.office_id, mine.person_id))
    return led_out(visit.request)


def led_out(request: Request) -> Response:
    """To the page to sign in, with nothing left in the browser of what it was shown."""
    response = moved("/sign-in")
    take(request, response, SIGN_IN)
    if is_secure(request):  # by plain HTTP browsers do not take it, and complain
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _password(app: App, visit: Visit, problem: str, status: int = 200) -> Response:
    mine = visit.visitor.signed_in
    if mine is None:  # a program, or whoever sits at this machine, has none
        return moved("/")
    values = {"once": mine.once, "least": passwords.LEAST, "problem": problem}
    return page(app, visit.request, "password.html", values, status)


def _changed(app: App, request: Request, form: Form) -> Response:
    """As for signing in: wrong passwords are counted, so that nobody guesses at a screen that was left open."""
    right = is_their_password(app, request, form.raw("old"))
    with visiting(app, request, None, writes=True) as visit:
        mine = visit.visitor.signed_in
        if mine is None:
            return moved("/")
        if not counted(visit, mine, right=right):
            return _password(app, visit, visit.said.gettext("The password you have now is not right."), 401)
        try:
            new, again = form.raw("new"), form.raw("again")
            users.change_password(visit.session, visit.office, mine, new, again, visit.now)
        except ServiceError as error:
            return _password(app, visit, _why(error, visit), 400)
        tell(request, Told.PASSWORD_CHANGED, pseudonym(mine.office_id, mine.person_id))
    return moved("/")


def is_their_password(app: App, request: Request, password: str) -> bool:
    """Whether it is the password of whoever asks; tried outside of any transaction."""
    with visiting(app, request, None) as visit:
        stored = users.stored_password(visit.session, visit.office, visit.visitor.person_id)
    return passwords.fits(password, stored)


def counted(visit: Visit, mine: SignedIn, *, right: bool) -> bool:
    """Whether a password that was given again is taken; a wrong one is counted, and told."""
    attempts = attempts_of(visit.session, visit.office.id, mine.person_id, address_of(visit.request), visit.now)
    if right and not attempts.closed_until:
        return True
    attempts.failed()
    why = "closed" if attempts.closed_until else "wrong"
    tell(visit.request, Told.PASSWORD_REFUSED, pseudonym(mine.office_id, mine.person_id), why)
    return False


def _why(error: ServiceError, visit: Visit) -> str:
    """What is wrong with a new password, in the reader's language."""
    said = visit.said
    if error.field == "again":
        return said.gettext("The two new passwords are not the same.")
    texts = {
        "is too short": said.gettext("The new password is too short; a sentence is easiest to keep."),
        "is longer": said.gettext("The new password is too long."),
        "is the one": said.gettext("That is the password you have; take another."),
    }
    other = said.gettext("The new password is too easy to guess; take another.")
    return next((text for begins, text in texts.items() if str(error).startswith(f"password: {begins}")), other)


def _offices(app: App, session: Any) -> tuple[tuple[str, str], ...]:
    """Those to choose from; none where there is but one."""
    offices = () if app.settings.office else offices_of(session)
    return offices if len(offices) > 1 else ()


def _office(app: App, session: Any, slug: str) -> Office | None:
    try:
        return office_named(session, app.settings.office or slug)
    except ServiceError:
        return None
