"""Cases from a file: what its columns mean is guessed and can be changed, everything is tried, and what is right comes
in; the rest comes back as a file with the reason for each row.

The file travels with the page, packed into a hidden field of its form, and comes back with each step: nothing of it is
kept here between two steps. So there is nothing to sweep, nobody else can come by it, any of several servers takes the
next step, and whoever leaves the page leaves nothing behind. Its size is bounded before and after it is unpacked. What
comes in is only what was seen: another mapping or file than was tried is tried first.
"""

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass, replace
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from sla.access.forms import MOST_BYTES, Form
from sla.access.visitors import ForbiddenError
from sla.importing.guessing import REFUSED
from sla.importing.mapping import SourceMap
from sla.importing.opening import FORMS
from sla.importing.report import SHOWN, Report
from sla.importing.rows import SourceError
from sla.rights import Right
from sla.service import import_files
from sla.service.calendar_shows import Names
from sla.service.deeds import done_by
from sla.service.import_files import Sent
from sla.service.import_shows import rates_text, summary
from sla.service.importing import Ground
from sla.service.offices import Office
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit, page, visiting
from sla.web.office.sheet import Section, rows
from sla.web.routes import Route, shown, uploaded
from sla.words import NO_DATA, Words

PATH = "/import"
MOST_FILE = 2_000_000  # bytes
MOST_FORM = MOST_FILE * 3 // 2 + MOST_BYTES  # a file in a hidden field is a third larger


def routes(app: App) -> list[Route]:
    def take(request: Request, form: Form) -> Response:
        return _take(app, request, form)

    return [shown(app, PATH, Right.ADMINISTER, _ask), uploaded(app, PATH, Right.ADMINISTER, MOST_FORM, take)]


@dataclass(frozen=True)
class View:
    """The page: choosing a file, or one that is here (`packed`) with what its columns mean and what would come of it.
    `seen` tells what was tried; `done` that it is in."""

    name: str = ""
    packed: str = ""
    mapping: Field | None = None
    seen: str = ""
    problem: str = ""
    detail: str = ""
    lines: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    new: int = 0
    refused: int = 0
    done: bool = False
    forms: str = ",".join(FORMS)


class FileError(Exception):
    """A file that cannot be taken; it says why in the reader's language."""


def _ask(app: App, visit: Visit) -> Response:
    return _page(app, visit.request, _begin(visit.said))


def _begin(said: Words, problem: str = "", detail: str = "") -> View:
    hint = said.gettext("as it was used before; blank: it is guessed")
    return View(mapping=Field("mapping", _label(said), Ask.CODE, hint=hint), problem=problem, detail=detail)


def _label(said: Words) -> str:
    return said.gettext("What the columns mean")


def _take(app: App, request: Request, form: Form) -> Response:
    with visiting(app, request, Right.ADMINISTER) as visit:
        if not visit.visitor.person_id:
            raise ForbiddenError(Right.ADMINISTER)  # a program: what is done here is done by somebody
        office, said, by = visit.office, visit.said, visit.visitor.person_id
    try:
        sent = _sent(form, said)
    except FileError as error:
        return _page(app, request, _begin(said, str(error)), 422)
    text = form.raw("mapping").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        try:
            text = import_files.guess(office, sent)
        except SourceError as error:
            return _page(app, request, _begin(said, _unusable(said), said.fault(error)), 422)
    view = View(sent.name, _packed(sent), Field("mapping", _label(said), Ask.CODE, needed=True, values=(text,)))
    try:
        mapping = import_files.checked(office, sent, text)
        if form.asked("step") == "refused":
            return _refused(app, office, sent, mapping, said)
        if form.asked("step") == "do" and form.asked("seen") == _digest(sent, text):
            return _page(app, request, _do(app, request, view, office, sent, mapping, by))
        report = import_files.bring_in(_ground(app), office, sent, mapping, dry=True)
    except SourceError as error:
        return _page(app, request, replace(view, problem=_unusable(said), detail=said.fault(error)), 422)
    return _page(app, request, replace(_with(view, report, office, said), seen=_digest(sent, text)))


def _ground(app: App) -> Ground:
    return Ground(app.reading, app.writing, app.now)


def _do(app: App, request: Request, view: View, office: Office, sent: Sent, mapping: SourceMap, by: str) -> View:
    """Bring it in. It takes several transactions: that it was begun is on record before the first."""
    with visiting(app, request, Right.ADMINISTER, writes=True) as visit:
        done_by(visit.session, visit.office, by, "cases_imported", mapping.source, visit.now)
    report = import_files.bring_in(_ground(app), office, sent, mapping, dry=False)
    shown, text = _with(view, report, office, visit.said), view.mapping.value if view.mapping else ""
    return replace(shown, sections=(*shown.sections, Section("mapping", _label(visit.said), text=text)), done=True)


def _refused(app: App, office: Office, sent: Sent, mapping: SourceMap, said: Words) -> Response:
    with import_files.refused_rows(_ground(app), office, sent, mapping, said.phrase) as path:
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{_ascii(mapping.source)}{REFUSED}.csv"'}
    return Response(content, 200, headers, "text/csv; charset=utf-8")


def _ascii(name: str) -> str:
    return "".join(sign for sign in name if sign.isascii()).strip("-.") or "import"


def _with(view: View, report: Report, office: Office, said: Words) -> View:
    sections = [_reasons(report, said), _differences(report, office, said), _rates(report, said)]
    found = tuple(section for section in sections if section.rows or section.text)
    return replace(view, lines=tuple(summary(report, said)), sections=found, new=report.new, refused=report.rejected)


def _reasons(report: Report, said: Words) -> Section:
    columns = (said.gettext("Row"), said.gettext("Why it is refused"))
    listed = rows((f"{number:,}", said.phrase(reason)) for number, reason in report.reasons)
    title = said.gettext("Rows that are refused")
    return Section("refused", title, columns, listed, notes=_first(report.rejected, said))


def _differences(report: Report, office: Office, said: Words) -> Section:
    columns = (said.gettext("Case"), said.gettext("Limit"), said.gettext("Deadline given there"),
               said.gettext("Deadline computed here"))  # fmt: skip
    names = Names(office, said)
    listed = rows(
        (number, names.clock(one.clock), _day(one.given, said), _day(one.ours, said))
        for number, one in report.differences
    )  # fmt: skip
    title = said.gettext("Deadlines that differ")
    return Section("differences", title, columns, listed, notes=_first(report.differing, said))


def _day(day: date | None, said: Words) -> str:
    return said.date(day, year=True) if day else NO_DATA


def _rates(report: Report, said: Words) -> Section:
    return Section("rates", said.gettext("How these cases stand"), text=rates_text(report, said))


def _first(n: int, said: Words) -> tuple[str, ...]:
    return (said.gettext("The first %(n)s of %(all)s.", n=SHOWN, all=f"{n:,}"),) if n > SHOWN else ()


# --- the file ---------------------------------------------------------------------------------------------------------
def _sent(form: Form, said: Words) -> Sent:
    """The file that was chosen just now, or the one that came back. Raises FileError."""
    chosen = form.file("file")
    if chosen is None:
        sent = Sent(form.asked("name"), _unpacked(form.asked("packed"), said))
    else:
        sent = Sent(chosen.name, chosen.content)
    if not sent.content:
        raise FileError(said.gettext("Choose a file that holds something."))
    if len(sent.content) > MOST_FILE:
        raise FileError(said.gettext(
            "The file is larger than %(n)s MB. Divide it, or bring it in with `sla import`, which takes any length.",
            n=MOST_FILE // 1_000_000,
        ))  # fmt: skip
    if not sent.name.lower().endswith(FORMS):
        raise FileError(said.gettext("The file's name must end with one of: %(forms)s", forms=" ".join(FORMS)))
    return sent


def _packed(sent: Sent) -> str:
    return base64.b64encode(zlib.compress(sent.content, 6)).decode("ascii")


def _unpacked(text: str, said: Words) -> bytes:
    """No more than a byte beyond what a file may have, whatever it says of itself. Raises FileError."""
    if not text:
        raise FileError(said.gettext("No file was chosen."))
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), MOST_FILE + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise FileError(said.gettext("The file did not come back whole. Choose it again.")) from None


def _digest(sent: Sent, mapping: str) -> str:
    """What was tried, in short."""
    told = hashlib.sha256(sent.content)
    told.update(mapping.strip().encode("utf-8", "replace"))
    return told.hexdigest()


def _unusable(said: Words) -> str:
    return said.gettext("The file cannot be brought in like this. Nothing was recorded.")


def _page(app: App, request: Request, view: View, status: int = 200) -> Response:
    return page(app, request, "office/import.html", {"view": view}, status)
