"""`sla case handover`: all open cases of a colleague who leaves go to another."""

from typing import Annotated, Any

import typer

from sla.cli.context import ActorOption, JsonOption, OfficeOption, print_json
from sla.cli.language import spoken


def handover(
    giver: Annotated[str, typer.Argument(metavar="FROM", help="whose cases, by id; may have left the staff already")],
    taker: Annotated[str, typer.Argument(metavar="TO", help="who has them from now on, by id")],
    reason: Annotated[str, typer.Option("--reason", help="why; it stands on record in each case")],
    permit: Annotated[str, typer.Option(help="only the cases of this permit")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list the cases, and stop")] = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Hand over all open cases of a colleague who leaves, each on record. Dates stay as they are.

    The new handler hears, in one message, of what is overdue or close. Interrupted, the same command does the rest.
    """
    from sla.app import build
    from sla.service import handover as service
    from sla.service.offices import office_named
    from sla.words import words

    wanted, said = service.Handover(giver, taker, reason, by, permit), words(spoken())
    app = build()
    try:
        with app.reading() as session:
            chosen = office_named(session, office or app.settings.office)
            whose = service.checked(session, chosen, wanted)
            rows = service.to_hand_over(session, chosen, wanted)
            hears = service.hears_now(chosen, taker, app.now(session))
        taking = chosen.people[taker].name
        done = service.Done(tuple(row.number for row in rows)) if dry_run else None
        done = done or service.hand_over(app.writing, app.now, chosen.id, wanted)
    finally:
        app.close()
    if as_json:
        print_json({
            "from": giver, "to": taker, "dry_run": dry_run, "hears": hears.id, "handed_over": done.handed_over,
            "failed": [{"number": number, "error": error} for number, error in done.failed],
        })  # fmt: skip
    else:
        _print(done, rows, said, {"giver": whose, "taker": taking}, dry_run=dry_run)
        if done.handed_over and hears.id != taker:
            print(said.gettext("%(taker)s is away: %(name)s hears", taker=taking, name=hears.name))
    if done.failed:
        raise typer.Exit(1)


def _print(done: Any, rows: Any, said: Any, names: dict[str, str], *, dry_run: bool) -> None:
    n = len(done.handed_over)
    if dry_run:
        print(said.ngettext("%(n)s open case of %(giver)s would go to %(taker)s",
                            "%(n)s open cases of %(giver)s would go to %(taker)s", n, **names))  # fmt: skip
    else:
        print(said.ngettext("%(n)s open case of %(giver)s handed over to %(taker)s",
                            "%(n)s open cases of %(giver)s handed over to %(taker)s", n, **names))  # fmt: skip
    titles = {row.number: row.title for row in rows}
    for number in done.handed_over:
        print(f"  {number}  {titles.get(number, '')}".rstrip())
    for number, error in done.failed:
        print(f"! {number}: {error}")
