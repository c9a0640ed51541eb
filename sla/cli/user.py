"""`sla user`: who of the staff may sign in to the pages."""

import sys
from typing import Annotated, Any

import typer

from sla.cli.context import JsonOption, OfficeOption, at_a_terminal, print_json, step
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="Who of the staff may sign in to the pages.")
Person = Annotated[str, typer.Argument(help="a person's id, as in the office file")]
GivenOption = Annotated[
    bool, typer.Option("--given", help="ask for the password, or read a line of standard input; one is made up if not")
]


OidcOption = Annotated[
    bool, typer.Option("--oidc", help="no password: they sign in by the office's identity provider (SLA_OIDC_ISSUER)")
]


@app.command("add")
def add(person: Person, given: GivenOption = False, oidc: OidcOption = False, office: OfficeOption = "") -> None:
    """Give one of the staff a password; with the first of them, the pages begin to ask for one. It is for once."""
    if oidc:
        _let_in(person, office)
    else:
        _give(person, office, given=given, new=True)


@app.command("reset")
def reset(person: Person, given: GivenOption = False, office: OfficeOption = "") -> None:
    """A new password in place of a forgotten one. It is for once, and its owner is signed out everywhere."""
    _give(person, office, given=given, new=False)


@app.command("remove")
def remove(person: Person, office: OfficeOption = "") -> None:
    """Somebody signs in no more, and is signed out everywhere; what they recorded stays."""
    from sla.service import users
    from sla.words import words

    with step(office, writes=True) as now:
        users.take_password(now.session, now.office, person)
    print(words(spoken()).gettext("%(name)s signs in no more", name=person))


@app.command("list")
def list_them(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """The staff: who signs in, since when they have their password, and when they were last seen."""
    from sla.access.security_log import pseudonym
    from sla.service import users
    from sla.words import words

    with step(office) as now:
        found = users.accounts(now.session, now.office)
        zone, office_id = now.office.calendar.zone, now.office.id
    if as_json:
        print_json([{**account.__dict__, "log_as": pseudonym(office_id, account.person_id)} for account in found])
        return
    said = words(spoken())
    for account in (account for account in found if account.active or account.password_at):
        roles = said.joined(account.roles)
        print(f"{account.person_id}  {account.name}  {roles}  {_standing(account, zone, said)}")


@app.command("calendar")
def calendar(
    person: Person,
    revoke: Annotated[bool, typer.Option("--revoke", help="the address finds nothing any more")] = False,
    office: OfficeOption = "",
) -> None:
    """The private address of somebody's deadlines for their calendar, in place of the one before; shown this once."""
    from sla.service import subscriptions
    from sla.words import words

    said = words(spoken())
    with step(office, writes=True) as now:
        if revoke:
            subscriptions.revoke(now.session, now.office, person)
            print(said.gettext("%(name)s has no calendar any more", name=person))
            return
        token = subscriptions.make(now.session, now.office, person, now.now)
        address = subscriptions.address(now.office.link, token)
    print(said.gettext("%(name)s subscribes to this address, which is shown this once:", name=person))
    print(f"    {address}")


def _standing(account: Any, zone: Any, said: Any) -> str:
    if account.password_at is None:
        return str(said.gettext("no password"))
    since = said.moment(account.password_at, zone, year=True)
    text = said.gettext("password since %(since)s", since=since)
    if account.once:
        text += said.gettext(", not changed yet")
    if account.seen_at:
        text += said.gettext(", last seen %(at)s", at=said.moment(account.seen_at, zone, year=True))
    return str(text)


def _let_in(person: str, office: str) -> None:
    from sla.service import users
    from sla.words import words

    with step(office, writes=True) as now:
        _check_new(now, person)
        users.let_in(now.session, now.office, person, now.now)
    print(words(spoken()).gettext("%(name)s signs in by the office's identity provider.", name=person))


def _check_new(now: Any, person: str) -> None:
    from sla.service import users
    from sla.service.errors import ServiceError

    if users.stored_password(now.session, now.office, person):
        raise ServiceError(
            "person", "%(person)s has a password already; `sla user reset %(person)s` gives a new one", person=person
        )


def _give(person: str, office: str, *, given: bool, new: bool) -> None:
    from sla.service import users
    from sla.service.errors import ServiceError
    from sla.words import words

    password = _asked_for() if given else ""
    with step(office, writes=True) as now:
        if new:
            _check_new(now, person)
        elif not users.stored_password(now.session, now.office, person):
            raise ServiceError(
                "person", "%(person)s has none yet; `sla user add %(person)s` gives the first", person=person
            )
        made = users.give_password(now.session, now.office, person, password, now.now)
        without = users.is_without_administrator(now.session, now.office)
    said = words(spoken())
    if given:
        print(said.gettext("%(name)s signs in with that password, once, and then chooses another.", name=person))
    else:
        print(said.gettext("%(name)s signs in with this password, once, and then chooses another:", name=person))
        print(f"    {made}")
    if without:
        text = said.gettext("note: no administrator signs in yet; give one a password too: sla user add PERSON")
        print(text, file=sys.stderr)


def _asked_for() -> str:
    if at_a_terminal():
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
