"""`sla token`: keys for programs."""

from typing import Annotated

import typer

from sla.cli.context import ActorOption, JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="Keys for programs that ask the pages or record cases.")
Name = Annotated[str, typer.Argument(help="what it is for, such as archive-system")]


@app.command("add")
def add(
    name: Name,
    rights: Annotated[str, typer.Option("--rights", help="such as read,record; see docs/security.md")] = "read",
    until: Annotated[str, typer.Option("--until", help="the last day it works; 90 days from now if left out")] = "",
    by: ActorOption = "",
    office: OfficeOption = "",
) -> None:
    """A new key, by an administrator. It is shown once: the database keeps only what it is recognised by."""
    from datetime import date, timedelta

    from sla.service import tokens
    from sla.service.errors import ServiceError
    from sla.words import words

    with step(office, writes=True) as now:
        try:
            last = date.fromisoformat(until) if until else now.office.today(now.now) + timedelta(days=90)
        except ValueError:
            raise ServiceError("until", "%(text)r is no date; write 2026-09-18", text=until) from None
        wanted = [right.strip() for right in rights.split(",") if right.strip()]
        key = tokens.add(now.session, now.office, name, wanted, last, by, now.now)
    said = words(spoken())
    print(
        said.gettext("%(name)s works through %(day)s. It is shown only now:", name=name, day=said.date(last, year=True))
    )
    print(f"    {key}")


@app.command("list")
def list_them(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """The keys of an office: their rights, until when they work, and when they were last used."""
    from sla.service import tokens
    from sla.words import words

    with step(office) as now:
        found = tokens.listed(now.session, now.office)
        zone = now.office.calendar.zone
    if as_json:
        shown = [{**token.__dict__, "rights": sorted(token.rights), "state": token.state(now.now)} for token in found]
        print_json(
            [{name: value for name, value in token.items() if name not in ("office_id", "unseen")} for token in shown]
        )
        return
    said = words(spoken())
    states = {"valid": said.gettext("valid"), "expired": said.gettext("expired"), "revoked": said.gettext("revoked")}
    for token in found:
        ends = said.gettext("until %(at)s", at=said.moment(token.expires_at, zone, year=True))
        used = said.moment(token.used_at, zone, year=True) if token.used_at else "–"
        rights, used_at = ",".join(sorted(token.rights)), said.gettext("last used %(at)s", at=used)
        print(f"{token.name}  {states[token.state(now.now)]}  {rights}  {ends}  {used_at}")
    if not found:
        print(said.gettext("no keys"))


@app.command("revoke")
def revoke(name: Name, office: OfficeOption = "") -> None:
    """A key works no more, from now on."""
    from sla.service import tokens
    from sla.words import words

    with step(office, writes=True) as now:
        tokens.revoke(now.session, now.office, name, now.now)
    print(words(spoken()).gettext("%(name)s works no more", name=name))
