"""One's own account: what one may do, where one is signed in, and ending that."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from sla.access.forms import Form
from sla.access.security_log import Told, pseudonym, tell
from sla.people import Role
from sla.rights import Right
from sla.service import sign_ins, users
from sla.service.errors import ServiceError
from sla.service.sign_ins import Standing
from sla.service.users import SignedIn, Way
from sla.web.frame import App, Visit, moved, page, visiting
from sla.web.routes import Open, Route, shown
from sla.web.sign_in import counted, is_their_password, led_out
from sla.words import NO_DATA

OTHERS, EVERYWHERE = "others", "everywhere"


def routes(app: App) -> list[Route]:
    return [
        shown(app, "/account", Open.KNOWN, _account),
        Route("/account/end", Open.KNOWN, take=lambda request, form: _ended(app, request, form)),
    ]


@dataclass(frozen=True)
class Line:
    """A sign-in as it is shown: since when and last used when, from where, with what."""

    key: str
    here: bool
    since: str
    seen: str
    browser: str
    address: str
    way: str


@dataclass(frozen=True)
class Account:
    """The page. `asks`: the password is asked for again before anything ends; `stale`: there is none to ask for, so
    that its reader signs in again first."""

    roles: str
    rights: tuple[str, ...]
    has_password: bool
    lines: tuple[Line, ...]
    asks: bool
    stale: bool
    problem: str = ""


def _account(app: App, visit: Visit, problem: str = "", status: int = 200) -> Response:
    mine = visit.visitor.signed_in
    if mine is None:  # a program, or whoever sits at this machine, has none
        return moved("/")
    if mine.once:
        return moved("/password")
    return page(app, visit.request, "account.html", {"view": _view(visit, mine, problem)}, status)


def _view(visit: Visit, mine: SignedIn, problem: str) -> Account:
    said, person = visit.said, visit.office.people[mine.person_id]
    fresh, by_password = sign_ins.is_fresh(mine, visit.now), mine.way is Way.PASSWORD
    return Account(
        roles=said.joined(said.term(role) for role in Role if role in person.roles) or NO_DATA,
        rights=tuple(said.term(right) for right in Right if right in visit.visitor.rights),
        has_password=by_password,
        lines=tuple(_line(visit, one) for one in sign_ins.standing(visit.session, mine, visit.now)),
        asks=by_password and not fresh,
        stale=not by_password and not fresh,
        problem=problem,
    )


def _line(visit: Visit, one: Standing) -> Line:
    said, zone = visit.said, visit.office.calendar.zone
    way = said.gettext("Password") if one.way is Way.PASSWORD else said.gettext("Identity provider")
    return Line(
        one.key, one.here, said.moment(one.since, zone, year=True), said.moment(one.seen_at, zone, year=True),
        one.browser or NO_DATA, one.address or NO_DATA, way,
    )  # fmt: skip


def _ended(app: App, request: Request, form: Form) -> Response:
    """Whoever has not just signed in gives the password once more: the screen may have been left open."""
    with visiting(app, request, None) as visit:
        mine = visit.visitor.signed_in
        asks = mine is not None and mine.way is Way.PASSWORD and not sign_ins.is_fresh(mine, visit.now)
    right = asks and is_their_password(app, request, form.raw("password"))
    with visiting(app, request, None, writes=True) as visit:
        mine = visit.visitor.signed_in
        if mine is None:
            return moved("/")
        if mine.once:
            return moved("/password")
        if asks and not counted(visit, mine, right=right):
            return _account(app, visit, visit.said.gettext("The password you have now is not right."), 401)
        if not asks and not sign_ins.is_fresh(mine, visit.now):
            return _account(app, visit, visit.said.gettext("Sign in again first, then end them."), 401)
        return _end(app, visit, mine, form.asked("which"))


def _end(app: App, visit: Visit, mine: SignedIn, which: str) -> Response:
    try:
        if which in (OTHERS, EVERYWHERE):
            sign_ins.end_others(visit.session, mine)
        else:
            sign_ins.end(visit.session, mine, which)
    except ServiceError:
        return _account(app, visit, visit.said.gettext("That sign-in is over already."), 400)
    if which == EVERYWHERE:
        users.sign_out(visit.session, mine)
    how_many = which if which in (OTHERS, EVERYWHERE) else "one"
    tell(visit.request, Told.SIGN_INS_ENDED, pseudonym(mine.office_id, mine.person_id), how_many)
    return led_out(visit.request) if which == EVERYWHERE else moved("/account")
