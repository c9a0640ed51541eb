"""The ways an office reaches people: their state, a trial, pausing, resuming, adding one."""

from urllib.parse import urlencode

from fastapi.responses import Response

from sla.channels import quota_of
from sla.formats.table import Column, Kind
from sla.rights import Right
from sla.service import channels
from sla.service.channels import ChannelState
from sla.service.errors import ServiceError
from sla.web.fields import Ask, Field
from sla.web.files import file_links
from sla.web.frame import App, Visit
from sla.web.lights import Shown, Sign
from sla.web.office import channel
from sla.web.office.changing import Change, Done, Given, Later, Outcome, Task, changes
from sla.web.office.listed import list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, light_cell, may, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, TEST, PAUSE, RESUME = "/channels", "/channels/test", "/channels/pause", "/channels/resume"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *list_files(app, PATH, Right.AUDIT, _channels),
        *changes(
            app,
            Task(TEST, "channel_tested", _test, _would_test, _tested),
            Task(PAUSE, "channel_paused", _pause, _would_pause, _paused, tries=True),
            Task(RESUME, "channel_resumed", _resume, _would_resume, _resumed, tries=True),
        ),
        *channel.routes(app),
    ]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    add = Link(said.gettext("Add a channel"), channel.KINDS_PATH, main=True)
    about = said.gettext("In the order a person has them: what one gives up goes on by the next.")
    return sheet(app, visit, Sheet(said.gettext("Channels"), PATH, about, (_channels(visit),), may(visit, add)))


def _channels(visit: Visit) -> Section:
    said = visit.said
    columns = (
        Column("name", said.pgettext("page", "Name")),
        Column("state", said.gettext("State"), Kind.CHOICE),
        Column("used_for", said.gettext("Used for"), wide=True),
        Column("undelivered", said.gettext("Undelivered"), Kind.NUMBER),
        Column("takes", said.gettext("Takes")),
        Column("secrets", said.gettext("Secrets"), wide=True),
    )
    return Section(
        "channels", said.gettext("Channels"), columns,
        tuple(_row(visit, state) for state in channels.states(visit.session, visit.office)),
        said.gettext("There is no channel yet, so nobody is told anything."),
        next(iter(may(visit, Link(said.gettext("Add a channel"), channel.KINDS_PATH, main=True))), None),
        beside=(Column("kind", said.gettext("Kind")), Column("paused_because", said.gettext("Paused because"))),
        files=file_links(PATH),
    )  # fmt: skip


def _row(visit: Visit, state: ChannelState) -> Row:
    said, endpoint = visit.said, state.endpoint
    dead = str(state.undelivered) if state.undelivered else NO_DATA
    return Row(
        (
            Cell(endpoint.name, (endpoint.kind,), value=endpoint.name),
            light_cell(_light(state, said), _state(state), (endpoint.paused_because,)),
            Cell(more=tuple(_uses(state, said))),
            Cell(dead, path=_deliveries(endpoint.name) if state.undelivered else "", value=state.undelivered),
            Cell(more=tuple(_takes(state, said))),
            Cell(more=tuple(_secrets(state, said))),
        ),
        may(visit, *_links(state, said)),
        (endpoint.kind, endpoint.paused_because or None),
    )


def _deliveries(name: str) -> str:
    return f"/deliveries?{urlencode({'state': 'dead', 'channel': name})}"


def _state(state: ChannelState) -> str:
    if state.endpoint.paused:
        return "paused"
    if state.undelivered:
        return "undelivered"
    return "in_use" if state.first_of or state.later_of or state.for_applicants else "unused"


def _light(state: ChannelState, said: Words) -> Shown:
    return {
        "paused": Shown(Sign.PAUSED, said.pgettext("channel", "paused")),
        "undelivered": Shown(Sign.RED, said.gettext("undelivered")),
        "in_use": Shown(Sign.GREEN, said.gettext("in use")),
        "unused": Shown(Sign.NONE, said.gettext("unused")),
    }[_state(state)]


def _uses(state: ChannelState, said: Words) -> list[str]:
    uses = []
    if state.first_of:
        uses.append(said.ngettext("first choice of %(n)s person", "first choice of %(n)s people", state.first_of))
    if state.later_of:
        uses.append(said.ngettext("later choice of %(n)s person", "later choice of %(n)s people", state.later_of))
    if state.for_applicants:
        uses.append(said.gettext("for applicants"))
    return uses or [NO_DATA]


def _takes(state: ChannelState, said: Words) -> list[str]:
    """How many messages, by its kind or its setting."""
    quota = quota_of(state.endpoint)
    found = [
        said.gettext("%(n)s in %(seconds)s s", n=rate.most, seconds=int(rate.within.total_seconds()))
        for rate in quota.rates
    ]
    return found or [said.gettext("any number")]


def _secrets(state: ChannelState, said: Words) -> list[str]:
    """By name: where each is kept, never what it is."""
    kept = {name: said.gettext("sealed in the database") for name in state.endpoint.sealed}
    kept |= {name: f"{variable}" for name, variable in state.endpoint.secret_names.items() if name not in kept}
    return [said.gettext("%(label)s: %(what)s", label=name, what=where) for name, where in kept.items()] or [NO_DATA]


def _links(state: ChannelState, said: Words) -> list[Link]:
    name = state.endpoint.name
    of = urlencode({"name": name})
    turn = (
        Link(said.gettext("resume"), f"{RESUME}?{of}", name)
        if state.endpoint.paused
        else Link(said.gettext("pause"), f"{PAUSE}?{of}", name)
    )
    return [Link(said.gettext("try it"), f"{TEST}?{of}", name), turn]


def _change(visit: Visit, path: str, title: str, confirm: str, fields: tuple[Field, ...] = ()) -> Change:
    name = visit.asked("name")
    known = {state.endpoint.name for state in channels.states(visit.session, visit.office)}
    if name not in known:
        raise ServiceError(
            "channel", "%(value)r is not there; known are: %(known)s", value=name[:80], known=sorted(known)
        )
    address = f"{path}?{urlencode({'name': name})}"
    return Change(title, address, PATH, confirm, subject=name, about=name, fields=fields)


# --- a trial ----------------------------------------------------------------------------------------------------------
def _test(visit: Visit) -> Change:
    said, name = visit.said, visit.asked("name")
    reached = tuple((one.id, one.name) for one in visit.office.people.values() if name in one.addresses)
    hint = "" if reached else said.gettext("nobody has an address here yet: write it into the office file")
    field = Field("to", said.gettext("To whom"), Ask.CHOICE, reached, needed=True, hint=hint)
    return _change(visit, TEST, said.gettext("Try a channel"), said.gettext("Send the trial"), (field,))


def _would_test(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    name = visit.office.person(given["to"], "to").name
    text = visit.said.gettext("%(name)s gets one message that says it is a trial, at once.", name=name)
    return Outcome((text, visit.said.gettext("The next page says what the other side answered.")))


def _tested(app: App, visit: Visit, given: Given) -> Later:
    said, office, name, now = visit.said, visit.office, visit.asked("name"), visit.now

    def rest() -> Done:
        with app.reading() as session:
            receipt = channels.try_out(session, office, name, given["to"], now, app.channel)
        answer = receipt.detail or receipt.reference or NO_DATA
        return Done((said.gettext("%(name)s took it: %(detail)s", name=name, detail=answer),))

    return Later(rest)


# --- pausing ----------------------------------------------------------------------------------------------------------
def _pause(visit: Visit) -> Change:
    said = visit.said
    hint = said.gettext("for whoever finds it paused")
    field = Field("because", said.gettext("Reason"), needed=True, most=200, hint=hint)
    return _change(visit, PAUSE, said.gettext("Pause a channel"), said.gettext("Pause it"), (field,))


def _would_pause(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    said = visit.said
    channels.pause(visit.session, visit.office, visit.asked("name"), given["because"])
    only = [one.name for one in visit.office.people.values() if list(one.addresses) == [visit.asked("name")]]
    warning = said.gettext("Messages wait for whom no other channel reaches: %(names)s", names=said.joined(only))
    text = said.gettext("Its messages go by each reader's next channel, or wait until it is used again.")
    return Outcome((text,), (warning,) if only else ())


def _paused(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    channels.pause(visit.session, visit.office, visit.asked("name"), given["because"])
    return Done((visit.said.gettext("%(name)s is paused", name=visit.asked("name")),))


def _resume(visit: Visit) -> Change:
    said = visit.said
    return _change(visit, RESUME, said.gettext("Use a channel again"), said.gettext("Use it again"))


def _would_resume(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    channels.resume(visit.session, visit.office, visit.asked("name"))
    return Outcome((visit.said.gettext("What waits for it goes out; what was given up stays until it is sent again."),))


def _resumed(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    name, said = visit.asked("name"), visit.said
    channels.resume(visit.session, visit.office, name)
    links = (Link(said.gettext("What lies undelivered"), _deliveries(name)),)
    return Done((said.gettext("%(name)s is used again", name=name),), links=links)
