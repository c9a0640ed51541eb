"""Where an administrator begins: each page of the office with how it stands there."""

from dataclasses import dataclass

from fastapi.responses import Response

from sla.policies import VersionState
from sla.rights import Right
from sla.service import amendments, policies, tokens, users
from sla.service.channels import ChannelState, states
from sla.service.first_steps import first_steps
from sla.web.frame import App, Visit, page
from sla.web.lights import Shown, Sign
from sla.web.office import audit, calendar, channels, deliveries, importing, people, signs
from sla.web.office import policies as policy_page
from sla.web.office import tokens as token_page
from sla.web.office.first import step_views
from sla.web.office.sheet import unsigned
from sla.web.routes import Route, shown
from sla.words import Words

PATH = "/office"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *calendar.routes(app),
        *deliveries.routes(app),
        *policy_page.routes(app),
        *people.routes(app),
        *channels.routes(app),
        *token_page.routes(app),
        *audit.routes(app),
        *signs.routes(app),
        *importing.routes(app),
    ]


@dataclass(frozen=True)
class Room:
    """One page: what it is for, a light where something asks for somebody, and how it stands."""

    title: str
    path: str
    about: str
    state: str
    light: Shown | None = None


def _page(app: App, visit: Visit) -> Response:
    found = first_steps(visit.session, visit.office)
    values = {
        "rooms": _rooms(visit),
        "steps": () if found.all_done else step_views(found, visit.said, visit.visitor.rights),
        "told": unsigned(visit),
    }
    return page(app, visit.request, "office/hub.html", values)


def _rooms(visit: Visit) -> tuple[Room, ...]:
    found = states(visit.session, visit.office)
    return (
        _calendar(visit), _deliveries(visit, found), _policies(visit), _people(visit), _channels(visit, found),
        _keys(visit), _audit(visit), *_import(visit),
    )  # fmt: skip


def _calendar(visit: Visit) -> Room:
    said, calendar = visit.said, visit.office.calendar
    through = said.gettext("announced through %(day)s", day=said.date(calendar.announced_through, year=True))
    unfinished = amendments.progress(visit.session, visit.office)
    light = Shown(Sign.YELLOW, said.gettext("being applied")) if unfinished else None
    about = said.gettext("Days off and make-up days, notices, and what one would do to open cases.")
    return Room(said.gettext("Calendar"), "/calendar", about, through, light)


def _deliveries(visit: Visit, found: list[ChannelState]) -> Room:
    said, dead = visit.said, sum(state.undelivered for state in found)
    about = said.gettext("What was sent to whom, what was not, and sending it again.")
    text = said.ngettext("%(n)s undelivered message", "%(n)s undelivered messages", dead)
    light = Shown(Sign.RED, said.gettext("undelivered")) if dead else None
    return Room(said.gettext("Deliveries"), deliveries.PATH, about, text, light)


def _policies(visit: Visit) -> Room:
    said = visit.said
    found = policies.versions(visit.session, visit.office, visit.now)
    held = sum(one.state is VersionState.IN_FORCE for one in found)
    drafts = sum(one.state is VersionState.DRAFT for one in found)
    text = said.joined((
        said.ngettext("%(n)s in force", "%(n)s in force", held), said.ngettext("%(n)s draft", "%(n)s drafts", drafts)
    ))  # fmt: skip
    about = said.gettext("What is promised and what the law asks, version by version.")
    return Room(said.gettext("Policies"), policy_page.PATH, about, text)


def _people(visit: Visit) -> Room:
    said, staff = visit.said, visit.office.people.values()
    away = sum(not person.is_in(visit.office.today(visit.now)) for person in staff)
    light = None
    if users.is_without_administrator(visit.session, visit.office):
        light = Shown(Sign.RED, said.gettext("no administrator signs in"))
    text = said.joined((
        said.ngettext("%(n)s person", "%(n)s people", len(staff)), said.ngettext("%(n)s away", "%(n)s away", away)
    ))  # fmt: skip
    about = said.gettext("Roles, stand-ins, absences, handing over, who signs in.")
    return Room(said.gettext("People"), people.PATH, about, text, light)


def _channels(visit: Visit, found: list[ChannelState]) -> Room:
    said, paused = visit.said, sum(state.endpoint.paused for state in found)
    light = Shown(Sign.PAUSED, said.ngettext("%(n)s paused", "%(n)s paused", paused)) if paused else None
    text = said.ngettext("%(n)s channel", "%(n)s channels", len(found))
    about = said.gettext("The ways people are reached: trying one, pausing, adding.")
    return Room(said.gettext("Channels"), channels.PATH, about, text, light)


def _keys(visit: Visit) -> Room:
    said = visit.said
    valid = sum(one.state(visit.now) == "valid" for one in tokens.listed(visit.session, visit.office))
    about = said.gettext("For the archive, the gateway, a display: each with its own rights and its end.")
    return Room(said.gettext("Keys for programs"), token_page.PATH, about, _valid(valid, said))


def _valid(n: int, said: Words) -> str:
    return said.ngettext("%(n)s key works", "%(n)s keys work", n)


def _audit(visit: Visit) -> Room:
    said = visit.said
    about = said.gettext("Chains, anchors, what was admitted late, who did what.")
    return Room(said.gettext("Audit"), audit.PATH, about, said.gettext("verified when you ask for it"))


def _import(visit: Visit) -> tuple[Room, ...]:
    """For whoever may: there is nothing in it to read."""
    if Right.ADMINISTER not in visit.visitor.rights:
        return ()
    said = visit.said
    about = said.gettext("From another system's file, with what happened and the deadlines given there.")
    return (Room(said.gettext("Bring in cases"), importing.PATH, about, said.gettext("CSV, Excel or event log")),)
