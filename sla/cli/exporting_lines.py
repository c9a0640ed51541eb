"""`sla export lines`, and `sla import` of what it wrote."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from sla.cli.context import print_json
from sla.cli.language import spoken
from sla.cli.output import written_to
from sla.cli.progress import bar

ENDINGS = (".jsonl", ".jsonl.gz")
_LONGEST = 64_000_000  # bytes in a line; the largest case there could be has a tenth of it


def is_export(file: Path) -> bool:
    """Whether a file is the export of an office, by its name."""
    return file.name.lower().endswith(ENDINGS)


def export_lines(slug: str, output: Path | None) -> None:
    from sla.app import build
    from sla.service.errors import ServiceError
    from sla.service.exporting import LEVEL, exported
    from sla.service.offices import office_named
    from sla.words import words

    if output and not is_export(output):
        raise ServiceError("output", "%(name)s must end with .jsonl or .jsonl.gz", name=output.name)
    if output and output.exists():
        raise ServiceError("output", "%(file)s is there already; give the export a name of its own", file=output)
    app = build()
    try:
        with app.reading() as session:
            office = office_named(session, slug or app.settings.office)
        with bar(output.name if output else "") as shown:
            found = exported(app.engine, office.id, lambda share: shown(lambda: share))
            with written_to(output, LEVEL) as out:
                out.writelines(found)
    finally:
        app.close()
    if output is None:
        return
    said = words(spoken())
    print(
        said.gettext(
            "%(file)s: %(size)s bytes, personal data among them; keep it where only you can read it",
            file=output,
            size=output.stat().st_size,
        ),
        file=sys.stderr,
    )


@dataclass
class _Report:
    """What came of a file; what was refused is shown as it is found, as far as there is room for it."""

    office: str
    made: bool
    new: int = 0
    there: int = 0
    aside: list[str] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    more_refused: int = 0


_MOST_SHOWN = 1_000


def import_lines(file: Path, slug: str, *, as_json: bool) -> None:
    from sla.app import build
    from sla.service.office_cases import bring_in_cases
    from sla.service.office_lines import begin, looked_through

    app = build()
    try:
        with bar(file.name) as shown:
            whole = looked_through(_lines(file, lambda share: shown(lambda: share() / 3)), slug)
            office_id, made = begin(app.writing, app.now, whole)
            report = _Report(whole.slug, made)
            lines = _lines(file, lambda share: shown(lambda: (1 + 2 * share()) / 3))
            for outcome in bring_in_cases(app.writing, app.now, office_id, lines):
                _add(report, outcome)
    finally:
        app.close()
    print_json(_plain(report)) if as_json else _print(report)
    if report.refused:
        raise typer.Exit(1)


def _add(report: _Report, outcome: Any) -> None:
    if outcome.reason and len(report.refused) < _MOST_SHOWN:
        report.refused.append(outcome)
    elif outcome.reason:
        report.more_refused += 1
    else:
        report.new += outcome.new
        report.there += not outcome.new
    if outcome.aside and len(report.aside) < _MOST_SHOWN:
        report.aside.append(outcome.number)


def _plain(report: _Report) -> dict[str, Any]:
    refused = [{"line": one.line, "number": one.number, "reason": str(one.reason)} for one in report.refused]
    return {**vars(report), "refused": refused}


def _print(report: _Report) -> None:
    from sla.words import words

    said, refused = words(spoken()), len(report.refused) + report.more_refused
    made = said.gettext("The office %(office)s was made.", office=report.office)
    known = said.gettext("The office %(office)s is here already, as the file says.", office=report.office)
    print(made if report.made else known)
    print(
        said.gettext(
            "%(new)s brought in, %(there)s already there, %(refused)s refused",
            new=report.new,
            there=report.there,
            refused=refused,
        )
    )
    for one in report.refused:
        where = said.gettext("line %(n)s", n=one.line)
        print(f"  {where} {one.number}".rstrip() + f": {said.phrase(one.reason)}")
    if report.more_refused:
        print("  " + said.gettext("… and %(n)s more", n=f"{report.more_refused:,}"))
    for number in report.aside:
        print(said.gettext("  %(number)s is set aside, as where it comes from: see sla doctor", number=number))
    if report.made:
        print(
            said.gettext(
                "Its channels are paused: give their secrets (sla channel seal), then sla channel resume. Nobody can"
                " sign in yet: sla user add."
            )
        )


def _lines(file: Path, shown: Callable[[Callable[[], float]], object]) -> Iterator[bytes]:
    """The lines of a file, packed or not. Raises ServiceError for one that cannot be read."""
    from sla.service.errors import ServiceError

    try:
        size = file.stat().st_size or 1
        with file.open("rb") as raw:
            packed = file.name.lower().endswith(".gz")
            with gzip.GzipFile(fileobj=raw) if packed else raw as source:
                for number, line in enumerate(iter(lambda: source.readline(_LONGEST), b""), start=1):
                    if not number % 500:
                        shown(lambda: raw.tell() / size)
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ServiceError("file", "%(name)s was cut off, or is not packed with gzip", name=file.name) from None
    except OSError as error:
        raise ServiceError("file", "%(file)s cannot be read: %(why)s", file=file, why=error.strerror) from None
