"""The staff: roles, how they are reached, who stands in, who is away and who hears meanwhile, who signs in."""

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlencode

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind
from sla.people import Person
from sla.rights import Right
from sla.service import absences, users
from sla.service.absences import Listed, cover_text
from sla.service.users import Account
from sla.web.files import file_links
from sla.web.frame import App, Visit
from sla.web.lights import Shown, Sign
from sla.web.office import absence, handover, passwords
from sla.web.office.listed import list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, light_cell, may, person_cell, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, AWAY, LEFT = "/people", "/people/away", "/people/left"


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        *list_files(app, PATH, Right.AUDIT, _staff),
        *list_files(app, AWAY, Right.AUDIT, _away),
        *list_files(app, LEFT, Right.AUDIT, _left),
        *absence.routes(app),
        *handover.routes(app),
        *passwords.routes(app),
    ]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
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
    accounts = users.accounts(visit.session, visit.office)
    sections = (_staff(visit, accounts), _away(visit), _left(visit, accounts))
    return sheet(app, visit, Sheet(said.gettext("People"), PATH, about, sections, links, alert))


def _staff(visit: Visit, accounts: Iterable[Account] | None = None) -> Section:
    """Addresses are masked, in the file as on the page."""
    said, people = visit.said, visit.office.people
    known = {account.person_id: account for account in accounts or users.accounts(visit.session, visit.office)}
    columns = (
        Column("person", said.gettext("Person"), Kind.CHOICE),
        Column("roles", said.gettext("Roles"), wide=True),
        Column("reached_by", said.gettext("Reached by"), wide=True),
        Column("stand_in", said.gettext("Stand-in"), Kind.CHOICE),
        Column("today", said.gettext("Today"), Kind.CHOICE),
        Column("signs_in", said.gettext("Signs in")),
    )
    beside = (
        Column("password_since", said.gettext("Password since"), Kind.DATE),
        Column("seen_at", said.gettext("Last seen"), Kind.MOMENT),
    )
    return Section(
        "staff", said.gettext("On the staff"), columns,
        tuple(_person(visit, person, known[person.id]) for person in people.values()),
        said.gettext("Nobody is on the staff. Write [[staff]] into the office file and apply it."),
        beside=beside, files=file_links(PATH),
    )  # fmt: skip


def _person(visit: Visit, person: Person, account: Account) -> Row:
    said, people = visit.said, visit.office.people
    is_in = person.is_in(visit.office.today(visit.now))
    light = Shown(Sign.GREEN, said.gettext("in")) if is_in else Shown(Sign.PAUSED, said.gettext("away"))
    signs_in = _signs_in(account, said)
    return Row(
        (
            Cell(person.name, (person.id,), value=Choice(person.id, person.name)),
            Cell(said.joined(said.term(role) for role in sorted(person.roles)) or NO_DATA),
            Cell("" if person.addresses else NO_DATA, tuple(_reached(person))),
            person_cell(visit, person.stand_in if person.stand_in in people else ""),
            light_cell(light, "in" if is_in else "away"),
            Cell(signs_in, _seen(visit, account), value=signs_in),
        ),
        may(visit, *_links(person, account, said)),
        _seen_at(visit, account),
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


def _seen_at(visit: Visit, account: Account) -> tuple[date | None, datetime | None]:
    """Since which day somebody has a password, and when they were last seen."""
    zone, seen = visit.office.calendar.zone, account.seen_at
    if not account.password_at:
        return None, None
    return account.password_at.astimezone(zone).date(), seen.astimezone(zone) if seen else None


def _seen(visit: Visit, account: Account) -> tuple[str, ...]:
    said, (since, seen) = visit.said, _seen_at(visit, account)
    if since is None:
        return ()
    at = said.moment(seen, visit.office.calendar.zone) if seen else NO_DATA
    return (
        said.gettext("password since %(since)s", since=said.date(since, year=True)),
        said.gettext("last seen %(at)s", at=at),
    )


# --- who is away ------------------------------------------------------------------------------------------------------
def _away(visit: Visit) -> Section:
    said, office = visit.said, visit.office
    found = absences.on_record(visit.session, office, office.today(visit.now))
    columns = (
        Column("person", said.gettext("Person"), Kind.CHOICE),
        Column("days", said.gettext("Days"), wide=True),
        Column("who_hears", said.gettext("Who hears"), wide=True),
        Column("entered_by", said.gettext("Entered by"), Kind.CHOICE),
    )
    beside = (
        Column("from", said.gettext("The first day away"), Kind.DATE),
        Column("to", said.gettext("The last day away"), Kind.DATE),
    )
    return Section(
        "away", said.gettext("Away, now or later"), columns,
        tuple(_absence(visit, listed) for listed in found),
        said.gettext("Nobody is away."),
        next(iter(may(visit, Link(said.gettext("Enter an absence"), absence.ADD))), None),
        beside=beside, files=file_links(AWAY),
    )  # fmt: skip


def _absence(visit: Visit, listed: Listed) -> Row:
    said, people = visit.said, visit.office.people
    person, away = people.get(listed.person), listed.absence
    covers = absences.covers(people, person, away.first, away.last) if person else ()
    by = person_cell(visit, listed.by) if listed.id else Cell(said.gettext("the office's file"))
    back = {"person": listed.person, "from": away.first.isoformat()}
    name = person.name if person else listed.person
    return Row(
        (
            Cell(name, value=Choice(listed.person, name)),
            Cell(said.span(away.first, away.last)),
            Cell(more=tuple(cover_text(cover, said) for cover in covers)),
            by,
        ),
        may(visit, Link(said.gettext("take back"), f"{absence.BACK}?{urlencode(back)}", name)) if listed.id else (),
        (away.first, away.last),
    )


def _left(visit: Visit, accounts: Iterable[Account] | None = None) -> Section:
    """Whoever left: their open cases may still be in their name."""
    said = visit.said
    gone = [one for one in accounts or users.accounts(visit.session, visit.office) if not one.active]
    return Section(
        "left", said.gettext("No longer on the staff"),
        (Column("person", said.gettext("Person"), Kind.CHOICE),),
        tuple(
            Row((_gone(account),), may(visit, Link(
                said.gettext("hand over"), f"{handover.PATH}?{urlencode({'from': account.person_id})}", account.name
            ))) for account in gone
        ),
        said.gettext("Nobody has left."),
        files=file_links(LEFT),
    )  # fmt: skip


def _gone(account: Account) -> Cell:
    return Cell(account.name, (account.person_id,), value=Choice(account.person_id, account.name))
