"""What an auditor looks at: whether the record is as it was written, its anchors by day, what was admitted late, and
who did what. Each list is a file, too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from fastapi.responses import Response

from sla.formats.table import Choice, Column, Kind
from sla.rights import Right
from sla.service.audit import audited
from sla.service.deeds import MOST, Late, lately, listed
from sla.service.findings import Finding
from sla.web.files import file_links
from sla.web.frame import App, Visit, case_path
from sla.web.lights import Shown, Sign
from sla.web.office import export
from sla.web.office.listed import MOST_IN_FILE, bounded, list_files
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, at_cell, day_cell, person_cell, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, VERIFY, SIGNS = "/audit", "/audit/verify", "/audit/signs"
DAYS = 60  # anchors on the page


def routes(app: App) -> list[Route]:
    return [
        shown(app, PATH, Right.AUDIT, _page),
        shown(app, VERIFY, Right.AUDIT, _verified),
        *list_files(app, VERIFY, Right.AUDIT, _every_finding),
        *export.routes(app),
        *(route for name in LISTS for route in list_files(app, _path(name), Right.AUDIT, partial(_all, name))),
    ]


def _path(name: str) -> str:
    return f"{PATH}/{name.replace('_', '-')}"


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    found = lately(visit.session, visit.office, visit.now)
    sections = tuple(_newest(visit, name, getattr(found, name)) for name in LISTS)
    about = said.gettext("Events are never changed: each is chained with the one before; all are anchored once a day.")
    verify = Link(said.gettext("Verify the record now"), VERIFY, main=True)
    asked = Link(said.gettext("What may be asked about"), SIGNS)
    whole = (
        Link(said.gettext("Everything of the office as a file"), export.WHOLE),
        Link(said.gettext("Event log (XES)"), export.LOG),
        Link(said.gettext("Supervision feed"), export.FEED),
    )
    return sheet(app, visit, Sheet(said.gettext("Audit"), PATH, about, sections, (verify, asked, *whole)))


def _newest(visit: Visit, name: str, found: list[Any]) -> Section:
    """A list as the page has it: no more than its newest lines."""
    most = DAYS if name == "anchors" else MOST
    section = replace(LISTS[name](visit, found[:most]), files=file_links(_path(name)))
    if len(found) < most or name == "actors":
        return section
    note = visit.said.gettext("The newest %(n)s; a file has them all.", n=most)
    return replace(section, notes=(*section.notes, note))


def _all(name: str, visit: Visit) -> Section:
    found = listed(visit.session, visit.office, name, visit.now, MOST_IN_FILE + 1)
    return LISTS[name](visit, list(bounded(visit, found)))


# --- the record, verified ---------------------------------------------------------------------------------------------
def _verified(app: App, visit: Visit) -> Response:
    """As `sla audit verify`, of this office: the first of what does not fit, and how much it is."""
    said, first, wrong, n = visit.said, list[Finding](), 0, 0
    for n, one in enumerate(audited(visit.session, visit.office.id), start=1):
        wrong += one.serious
        if n <= MOST:
            first.append(one)
    section = _findings(visit, first)
    if n > MOST:
        note = said.gettext("The first %(n)s; a file has them all.", n=MOST)
        section = replace(section, notes=(*section.notes, note))
    alert = said.ngettext("%(n)s thing does not fit.", "%(n)s things do not fit.", wrong) if wrong else ""
    at = said.moment(visit.now, visit.office.calendar.zone, year=True)
    about = said.gettext("The chain of every case and the anchor of every day, verified %(at)s", at=at)
    back = Link(said.gettext("Audit"), PATH)
    return sheet(app, visit, Sheet(said.gettext("The record, verified"), VERIFY, about, (section,), (back,), alert))


def _every_finding(visit: Visit) -> Section:
    found = islice(audited(visit.session, visit.office.id), MOST_IN_FILE + 1)
    return _findings(visit, bounded(visit, list(found)))


def _findings(visit: Visit, found: Sequence[Finding]) -> Section:
    said = visit.said
    columns = (
        Column("finding", said.gettext("Finding"), wide=True),
        Column("where", said.gettext("Where")),
        Column("mend", said.gettext("What to do"), wide=True),
    )
    return Section(
        "findings", said.gettext("Findings"), columns,
        tuple(_found(one, said) for one in found),
        said.gettext("every chain and every anchor fits"),
        beside=(Column("gravity", said.gettext("Gravity"), Kind.CHOICE),), files=file_links(VERIFY),
    )  # fmt: skip


def _found(one: Finding, said: Words) -> Row:
    is_what = _wrong(said) if one.serious else Choice("note", said.gettext("note"))
    light = Shown(Sign.RED if one.serious else Sign.NONE, is_what.name)
    return Row((Cell(one.what, light=light, value=one.what), Cell(one.where), Cell(one.mend)), beside=(is_what,))


def _wrong(said: Words) -> Choice:
    return Choice("wrong", said.gettext("wrong"))


# --- the lists --------------------------------------------------------------------------------------------------------
def _anchors(visit: Visit, found: list[Any]) -> Section:
    """By day, to be compared with what was printed in the managers' digest."""
    said = visit.said
    columns = (
        Column("day", said.gettext("Day"), Kind.DATE),
        Column("cases", said.gettext("Cases that moved"), Kind.NUMBER),
        Column("hash", said.gettext("Hash"), wide=True),
    )
    lines = tuple(
        Row((day_cell(visit, one.on), Cell(str(one.cases), value=one.cases), Cell(one.hash, mono=True)))
        for one in found
    )  # fmt: skip
    empty = said.gettext("No anchor yet: the first is made with the next morning's digest.")
    notes = (
        said.gettext("The hash stands in the managers' digest of the day, too: printed, it proves what was on record."),
    )
    return Section("anchors", said.gettext("Anchors by day"), columns, lines, empty, notes=notes)


def _late(visit: Visit, found: list[Late]) -> Section:
    said = visit.said
    columns = (
        _case_column(said),
        Column("what", said.gettext("What"), Kind.CHOICE),
        Column("occurred_at", said.gettext("Happened"), Kind.MOMENT),
        Column("recorded_at", said.gettext("Recorded"), Kind.MOMENT),
        Column("admitted_by", said.gettext("Admitted by"), Kind.CHOICE),
    )
    lines = tuple(_admitted(visit, one) for one in found)
    empty = said.gettext("Nothing that was entered late was admitted.")
    title = said.gettext("Entered late, and admitted")
    return Section("late", title, columns, lines, empty, beside=(_title_column(said),))


def _admitted(visit: Visit, late: Late) -> Row:
    row = late.row
    moments = at_cell(visit, row.occurred_at), at_cell(visit, row.recorded_at)
    admitted_by = person_cell(visit, late.admitted_by)
    return Row((_case(row), _event(row.kind, visit.said), *moments, admitted_by), beside=(row.title,))


def _deeds(visit: Visit, found: list[Any]) -> Section:
    said, words = visit.said, deed_words(visit.said)
    columns = (
        Column("at", said.gettext("When"), Kind.MOMENT),
        Column("who", said.gettext("Who"), Kind.CHOICE),
        Column("what", said.gettext("What"), Kind.CHOICE),
        Column("subject", said.gettext("Of what"), wide=True),
    )
    lines = tuple(
        Row((at_cell(visit, one.at), person_cell(visit, one.by), _named(one.kind, words.get(one.kind, one.kind)),
             Cell(visit.office.name_of(one.subject) or NO_DATA)))
        for one in found
    )  # fmt: skip
    empty = said.gettext("Nobody has changed anything on these pages yet.")
    return Section("deeds", said.gettext("Changes of the office on these pages"), columns, lines, empty)


def _actors(visit: Visit, found: list[Any]) -> Section:
    said, nobody = visit.said, visit.said.gettext("nobody in particular")
    columns = (
        Column("who", said.gettext("Who"), Kind.CHOICE),
        Column("events", said.gettext("Events"), Kind.NUMBER),
        Column("last_at", said.gettext("The last"), Kind.MOMENT),
    )
    lines = tuple(
        Row((person_cell(visit, one.actor, nobody), Cell(str(one.n), value=one.n), at_cell(visit, one.last)))
        for one in found
    )
    nobody = said.gettext("Nobody recorded anything in 30 days.")
    return Section("actors", said.gettext("Who recorded how much, in 30 days"), columns, lines, nobody)


def _events(visit: Visit, found: list[Any]) -> Section:
    said = visit.said
    columns = (
        Column("recorded_at", said.gettext("Recorded"), Kind.MOMENT),
        Column("who", said.gettext("Who"), Kind.CHOICE),
        Column("what", said.gettext("What"), Kind.CHOICE),
        _case_column(said),
    )
    lines = tuple(
        Row((at_cell(visit, one.recorded_at), person_cell(visit, one.actor), _event(one.kind, said), _case(one)),
            beside=(one.title,))
        for one in found
    )  # fmt: skip
    title, empty = said.gettext("What was recorded in 30 days"), said.gettext("Nothing was recorded in 30 days.")
    return Section("events", title, columns, lines, empty, beside=(_title_column(said),))


def _sign_ins(visit: Visit, found: list[Any]) -> Section:
    said = visit.said
    columns = (
        Column("who", said.gettext("Who"), Kind.CHOICE),
        Column("signed_in_at", said.gettext("Signed in"), Kind.MOMENT),
        Column("seen_at", said.gettext("Last seen"), Kind.MOMENT),
    )
    lines = tuple(
        Row((person_cell(visit, one.person_id), at_cell(visit, one.created_at), at_cell(visit, one.seen_at)))
        for one in found
    )
    nobody = said.gettext("Nobody is signed in.")
    return Section("sign-ins", said.gettext("Signed in now"), columns, lines, nobody)


def _attempts(visit: Visit, found: list[Any]) -> Section:
    said = visit.said
    columns = (
        Column("name", said.gettext("Name")),
        Column("failures", said.gettext("Wrong passwords"), Kind.NUMBER),
        Column("last_at", said.gettext("The last"), Kind.MOMENT),
        Column("closed_until", said.gettext("Closed until"), Kind.MOMENT),
    )
    lines = tuple(
        Row((Cell(one.subject.partition(" ")[2][:80]), Cell(str(one.failures), value=one.failures),
             at_cell(visit, one.last_at), at_cell(visit, one.closed_until)))
        for one in found
    )  # fmt: skip
    empty = said.gettext("No wrong password of late.")
    return Section("attempts", said.gettext("Wrong passwords of late"), columns, lines, empty)


LISTS: Mapping[str, Callable[[Visit, list[Any]], Section]] = {  # in the order of the page, as `Lately` calls them
    "anchors": _anchors, "late": _late, "deeds": _deeds, "actors": _actors, "events": _events,
    "sign_ins": _sign_ins, "attempts": _attempts,
}  # fmt: skip


# --- cells ------------------------------------------------------------------------------------------------------------
def _case(row: Any) -> Cell:
    return Cell(row.number, (row.title,), path=case_path(row.number), value=row.number)


def _case_column(said: Words) -> Column:
    return Column("number", said.gettext("Case"))


def _title_column(said: Words) -> Column:
    return Column("title", said.gettext("Title"), wide=True)


def _event(kind: str, said: Words) -> Cell:
    return _named(kind, said.event(kind))


def _named(id: str, name: str) -> Cell:
    return Cell(name, value=Choice(id, name))


def deed_words(said: Words) -> dict[str, str]:
    """What each kind of deed is called."""
    return {
        "absence_entered": said.gettext("entered an absence"),
        "absence_removed": said.gettext("took an absence back"),
        "channel_added": said.gettext("added a channel"),
        "channel_paused": said.gettext("paused a channel"),
        "cases_imported": said.gettext("brought in cases from a file"),
        "channel_resumed": said.gettext("took a channel up again"),
        "channel_tested": said.gettext("tried a channel"),
        "deliveries_retried": said.gettext("sent messages again"),
        "draft_discarded": said.gettext("discarded a draft"),
        "draft_kept": said.gettext("kept a draft"),
        "handover": said.gettext("handed cases over"),
        "key_made": said.gettext("made a key"),
        "key_revoked": said.gettext("revoked a key"),
        "notice_applied": said.gettext("applied a notice"),
        "notice_gone_on": said.gettext("went on applying"),
        "notice_loaded": said.gettext("loaded a notice"),
        "password_given": said.gettext("gave a password"),
        "password_taken": said.gettext("took a password away"),
        "policy_published": said.gettext("published a policy"),
    }
