"""The staff: roles, how they are reached, who stands in, who is away and who hears meanwhile, who signs in."""

from collections.abc import Iterable
from urllib.parse import urlencode

from fastapi.responses import Response

from sla.people import Person
from sla.rights import Right
from sla.service import absences, users
from sla.service.absences import Listed, cover_text
from sla.service.users import Account
from sla.web.frame import App, Visit
from sla.web.lights import Shown, Sign
from sla.web.office import absence, handover, passwords
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, may, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH = "/people"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *absence.routes(app),
        *handover.routes(app),
        *passwords.routes(app),
    ]


def _page(app: App, visit: Visit) -> Response:
    said, accounts = visit.said, users.accounts(visit.session, visit.office)
    about = said.gettext("Who works here stands in the office file: `sla office apply` changes it.")
    alert = ""
    if users.is_without_administrator(visit.session, visit.office):
        alert = said.gettext(
            "No administrator signs in: whoever sits at the server gives one a password by sla user add."
        )
    links = may(
        visit,
        Link(said.gettext("Enter an absence"), absence.ADD, main=True),
        Link(said.gettext("Hand over all cases of somebody"), handover.PATH),
    )
    sections = (_staff(visit, accounts), _away(visit), _left(visit, accounts))
    return sheet(app, visit, Sheet(said.gettext("People"), PATH, about, sections, links, alert))


def _staff(visit: Visit, accounts: Iterable[Account]) -> Section:
    said, people = visit.said, visit.office.people
    known = {account.person_id: account for account in accounts}
    return Section(
        "staff", said.gettext("On the staff"),
        (said.gettext("Person"), said.gettext("Roles"), said.gettext("Reached by"), said.gettext("Stand-in"),
         said.gettext("Today"), said.gettext("Signs in")),
        tuple(_person(visit, person, known[person.id]) for person in people.values()),
        said.gettext("Nobody is on the staff. Write [[staff]] into the office file and apply it."),
    )  # fmt: skip


def _person(visit: Visit, person: Person, account: Account) -> Row:
    said, people = visit.said, visit.office.people
    is_in = person.is_in(visit.office.today(visit.now))
    stand_in = people[person.stand_in].name if person.stand_in in people else NO_DATA
    return Row(
        (
            Cell(person.name, (person.id,)),
            Cell(said.joined(said.term(role) for role in sorted(person.roles)) or NO_DATA),
            Cell("" if person.addresses else NO_DATA, tuple(_reached(person))),
            Cell(stand_in),
            Cell(light=Shown(Sign.GREEN, said.gettext("in")) if is_in else Shown(Sign.PAUSED, said.gettext("away"))),
            Cell(_signs_in(account, said), _seen(visit, account)),
        ),
        may(visit, *_links(person, account, said)),
    )


def _links(person: Person, account: Account, said: Words) -> Iterable[Link]:
    of = {"person": person.id}
    yield Link(said.gettext("absence"), f"{absence.ADD}?{urlencode(of)}", person.name)
    if account.password_at:
        yield Link(said.gettext("new password"), f"{passwords.GIVE}?{urlencode(of)}", person.name)
        yield Link(said.gettext("no sign-in"), f"{passwords.TAKE}?{urlencode(of)}", person.name)
    else:
        yield Link(said.gettext("give a password"), f"{passwords.GIVE}?{urlencode(of)}", person.name)
    yield Link(said.gettext("hand over"), f"{handover.PATH}?{urlencode({'from': person.id})}", person.name)


def _reached(person: Person) -> Iterable[str]:
    """By which channels, in order; of the address only what it is recognised by."""
    for name, address in person.addresses.items():
        yield f"{name} {masked(address)}".strip()


def masked(address: str) -> str:
    """Enough of an address to recognise it by: l…@example.org, 138…21."""
    local, at, host = address.rpartition("@")
    if at:
        return f"{local[:1]}…@{host}"
    if len(address) <= 4:
        return "…" if address else ""
    return f"{address[: len(address) // 4]}…{address[-2:]}"


def _signs_in(account: Account, said: Words) -> str:
    if not account.password_at:
        return said.gettext("no password")
    return said.gettext("password given, not changed yet") if account.once else said.gettext("yes")


def _seen(visit: Visit, account: Account) -> tuple[str, ...]:
    said, zone = visit.said, visit.office.calendar.zone
    if not account.password_at:
        return ()
    since = said.gettext(
        "password since %(since)s", since=said.date(account.password_at.astimezone(zone).date(), year=True)
    )
    seen = said.moment(account.seen_at, zone) if account.seen_at else NO_DATA
    return since, said.gettext("last seen %(at)s", at=seen)


# --- who is away ------------------------------------------------------------------------------------------------------
def _away(visit: Visit) -> Section:
    said, office = visit.said, visit.office
    found = absences.on_record(visit.session, office, office.today(visit.now))
    return Section(
        "away", said.gettext("Away, now or later"),
        (said.gettext("Person"), said.gettext("Days"), said.gettext("Who hears"), said.gettext("Entered by")),
        tuple(_absence(visit, listed) for listed in found),
        said.gettext("Nobody is away."),
        next(iter(may(visit, Link(said.gettext("Enter an absence"), absence.ADD))), None),
    )  # fmt: skip


def _absence(visit: Visit, listed: Listed) -> Row:
    said, people = visit.said, visit.office.people
    person, away = people.get(listed.person), listed.absence
    covers = absences.covers(people, person, away.first, away.last) if person else ()
    by = visit.office.name_of(listed.by)
    back = {"person": listed.person, "from": away.first.isoformat()}
    name = person.name if person else listed.person
    return Row(
        (
            Cell(name),
            Cell(said.span(away.first, away.last)),
            Cell(more=tuple(cover_text(cover, said) for cover in covers)),
            Cell(by if listed.id else said.gettext("the office's file")),
        ),
        may(visit, Link(said.gettext("take back"), f"{absence.BACK}?{urlencode(back)}", name)) if listed.id else (),
    )


def _left(visit: Visit, accounts: Iterable[Account]) -> Section:
    """Whoever left: their open cases may still be in their name."""
    said = visit.said
    gone = [account for account in accounts if not account.active]
    return Section(
        "left", said.gettext("No longer on the staff"),
        (said.gettext("Person"),),
        tuple(
            Row((Cell(account.name, (account.person_id,)),), may(visit, Link(
                said.gettext("hand over"), f"{handover.PATH}?{urlencode({'from': account.person_id})}", account.name
            ))) for account in gone
        ),
        said.gettext("Nobody has left."),
    )  # fmt: skip
