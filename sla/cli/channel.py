"""`sla channel`: the ways an office reaches people."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, at_a_terminal, print_json, step, text_of
from sla.cli.language import spoken

app = typer.Typer(
    no_args_is_help=True, help="The channels of an office: adding one, their state and secrets, a trial, pausing them."
)
Name = Annotated[str, typer.Argument(help="the channel's name")]
FileOption = Annotated[
    list[str] | None, typer.Option("--secret-file", help="FIELD=PATH: a secret as the file says it, stored sealed")
]


@app.command("add")
def add(
    name: Name,
    kind: Annotated[str, typer.Argument(help="such as wecom; see docs/channels.md")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE: a setting; a list or a table as JSON")
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret", help="FIELD: a secret, asked for or read from a line of standard input; stored sealed"
        ),
    ] = None,
    secret_file: FileOption = None,
    secret_env: Annotated[
        list[str] | None,
        typer.Option("--secret-env", help="FIELD=VARIABLE: a secret that an environment variable holds"),
    ] = None,
    office: OfficeOption = "",
) -> None:
    """Add a channel without the office file. Its secrets are sealed with the key in SLA_SECRET_KEY."""
    import os

    from sla.service import channel_secrets as channels
    from sla.words import words

    chosen, variables = _pairs(settings, "--set"), _pairs(secret_env, "--secret-env")
    new = channels.New(name, kind, chosen, variables, _secrets(secret, secret_file))
    with step(office, writes=True) as now:
        channels.add(now.session, now.office, new, os.environ, now.now)
    print(words(spoken()).gettext("%(name)s is added; try it: sla channel test %(name)s --to PERSON", name=name))


@app.command("seal")
def seal(
    name: Name,
    secret: Annotated[list[str] | None, typer.Argument(help="which secrets, such as key")] = None,
    secret_file: FileOption = None,
    office: OfficeOption = "",
) -> None:
    """Store secrets of a channel, sealed with the key in SLA_SECRET_KEY: asked for, or lines of standard input."""
    import os

    from sla.service import channel_secrets as channels
    from sla.service.errors import ServiceError
    from sla.words import words

    secrets = _secrets(secret, secret_file)
    if not secrets:
        raise ServiceError("secret", "is missing: say which, such as `sla channel seal robot key`")
    with step(office, writes=True) as now:
        channels.seal(now.session, now.office, name, secrets, os.environ, now.now)
    fields = ", ".join(secrets)
    print(words(spoken()).gettext("the secrets of %(name)s are sealed: %(fields)s", name=name, fields=fields))


@app.command("reseal")
def reseal() -> None:
    """Seal all secrets of all offices with the key that is now in SLA_SECRET_KEY; the one before is not needed then."""
    import os

    from sla.app import build
    from sla.service import channel_secrets as channels
    from sla.words import words

    app = build()
    try:
        with app.writing() as session:
            count = channels.reseal(session, os.environ, app.now(session))
    finally:
        app.close()
    said = words(spoken())
    print(said.ngettext("%(n)s secret is sealed with this key", "%(n)s secrets are sealed with this key", count))


def _pairs(given: Iterable[str] | None, option: str) -> dict[str, str]:
    from sla.service.errors import ServiceError

    pairs = [text.partition("=") for text in given or ()]
    for name, equals, _ in pairs:
        if not (name and equals):  # what was given is not repeated: it may be a secret in the wrong place
            raise ServiceError(option, "must be FIELD=VALUE")
    return {name: value for name, _, value in pairs}


def _secrets(fields: Iterable[str] | None, files: Iterable[str] | None) -> dict[str, str]:
    """Each from its file, or from whoever sits at the terminal, or a line of standard input each; never an argument."""
    from sla.service.errors import ServiceError

    found = {field: text_of(Path(path)).strip() for field, path in _pairs(files, "--secret-file").items()}
    for field in fields or ():
        text = typer.prompt(field, hide_input=True, err=True) if at_a_terminal() else sys.stdin.readline()
        found[field] = text.strip()
    for field, secret in found.items():
        if not secret:
            raise ServiceError(field, "is empty; type it, or give it on a line of standard input or by --secret-file")
    return found


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
                    "for_applicants": state.for_applicants,
                    "undelivered": state.undelivered,
                    "secrets": {**state.endpoint.secret_names, **dict.fromkeys(state.endpoint.sealed, "sealed")},
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
        if state.for_applicants:
            parts.append(said.gettext("for applicants"))
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
        raise ServiceError(name, "%(error)s", error=error) from None
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


@app.command("remove")
def remove(
    name: Name,
    move_to: Annotated[
        str, typer.Option("--move-to", help="the channel that takes its place, where it is in use")
    ] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a channel away, its settings and secrets too. What was sent by it stays in `sla deliveries`."""
    from sla.service.channel_removal import remove as service
    from sla.words import words

    said = words(spoken())
    with step(office, writes=True) as now:
        done = service(now.session, now.office, name, move_to, now.now)
    if as_json:
        return print_json({"removed": name, **vars(done)})
    print(said.gettext("%(name)s is removed; take it out of the office file too", name=name))
    if done.people:
        print(said.gettext("%(people)s: now by %(name)s", people=said.joined(done.people), name=move_to))
    if done.applicants:
        print(said.gettext("applicants: now by %(name)s", name=move_to))
    if done.messages:
        print(
            said.ngettext(
                "%(n)s message goes on by another channel", "%(n)s messages go on by another channel", done.messages
            )
        )
    return None
