"""`sla absence`: when somebody is away, and who hears of their cases meanwhile."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sla.cli.context import ActorOption, JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken

if TYPE_CHECKING:
    from sla.people import Absence
    from sla.service.absences import Changed, Cover, Listed
    from sla.words import Words

app = typer.Typer(no_args_is_help=True, help="When somebody is away, and who hears of their cases meanwhile (AB角).")

Person = Annotated[str, typer.Argument(help="a person's id")]
First = Annotated[str, typer.Option("--from", help="the first day away: 2026-10-19")]


@app.command("add")
def add(
    person: Person,
    first: First,
    last: Annotated[str, typer.Option("--to", help="the last day away")],
    stand_in: Annotated[str, typer.Option("--stand-in", help="who stands in; whoever always does if left out")] = "",
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Somebody will be away. Says who hears on these days; what waits to be sent then goes to them, too."""
    from sla.people import Absence
    from sla.service import absences

    away = Absence(_day(first, "from"), _day(last, "to"), stand_in)
    with step(office, writes=True) as now:
        _tell(now, absences.add(now.session, now.office, person, away, now.now, by), removed=False, as_json=as_json)


@app.command("remove")
def remove(
    person: Person, first: First, by: ActorOption = "", office: OfficeOption = "", as_json: JsonOption = False
) -> None:
    """The absence that begins on a day is not: they are in."""
    from sla.service import absences

    with step(office, writes=True) as now:
        gone = absences.remove(now.session, now.office, person, _day(first, "from"), now.now, by)
        _tell(now, gone, removed=True, as_json=as_json)


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="past ones too")] = False,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Who is away, or will be, and who hears meanwhile."""
    from sla.service import absences
    from sla.words import words

    said = words(spoken())
    with step(office) as now:
        people = now.office.people
        found = absences.on_record(now.session, now.office, date.min if everything else now.office.today(now.now))
        heard = [
            absences.covers(people, people[one.person], one.absence.first, one.absence.last)
            if one.person in people
            else ()
            for one in found
        ]
    if as_json:
        return print_json([_listed_json(one, covers) for one, covers in zip(found, heard, strict=True)])
    for one, covers in zip(found, heard, strict=True):
        whose = people[one.person].name if one.person in people else said.gettext("no longer on the staff")
        print(
            "  ".join(
                part
                for part in (one.person, whose, said.span(one.absence.first, one.absence.last), _where(one, said))
                if part
            )
        )
        _print_hears(covers, said)
    if not found:
        print(said.gettext("nobody is away"))
    return None


def _tell(now: Any, changed: "Changed", *, removed: bool, as_json: bool) -> None:
    from sla.words import words

    if as_json:
        return print_json({
            "person": changed.person, **_absence_json(changed.absence), "removed": removed,
            "hears": _covers_json(changed.covers), "others": _covers_json(changed.others),
        })  # fmt: skip
    said, known = words(spoken()), now.office.people.get(changed.person)
    state = said.gettext("is not away") if removed else said.gettext("is away")
    name = known.name if known else ""
    print(
        "  ".join(
            part
            for part in (changed.person, name, state, said.span(changed.absence.first, changed.absence.last))
            if part
        )
    )
    _print_hears(changed.covers, said)
    for cover in changed.others:
        print(said.gettext("%(name)s, who is away too:", name=cover.person.name))
        _print_hears([cover], said)
    return None


def _print_hears(covers: Iterable["Cover"], said: "Words") -> None:
    from sla.service.absences import cover_text

    for cover in covers:
        print(f"  {cover_text(cover, said)}")


def _where(one: "Listed", said: "Words") -> str:
    if one.id is None:
        return said.gettext("the office's file")
    return said.gettext("entered by %(by)s", by=one.by) if one.by else ""


def _listed_json(listed: "Listed", covers: Iterable["Cover"]) -> dict[str, Any]:
    return {
        "person": listed.person, **_absence_json(listed.absence), "in_file": listed.id is None, "by": listed.by,
        "hears": _covers_json(covers),
    }  # fmt: skip


def _absence_json(absence: "Absence") -> dict[str, str]:
    return {"from": absence.first.isoformat(), "to": absence.last.isoformat(), "stand_in": absence.stand_in}


def _covers_json(covers: Iterable["Cover"]) -> list[dict[str, Any]]:
    return [
        {
            "person": cover.person.id,
            "from": cover.first.isoformat(),
            "to": cover.last.isoformat(),
            "hears": cover.hears.id,
            "covered": not cover.uncovered,
        }
        for cover in covers
    ]


def _day(text: str, field: str) -> date:
    from sla.service.errors import ServiceError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ServiceError(field, "%(text)r is no date; write 2026-09-18", text=text) from None
