"""`sla case snooze`: a reminder comes again later."""

from typing import Annotated

from typer import Argument, Option

from sla.cli.context import ActorOption, JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken


def snooze(
    number: Annotated[str, Argument(help="the case's number")],
    clock: Annotated[str, Option(help="which clock; each that has reminded you, if left out")] = "",
    until: Annotated[str, Option(help="a day, or a moment: 2026-09-22 or 2026-09-22T15:00+08:00")] = "",
    length: Annotated[str, Option("--for", help='so long from now: "30 minutes", "2 hours", "1 working day"')] = "",
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let the reminders of a case wait for you, and only you; one comes again at the end, if it is still true.

    What is due or overdue is never put off: a snooze ends before the deadline.
    """
    from sla.service import snoozing
    from sla.words import due_text, words

    said = words(spoken())
    with step(office, writes=True) as now:
        ends = snoozing.until_of(now.office, until, length, now.now)
        done = snoozing.snooze(now.session, now.office, number, by, ends, now.now, clock)
        zone = now.office.calendar.zone
    if as_json:
        return print_json({
            "number": number, "person": by, "until": ends.isoformat(), "clocks": [clock.id for clock in done.clocks],
        })  # fmt: skip
    for one in done.clocks:
        what = said.gettext(
            "reminders wait for %(name)s until %(moment)s; due %(due)s",
            name=done.person.name,
            moment=said.moment(ends, zone, year=True),
            due=due_text(one, said, year=True),
        )
        print(said.gettext("%(label)s: %(what)s", label=said.name(one.rule.names), what=what))
    return None
