"""Deadlines in one's own calendar: the page where somebody makes the address, and what a calendar reads there.

What stands at the address asks for no sign-in: a calendar has none. Whoever holds the address reads it, so it is long,
shown once, in no log, and can be revoked.
"""

import logging
from math import ceil

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from sla.access.forms import Form
from sla.access.tags import is_known, tag_of
from sla.rights import Right
from sla.service import subscriptions
from sla.service.subscriptions import Subscription
from sla.web.frame import App, Visit, moved, page
from sla.web.routes import Open, Route, acted, shown

logger = logging.getLogger(__name__)


def routes(app: App) -> list[Route]:
    return [
        shown(app, "/subscription", Right.READ, _asked),
        acted(app, "/subscription", Right.READ, _changed),
        Route("/calendar/{token}.ics", Open.EVERYBODY, answer=lambda request: _calendar(app, request)),
    ]


# --- the page ---
def _asked(app: App, visit: Visit, address: str = "") -> Response:
    mine = _mine(visit)
    said, zone = visit.said, visit.office.calendar.zone
    values = {
        "person": visit.visitor.person_id,
        "since": said.moment(mine.made_at, zone, year=True) if mine else "",
        "read": said.moment(mine.read_at, zone, year=True) if mine and mine.read_at else "",
        "address": address,
    }
    return page(app, visit.request, "subscription.html", values)


def _changed(app: App, visit: Visit, form: Form) -> Response:
    person, step = visit.visitor.person_id, form.asked("step")
    if not person:
        return moved("/subscription")  # it says that this takes somebody who is signed in
    if step == "make":
        token = subscriptions.make(visit.session, visit.office, person, visit.now)
        return _asked(app, visit, subscriptions.address(str(visit.request.base_url), token))
    if step == "revoke" and _mine(visit):
        subscriptions.revoke(visit.session, visit.office, person)
    return moved("/subscription")


def _mine(visit: Visit) -> Subscription | None:
    person = visit.visitor.person_id
    return subscriptions.subscription_of(visit.session, visit.office, person) if person else None


# --- the calendar ---
def _calendar(app: App, request: Request) -> Response:
    token = request.path_params["token"]
    with app.reading() as session:
        now = app.now(session)
        found = subscriptions.known_by(session, token, now)
        content = subscriptions.calendar_of(session, found, now) if found and _is_served(app, found) else b""
    if found is None or not content:
        return _unknown(app, request, token)
    _keep(app, found)
    return _answered(request, content)


def _is_served(app: App, found: Subscription) -> bool:
    """Whether this process serves that office."""
    return app.settings.office in ("", found.office.slug)


def _answered(request: Request, content: bytes) -> Response:
    """Read again as long as nothing changed, it is not sent again."""
    tag = tag_of(content)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="shixian.ics"',
    }
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, "text/calendar; charset=utf-8")


def _unknown(app: App, request: Request, token: str) -> Response:
    address = request.client.host if request.client else ""
    with app.writing() as session:
        now = app.now(session)
        closed_until = subscriptions.closed_to(session, token, address, now)
    if closed_until:
        wait = str(ceil((closed_until - now).total_seconds()))
        return PlainTextResponse("too many addresses that are none", 429, {"Retry-After": wait})
    return PlainTextResponse("there is no such calendar; it may have been revoked", 404)


def _keep(app: App, found: Subscription) -> None:
    """Put on record, once an hour, that it is read. Where nothing can be written it is read all the same."""
    if not found.unread:
        return
    try:
        with app.writing() as session:
            subscriptions.was_read(session, found, app.now(session))
    except Exception as error:
        logger.warning("not on record that a calendar is read: %s", type(error).__name__)
