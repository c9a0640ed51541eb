"""`sla import`: cases with their events and deadlines from another system's files; an office from its export."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, text_of
from sla.cli.exporting_lines import import_lines, is_export
from sla.cli.language import spoken
from sla.cli.progress import bar

if TYPE_CHECKING:
    from sla.importing.report import Outcome, Report

File = Annotated[
    Path, typer.Argument(help="the cases, one a row: .csv, .xlsx, .xes; or what `sla export lines` wrote, .jsonl")
]


def import_(
    file: File,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="what its columns mean, such as mapping.toml")
    ] = None,
    events: Annotated[Path | None, typer.Option("--events", help="their events, one a row, in any order")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="try everything, and write nothing")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="write the rows that are refused here, with the reason")
    ] = None,
    differences: Annotated[
        Path | None, typer.Option("--differences", help="write every given deadline that is another than ours here")
    ] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="the day the rates are of, such as 2012-01-23; today")] = "",
    slug: Annotated[str, typer.Option("--as", help="of an export: what the office is to be called here")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    if is_export(file):
        _alone(mapping, events, dry_run, rejects, differences, as_of, office)
        return import_lines(file, slug, as_json=as_json)
    mapping = _given(mapping, slug)
    from sla.importing.report import plain
    from sla.service.import_shows import import_text

    _apart(file, mapping, events, rejects, differences)
    report = _imported(file, text_of(mapping), events, rejects, differences, as_of, office, dry=dry_run)
    if as_json:
        print_json(plain(report))
    else:
        print(import_text(report, spoken(), dry=dry_run))
    if report.rejected or report.unreadable:
        raise typer.Exit(1)
    return None


def _alone(*others: object) -> None:
    """An export says everything itself."""
    from sla.importing.rows import SourceError

    if any(others):
        raise SourceError("file", "is the export of an office, which says everything itself: only --as goes with it")


def _given(mapping: Path | None, slug: str) -> Path:
    from sla.importing.rows import SourceError

    if slug:
        raise SourceError("as", "goes with the export of an office (.jsonl), which has a name to be changed")
    if mapping is None:
        raise SourceError("mapping", "is missing: say what the columns mean with --mapping mapping.toml")
    return mapping


def _apart(*files: Path | None) -> None:
    """What is written is none of what is read."""
    from sla.importing.rows import SourceError

    named = [path.resolve() for path in files if path is not None]
    for path in named:
        if named.count(path) > 1:
            raise SourceError(
                "file", "%(name)s is named twice; what is written needs a name of its own", name=path.name
            )


def _imported(
    file: Path,
    mapping_text: str,
    events: Path | None,
    rejected: Path | None,
    differences: Path | None,
    as_of: str,
    office: str,
    *,
    dry: bool,
) -> "Report":
    from sla.app import build
    from sla.importing.drafts import drafting
    from sla.importing.mapping import mapping_of
    from sla.importing.opening import fill, opened
    from sla.importing.rejects import rejects
    from sla.importing.report import Report
    from sla.importing.spool import spool
    from sla.importing_aside import importing_aside
    from sla.service.days import day_of
    from sla.service.importing import Ground, Source, bring_in_rows
    from sla.service.offices import office_named
    from sla.words import words

    mapping, app = mapping_of(mapping_text), build()
    with ExitStack() as stack:
        stack.callback(app.close)
        with app.reading() as session:
            chosen = office_named(session, office or app.settings.office)
            report = Report(day_of(as_of, "as_of") if as_of else chosen.today(app.now(session)))
        kept, sheet = stack.enter_context(spool()), stack.enter_context(opened(file, mapping))
        with bar(events.name if events else "") as shown:
            event_columns = fill(kept, events, sheet, mapping, shown)
        draft = drafting(mapping, sheet.columns, event_columns, chosen.calendar.zone)
        source = Source(mapping.source, draft, kept, within=bool(sheet.event_columns))
        refused = stack.enter_context(rejects(rejected, sheet.columns, words(spoken()).phrase)) if rejected else None
        differing = stack.enter_context(_differences(differences)) if differences else None
        shown = stack.enter_context(bar(file.name))
        ground, helper = (
            Ground(app.reading, app.writing, app.now),
            stack.enter_context(importing_aside(app, sheet.share)),
        )
        for outcome in bring_in_rows(ground, chosen.id, source, sheet.rows, dry=dry, helper=helper):
            report.add(outcome)
            if refused:
                refused.add(outcome)
            if differing:
                _differ(differing, outcome)
            shown(sheet.share)
        report.strays, report.unreadable = kept.strays(), kept.unreadable()
    return report


@contextmanager
def _differences(path: Path) -> Iterator[Any]:
    from sla.importing.beside import lines_in

    with lines_in(path, "differences") as lines:
        lines.writerow(["number", "clock", "given", "ours"])
        yield lines


def _differ(lines: Any, outcome: "Outcome") -> None:
    from sla.formats.as_csv import harmless

    for one in outcome.standing.deadlines if outcome.standing else ():
        if one.differs:
            lines.writerow([harmless(outcome.number), one.clock, _day(one.given), _day(one.ours)])


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
