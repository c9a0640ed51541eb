"""`sla deliveries`: what was sent to whom, what was not, and sending it again."""

from typing import Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken

app = typer.Typer(help="What was sent to whom, by which channel, when, and what the other side said.")


@app.callback(invoke_without_command=True)
def deliveries(
    context: typer.Context,
    case: Annotated[str, typer.Option(help="only of this case")] = "",
    person: Annotated[str, typer.Option(help="only to this person")] = "",
    applicants: Annotated[bool, typer.Option("--applicants", help="only what applicants were told")] = False,
    state: Annotated[str, typer.Option(help="only pending, sent, dropped or dead")] = "",
    limit: Annotated[int, typer.Option(help="how many, the newest first")] = 50,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """The newest messages: when due, when sent, how often tried, what was said."""
    if context.invoked_subcommand:
        return None
    from sla.service import deliveries as service
    from sla.words import words

    said = words(spoken())
    with step(office) as now:
        found = service.log(
            now.session, now.office, case=case, person=person, state=state, applicants=applicants, limit=limit
        )
        if as_json:
            return print_json([service.log_json(logged) for logged in found])
        people = {person.id: person.name for person in now.office.people.values()}
        for logged in found:
            message = logged.message
            at = (logged.sent_at or message.due_at).astimezone(now.office.calendar.zone)
            parts = [
                f"{at:%Y-%m-%d %H:%M}",
                said.term(message.state),
                said.gettext("applicant")
                if logged.to_applicant
                else people.get(message.recipient_id, message.recipient_id),
                message.endpoint,
                service.what(now.office, logged, said),
            ]
            if message.attempts > 1:
                parts.append(said.ngettext("%(n)s attempt", "%(n)s attempts", message.attempts))
            if not logged.sent_at and logged.said:
                parts.append(logged.said)
            if message.state == "dead":
                parts.append(str(message.id))
            print("  ".join(parts))
        if not found:
            print(said.gettext("no message"))
        if now.office.messages_since:
            day = said.date(now.office.calendar.date_of(now.office.messages_since), year=True)
            print(
                said.gettext("Of closed cases the log reaches back to %(day)s; older messages were removed.", day=day)
            )
    return None


@app.command("retry")
def retry(
    ids: Annotated[list[str] | None, typer.Argument(help="of undelivered messages; all of them if left out")] = None,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Send undelivered messages again, under the identity they had."""
    from sla.service import deliveries as service
    from sla.words import words

    said = words(spoken())
    with step(office, writes=True) as now:
        back = service.retry(now.session, now.office, ids or [], now.now)
    if as_json:
        return print_json({"retried": back})
    print(said.ngettext("%(n)s message will be sent again", "%(n)s messages will be sent again", back))
    return None
