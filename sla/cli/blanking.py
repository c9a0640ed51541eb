"""`sla case blank` and `sla office blank`: personal data taken out for good, because the law asks for it."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from sla.cli.context import ActorOption, JsonOption, OfficeOption, asked, at_a_terminal, print_json
from sla.cli.language import spoken

Reason = Annotated[str, typer.Option("--reason", help="which law, or whose request, asks for it; without the name")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


def case(
    number: Annotated[str, typer.Argument(help="the case's number")],
    reason: Reason,
    yes: Yes = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Blank applicant, contact and title of a case for good, on record. Managers and administrators may."""
    from sla.service.blanking import blank_case

    _blank(blank_case, number, reason, by, office, yes=yes, as_json=as_json)


def person(
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="the id of somebody who has left")],
    reason: Reason,
    yes: Yes = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Blank name, addresses and absences of somebody who has left, for good. Events go on naming them by their id."""
    from sla.service.blanking import blank_person

    _blank(blank_person, person_id, reason, by, office, yes=yes, as_json=as_json)


def _blank(
    blank: Callable[..., Any], what: str, reason: str, by: str, office: str, *, yes: bool, as_json: bool
) -> None:
    from sla.app import build
    from sla.service.offices import office_named
    from sla.words import words

    said = words(spoken())
    question = said.gettext("Blank the personal data of %(what)s for good?", what=what)
    if at_a_terminal() and not (yes or as_json) and not asked(question):
        raise typer.Exit(1)
    app = build()
    try:
        with app.writing() as session:
            chosen = office_named(session, office or app.settings.office)
            done = blank(session, chosen, what, reason, app.now(session), by)
        gone = app.sweep_files()
        lite = app.engine.dialect.name == "sqlite"
    finally:
        app.close()
    if as_json:
        return print_json({"blanked": done.what, "still_in": done.still, "gone_from_files": gone})
    told = said.gettext("%(what)s was blanked before", what=done.what) if done.before else ""
    print(told or said.gettext("the personal data of %(what)s are blanked", what=done.what))
    for place in done.still:
        print(said.gettext("! still in %(place)s", place=place))
    if not gone:
        print(
            said.gettext(
                "The database's file is in use, and may hold them in free places: stop the service, then do this again."
            )
            if lite
            else said.gettext("PostgreSQL's files, log and standbys hold the bytes until they are written over.")
        )
    print(said.gettext("Copies made before hold them still, and restoring one brings them back (docs/retention.md)."))
    return None
