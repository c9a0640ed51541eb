"""`sla calendar`: a year on one screen, notices, what one would do to open cases, and applying it."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import ActorOption, JsonOption, OfficeOption, print_json, print_rows, step
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="Working days of a year, notices, and applying them to open cases.")

Number = Annotated[str, typer.Argument(help="the notice's number; the only one that is not applied, if left out")]
Installed = Annotated[bool, typer.Option("--installed", help="what the installed package `holidays` has otherwise")]


@app.command("show")
def show(
    first: Annotated[str, typer.Argument(help="a country such as CN, or the year of the office's own calendar")],
    year: Annotated[str, typer.Argument(help="the year, where a country is given")] = "",
    subdiv: Annotated[str, typer.Option(help="a part of the country, such as ENG")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """A year on one screen: days off and make-up working days, names, working days a month, and whose word it is."""
    from schedules.announcements import working_calendar
    from schedules.years import year_of
    from sla.cli.year import print_year, year_json

    if not first.isdigit():
        calendar = working_calendar(first.upper(), zone="Etc/UTC", subdiv=subdiv or None)
        title = calendar.country
    else:
        with step(office) as now:
            calendar, title = now.office.calendar, now.office.name
        year = first
    shown = year_of(calendar, _year(year))
    if as_json:
        return print_json(year_json(shown, calendar))
    print_year(shown, calendar, title, spoken())
    return None


@app.command("list")
def list_(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """The notices that were loaded, and which of them are applied."""
    from sla.service.calendar_notices import listed
    from sla.words import words

    said = words(spoken())
    with step(office) as now:
        rows = listed(now.session, now.office)
    if as_json:
        return print_json(rows)
    states = {
        "loaded": said.gettext("loaded, not applied"),
        "applying": said.gettext("being applied"),
        "applied": said.gettext("applied"),
    }
    for row in rows:
        days = said.gettext("%(off)s days off, %(work)s worked", off=row["off"], work=row["work"])
        print("  ".join([row["number"], row["published"], states[row["state"]], days, row["title"]]))
    if not rows:
        print(said.gettext("no notice is loaded"))
    return None


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="such as notice.toml")],
    replace: Annotated[bool, typer.Option("--replace", help="correct one that is loaded and not applied")] = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Put a notice on record. It changes nothing yet: look with `diff`, then `apply`."""
    from sla.service import calendar_notices
    from sla.words import words

    text, said = _read(file), words(spoken())
    with step(office, writes=True) as now:
        done = calendar_notices.load(now.session, now.office, text, now.now, by, replace=replace)
    if as_json:
        return print_json({"number": done.notice.number, "title": done.notice.title, "new": done.new})
    counts = said.gettext("%(off)s days off, %(work)s worked", off=len(done.notice.closed), work=len(done.notice.open))
    state = said.gettext("loaded") if done.new else said.gettext("was loaded already")
    print(f"{done.notice.number}: {state}, {counts}")
    return None


@app.command("diff")
def diff(
    notice: Annotated[str, typer.Argument(help="a notice file, or the number of a loaded notice")] = "",
    installed: Installed = False,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """What a notice would do to every open clock: from when to when, who becomes overdue, who is rescued. Writes
    nothing."""
    from sla.aside import aside
    from sla.service import calendar_notices as notices
    from sla.service.calendar_shows import dry_run_json, dry_run_text
    from sla.service.dry_run import dry_run

    path = Path(notice) if notice else None
    with step(office) as now:
        if installed:
            target = notices.target_installed(now.session, now.office)
        elif path is not None and (path.suffix == ".toml" or path.is_file()):
            target = notices.target_of_text(now.session, now.office, _read(path))
        else:
            target = notices.target_of(now.session, now.office, notice)
        with aside(now.settings, now.office.slug, target.calendar, now.now) as second:
            found = dry_run(now.session, now.office, target.calendar, now.now, second)
        if as_json:
            return print_rows(dry_run_json(found, target.name), "clocks", (entry._asdict() for entry in found.moved))
        print(dry_run_text(now.office, found, target.name, spoken()))
    return None


@app.command("apply")
def apply(
    notice: Number = "",
    installed: Installed = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Apply a loaded notice: each open case in a transaction of its own. Interrupted, run it again."""
    from sla.app import build
    from sla.service import calendar_notices as notices
    from sla.service.calendar_shows import outcome_json, outcome_text
    from sla.service.errors import ServiceError
    from sla.service.offices import office_named

    app = build()
    try:
        with app.writing() as session:
            found = office_named(session, office or app.settings.office)
            begun = notices.is_begun(session, found, "" if installed else notice)
            if not begun and not installed:
                notices.apply_notice(session, found, notice, app.now(session), by)
            elif not begun and not notices.apply_installed(session, found, app.now(session), by):
                raise ServiceError("installed", "there is nothing to apply: the calendar is as the data has it")
        app.amend(found.id)
        with app.reading() as session:
            now_found = office_named(session, found.slug)
            if as_json:
                return print_json(outcome_json(session, now_found))
            print(outcome_text(session, now_found, spoken()))
    finally:
        app.close()
    return None


def _year(text: str) -> int:
    from sla.service.errors import ServiceError

    if not (text.isascii() and text.isdigit()):
        raise (
            ServiceError("year", "%(text)r is no year; write 2026", text=text)
            if text
            else ServiceError("year", "is missing; write CN 2026")
        )
    return int(text)


def _read(file: Path) -> str:
    from sla.service.errors import ServiceError

    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise ServiceError("file", "%(file)s cannot be read: %(why)s", file=file, why=error.strerror) from None
    except UnicodeDecodeError:
        raise ServiceError("file", "%(file)s is not UTF-8; save it as UTF-8", file=file) from None
