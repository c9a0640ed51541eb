"""The policies: every version with its days and its cases; reading one; the draft of the next; publishing it."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind
from sla.policies import ClockRule, Policy, VersionState
from sla.rights import Right
from sla.service import policies as service
from sla.service import publishing
from sla.service.policies import Version
from sla.web.files import file_links
from sla.web.frame import App, Visit
from sla.web.lights import Shown, Sign
from sla.web.office import drafting
from sla.web.office.listed import list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, day_cell, light_cell, may, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words, setting_text

PATH, SHOW = "/policies", "/policies/version"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *list_files(app, PATH, Right.AUDIT, _versions),
        shown(app, SHOW, Right.AUDIT, _version),
        *drafting.routes(app),
    ]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    begin = Link(said.gettext("Begin a draft"), drafting.DRAFT, main=True)
    about = said.gettext("A case follows the version of the day it was received; a version is never changed.")
    return sheet(app, visit, Sheet(said.gettext("Policies"), PATH, about, (_versions(visit),), may(visit, begin)))


def _versions(visit: Visit) -> Section:
    said = visit.said
    columns = (
        Column("policy", said.gettext("Policy"), Kind.CHOICE, wide=True),
        Column("state", said.gettext("State"), Kind.CHOICE),
        Column("valid", said.gettext("Valid"), wide=True),
        Column("on_record_since", said.gettext("On record since"), Kind.DATE),
        Column("open_cases", said.gettext("Open cases"), Kind.NUMBER),
    )
    beside = (
        Column("version", said.gettext("Version"), Kind.NUMBER),
        Column("valid_from", said.gettext("Valid from"), Kind.DATE),
        Column("valid_until", said.gettext("Valid until"), Kind.DATE),
        Column("recorded_by", said.gettext("Recorded by"), Kind.CHOICE),
    )
    return Section(
        "versions", said.gettext("Versions"), columns,
        tuple(_row(visit, one) for one in service.versions(visit.session, visit.office, visit.now)),
        said.gettext("There is no policy, so nothing can be received."),
        next(iter(may(visit, Link(said.gettext("Begin a draft"), drafting.DRAFT, main=True))), None),
        beside=beside, files=file_links(PATH),
    )  # fmt: skip


def _row(visit: Visit, one: Version) -> Row:
    said, office, policy = visit.said, visit.office, one.policy
    name = said.name(policy.names) if policy else one.policy_id
    number = str(policy.version) if policy else NO_DATA
    by = office.name_of(one.recorded_by)
    recorded = office.calendar.date_of(one.recorded_at) if one.recorded_at else None
    maker = Choice(one.recorded_by, by) if by else None
    is_draft = one.state is VersionState.DRAFT
    against = tuple(said.fault(error)[:300] for error in one.refusals)
    title = said.gettext("%(name)s, version %(n)s", name=name, n=number)
    return Row(
        (
            Cell(title, (one.policy_id,), path="" if is_draft or not policy else version_path(policy),
                 value=Choice(one.policy_id, name)),
            light_cell(_light(one.state, said), one.state.value, against),
            Cell(_valid(one, said)),
            replace(day_cell(visit, recorded), more=(by,)),
            Cell(NO_DATA) if is_draft else Cell(str(one.open_cases), value=one.open_cases),
        ),
        may(visit, *_links(one, title, said)),
        (policy.version if policy else None, one.valid_from, one.valid_until, maker),
    )  # fmt: skip


def _links(one: Version, title: str, said: Words) -> list[Link]:
    of = urlencode({"policy": one.policy_id})
    if one.state is not VersionState.DRAFT:
        return []
    found = [
        Link(said.gettext("edit"), f"{drafting.DRAFT}?{of}", title),
        Link(said.gettext("discard"), f"{drafting.DISCARD}?{of}", title),
    ]
    return found if one.refusals else [*found, Link(said.gettext("publish"), f"{drafting.PUBLISH}?{of}", title)]


def version_path(policy: Policy) -> str:
    return f"{SHOW}?{urlencode({'policy': policy.id, 'version': policy.version})}"


def _light(state: VersionState, said: Words) -> Shown:
    signs = {VersionState.IN_FORCE: Sign.GREEN, VersionState.FUTURE: Sign.YELLOW, VersionState.DRAFT: Sign.PAUSED}
    return Shown(signs.get(state, Sign.NONE), said.term(state))


def _valid(one: Version, said: Words) -> str:
    if not one.valid_from:
        return NO_DATA
    begins = said.date(one.valid_from, year=True)
    if one.valid_until:
        return said.gettext("from %(day)s to %(last)s", day=begins, last=said.date(one.valid_until, year=True))
    return said.gettext("from %(day)s on", day=begins)


# --- one version ------------------------------------------------------------------------------------------------------
def _version(app: App, visit: Visit) -> Response:
    said, number = visit.said, visit.asked("version")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    text = service.version_text(visit.session, visit.office, visit.asked("policy"), version, visit.now)
    policy = publishing.readable(text)
    source = Section("toml", said.gettext("As it was written"), text=text)
    permits = tuple(_permit(policy, permit, said) for permit in policy.permits)
    again = Link(said.gettext("Begin the next version with it"), f"{drafting.DRAFT}?{urlencode({'from': policy.id})}")
    name = said.name(policy.names)
    title = said.gettext("%(name)s, version %(n)s", name=name, n=policy.version)
    return sheet(app, visit, Sheet(title, SHOW, policy.id, (*permits, source), may(visit, again)))


def _permit(policy: Policy, permit: str, said: Words) -> Section:
    """What is promised and what the law asks, in a line a clock."""
    columns = (
        said.gettext("Limit"), said.gettext("Length"), said.gettext("Begins with"), said.gettext("Ends with"),
        said.gettext("Reminders and escalations"), said.gettext("Source"),
    )  # fmt: skip
    found = tuple(_clock(policy, rule, said) for rule in policy.rules(permit))
    papers = [said.name(paper.names) for paper in policy.permits[permit].papers]
    notes = (said.gettext("Papers asked for: %(papers)s", papers=said.joined(papers)),) if papers else ()
    return Section(f"p-{permit}", said.name(policy.permits[permit].names), columns, found, notes=notes)


def _clock(policy: Policy, rule: ClockRule, said: Words) -> Row:
    grounds = [said.name(policy.grounds[ground].names) for ground in sorted(rule.grounds) if ground in policy.grounds]
    pauses = said.gettext("paused by: %(grounds)s", grounds=said.joined(grounds)) if grounds else ""
    rungs = tuple(setting_text("ladder", (rung,), said) for rung in rule.ladder)
    return Row((
        Cell(said.name(rule.names), (said.term(rule.basis),)),
        Cell(said.limit(rule.limit), (pauses,)),
        Cell(setting_text("starts_on", rule.starts_on, said)),
        Cell(setting_text("stops_on", rule.stops_on, said) if rule.stops_on else NO_DATA),
        Cell(more=rungs or (NO_DATA,)),
        Cell(rule.source or NO_DATA),
    ))  # fmt: skip
