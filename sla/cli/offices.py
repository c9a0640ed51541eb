"""`sla office`: make an office from a file, and look at it."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, step, text_of
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="Offices: zone, calendar, hours, staff, channels.")


@app.command("apply")
def apply(file: Annotated[Path, typer.Argument(help="such as office.toml")], as_json: JsonOption = False) -> None:
    """Make the office a file describes, or change it. Nothing is written unless the whole file is right."""
    from sla.app import build
    from sla.service import setup
    from sla.words import words

    plan = setup.plan_of(text_of(file), file.parent)
    app = build()
    try:
        with app.writing() as session:
            applied = setup.apply(session, plan, app.now(session))
        app.amend(applied.office_id)
    finally:
        app.close()
    if as_json:
        return print_json(
            {
                **applied.__dict__,
                "office_id": str(applied.office_id),
                "warnings": list(map(str, applied.warnings)),
            }
        )
    said = words(spoken())
    done = said.gettext("made") if applied.created else said.gettext("changed")
    print(
        said.gettext(
            "%(done)s %(office)s: %(people)s people, %(channels)s channels, policy %(policy)s",
            done=done,
            office=applied.slug,
            people=applied.people,
            channels=applied.channels,
            policy=applied.policy,
        )
    )
    through = said.date(applied.announced_through, year=True)
    print(
        said.gettext("calendar %(version)s, announced through %(day)s", version=applied.calendar_version, day=through)
    )
    for warning in applied.warnings:
        print(said.gettext("note: %(text)s", text=said.phrase(warning)))
    return None


@app.command("show")
def show(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """Who works there, and by which calendar and policy it counts."""
    from sla.service.blanking import former

    with step(office) as now:
        shown = {
            "slug": now.office.slug,
            "name": now.office.name,
            "zone": now.office.calendar.zone.key,
            "calendar": now.office.calendar.version,
            "announced_through": now.office.calendar.announced_through.isoformat(),
            "keep_messages_months": now.office.keep_months or None,
            "messages_since": now.office.messages_since.isoformat() if now.office.messages_since else None,
            "policies": [f"{row.policy_id} {row.version} (from {row.valid_from})" for row in now.office.policy_rows],
            "people": {
                person.id: {
                    "name": person.name,
                    "roles": sorted(person.roles),
                    "stand_in": person.stand_in,
                    "channels": list(person.addresses),
                }
                for person in now.office.people.values()
            },
            "blanked": [
                {
                    "id": gone.id,
                    "on": now.office.calendar.date_of(gone.at).isoformat(),
                    "by": gone.by,
                    "reason": gone.because,
                }
                for gone in former(now.session, now.office)
            ],
        }
    if as_json:
        return print_json(shown)
    for name, value in shown.items():
        if name not in ("people", "blanked") and value is not None:
            print(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    for person_id, person in shown["people"].items():
        print(
            f"  {person_id}  {person['name']}  {', '.join(person['roles'])}  ↔ {person['stand_in'] or '–'}  "
            f"{', '.join(person['channels'])}"
        )
    for gone in shown["blanked"]:
        print(f"  {gone['id']}  blanked by law on {gone['on']}: {gone['reason']}")
    return None
