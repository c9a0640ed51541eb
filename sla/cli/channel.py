"""`sla channel`: the ways an office reaches people."""

from typing import Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="The channels of an office: their state, a trial, pausing them.")
Name = Annotated[str, typer.Argument(help="the channel's name in the office file")]


@app.command("list")
def listed(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """Each channel: its kind, whether it is paused and why, whose it is, what lies undelivered."""
    from sla.service.channels import states
    from sla.words import words

    said = words(spoken())
    with step(office) as now:
        found = states(now.session, now.office)
    if as_json:
        return print_json(
            [
                {
                    "name": state.endpoint.name,
                    "kind": state.endpoint.kind,
                    "paused": state.endpoint.paused,
                    "paused_because": state.endpoint.paused_because,
                    "first_of": state.first_of,
                    "later_of": state.later_of,
                    "undelivered": state.undelivered,
                }
                for state in found
            ]
        )
    for state in found:
        endpoint = state.endpoint
        parts = [endpoint.name, endpoint.kind]
        parts.append(said.ngettext("first choice of %(n)s person", "first choice of %(n)s people", state.first_of))
        if state.later_of:
            parts.append(said.ngettext("later choice of %(n)s person", "later choice of %(n)s people", state.later_of))
        if state.undelivered:
            parts.append(said.ngettext("%(n)s undelivered message", "%(n)s undelivered messages", state.undelivered))
        if endpoint.paused:
            parts.append(said.gettext("paused: %(why)s", why=endpoint.paused_because))
        print("  ".join(parts))
    return None


@app.command("test")
def trial(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="whom: a person's id")],
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Send somebody a trial at once, and say what the other side answered."""
    from notifiers.message import DeliveryError
    from sla.app import build
    from sla.service.channels import try_out
    from sla.service.errors import ServiceError
    from sla.service.offices import office_named
    from sla.words import words

    app = build()
    try:
        with app.reading() as session:
            found = office_named(session, office or app.settings.office)
            receipt = try_out(session, found, name, to, app.now(session), app.channel)
    except DeliveryError as error:
        raise ServiceError(name, str(error)) from None
    finally:
        app.close()
    if as_json:
        return print_json({"reference": receipt.reference, "detail": receipt.detail})
    print(
        words(spoken()).gettext("%(name)s took it: %(detail)s", name=name, detail=receipt.detail or receipt.reference)
    )
    return None


@app.command("pause")
def pause(
    name: Name,
    because: Annotated[str, typer.Option("--because", help="why, for whoever finds it paused")],
    office: OfficeOption = "",
) -> None:
    """Stop using a channel: its messages go by each reader's next one, or wait."""
    from sla.service import channels
    from sla.words import words

    with step(office, writes=True) as now:
        channels.pause(now.session, now.office, name, because)
    print(words(spoken()).gettext("%(name)s is paused", name=name))


@app.command("resume")
def resume(name: Name, office: OfficeOption = "") -> None:
    """Use a channel again. What was given up meanwhile: `sla deliveries retry`."""
    from sla.service import channels
    from sla.words import words

    with step(office, writes=True) as now:
        channels.resume(now.session, now.office, name)
    print(words(spoken()).gettext("%(name)s is used again", name=name))
