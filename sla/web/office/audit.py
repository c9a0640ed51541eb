"""What an auditor looks at: whether the record is as it was written, its anchors by day, what was admitted late, and
who did what."""

from typing import Any

from fastapi.responses import Response

from sla.rights import Right
from sla.service.audit import audited
from sla.service.deeds import MOST, Late, Lately, lately
from sla.web.frame import App, Visit, case_path
from sla.web.lights import Shown, Sign
from sla.web.office.sheet import Cell, Link, Row, Section, Sheet, sheet
from sla.web.routes import Route, shown
from sla.words import NO_DATA, Words

PATH, VERIFY = "/audit", "/audit/verify"
DAYS = 60  # anchors on the page


def routes(app: App) -> list[Route]:
    return [shown(app, PATH, Right.AUDIT, _page), shown(app, VERIFY, Right.AUDIT, _verified)]


def _page(app: App, visit: Visit) -> Response:
    said = visit.said
    found = lately(visit.session, visit.office, visit.now)
    sections = (
        _anchors(visit, found), _late(visit, found), _deeds(visit, found), _actors(visit, found),
        _events(visit, found), _sign_ins(visit, found), _attempts(visit, found),
    )  # fmt: skip
    about = said.gettext("Events are never changed: each is chained with the one before; all are anchored once a day.")
    verify = Link(said.gettext("Verify the record now"), VERIFY, main=True)
    return sheet(app, visit, Sheet(said.gettext("Audit"), PATH, about, sections, (verify,)))


def _verified(app: App, visit: Visit) -> Response:
    """As `sla audit verify`, of this office."""
    said = visit.said
    found = list(audited(visit.session, visit.office.id))
    columns = (said.gettext("Finding"), said.gettext("Where"), said.gettext("What to do"))
    lines = tuple(
        Row((Cell(one.what, light=_finding(serious=one.serious, said=said)), Cell(one.where), Cell(one.mend)))
        for one in found
    )
    wrong = sum(one.serious for one in found)
    alert = said.ngettext("%(n)s thing does not fit.", "%(n)s things do not fit.", wrong) if wrong else ""
    at = said.moment(visit.now, visit.office.calendar.zone, year=True)
    about = said.gettext("The chain of every case and the anchor of every day, verified %(at)s", at=at)
    section = Section("findings", said.gettext("Findings"), columns, lines,
                      said.gettext("every chain and every anchor fits"))  # fmt: skip
    back = Link(said.gettext("Audit"), PATH)
    return sheet(app, visit, Sheet(said.gettext("The record, verified"), VERIFY, about, (section,), (back,), alert))


def _finding(*, serious: bool, said: Words) -> Shown:
    return Shown(Sign.RED, said.gettext("wrong")) if serious else Shown(Sign.NONE, said.gettext("note"))


# --- the lists --------------------------------------------------------------------------------------------------------
def _anchors(visit: Visit, found: Lately) -> Section:
    """By day, to be compared with what was printed in the managers' digest."""
    said = visit.said
    columns = (said.gettext("Day"), said.gettext("Cases that moved"), said.gettext("Hash"))
    lines = tuple(
        Row((Cell(said.date(one.on, year=True)), Cell(str(one.cases)), Cell(one.hash, mono=True)))
        for one in found.anchors[:DAYS]
    )
    empty = said.gettext("No anchor yet: the first is made with the next morning's digest.")
    notes = (
        said.gettext("The hash stands in the managers' digest of the day, too: printed, it proves what was on record."),
    )
    return Section("anchors", said.gettext("Anchors by day"), columns, lines, empty, notes=notes)


def _late(visit: Visit, found: Lately) -> Section:
    said = visit.said
    columns = (said.gettext("Case"), said.gettext("What"), said.gettext("Happened"), said.gettext("Recorded"),
               said.gettext("Admitted by"))  # fmt: skip
    lines = tuple(_admitted(visit, one) for one in found.late)
    empty = said.gettext("Nothing that was entered late was admitted.")
    return Section("late", said.gettext("Entered late, and admitted"), columns, lines, empty)


def _admitted(visit: Visit, late: Late) -> Row:
    row = late.row
    return Row((
        _case(row), Cell(visit.said.event(row.kind)), _moment(visit, row.occurred_at), _moment(visit, row.recorded_at),
        Cell(_name(visit, late.admitted_by)),
    ))  # fmt: skip


def _deeds(visit: Visit, found: Lately) -> Section:
    said, words = visit.said, deed_words(visit.said)
    columns = (said.gettext("When"), said.gettext("Who"), said.gettext("What"), said.gettext("Of what"))
    lines = tuple(
        Row((_moment(visit, one.at), Cell(_name(visit, one.by)), Cell(words.get(one.kind, one.kind)),
             Cell(_name(visit, one.subject) or NO_DATA)))
        for one in found.deeds
    )  # fmt: skip
    empty = said.gettext("Nobody has changed anything on these pages yet.")
    return Section("deeds", said.gettext("Changes of the office on these pages"), columns, lines, empty)


def _actors(visit: Visit, found: Lately) -> Section:
    said = visit.said
    columns = (said.gettext("Who"), said.gettext("Events"), said.gettext("The last"))
    lines = tuple(
        Row((Cell(_name(visit, one.actor) or said.gettext("nobody in particular")), Cell(str(one.n)),
             _moment(visit, one.last)))
        for one in found.actors
    )  # fmt: skip
    return Section("actors", said.gettext("Who recorded how much, in 30 days"), columns, lines, said.gettext("Nobody."))


def _events(visit: Visit, found: Lately) -> Section:
    said = visit.said
    columns = (said.gettext("Recorded"), said.gettext("Who"), said.gettext("What"), said.gettext("Case"))
    lines = tuple(
        Row((_moment(visit, one.recorded_at), Cell(_name(visit, one.actor) or NO_DATA), Cell(said.event(one.kind)),
             _case(one)))
        for one in found.events
    )  # fmt: skip
    title = said.gettext("The newest events, at most %(n)s", n=MOST)
    return Section("events", title, columns, lines, said.gettext("Nothing was recorded in 30 days."))


def _sign_ins(visit: Visit, found: Lately) -> Section:
    said = visit.said
    columns = (said.gettext("Who"), said.gettext("Signed in"), said.gettext("Last seen"))
    lines = tuple(
        Row((Cell(_name(visit, one.person_id)), _moment(visit, one.created_at), _moment(visit, one.seen_at)))
        for one in found.sign_ins
    )
    return Section("sign-ins", said.gettext("Signed in now"), columns, lines, said.gettext("Nobody."))


def _attempts(visit: Visit, found: Lately) -> Section:
    said = visit.said
    columns = (
        said.gettext("Name"),
        said.gettext("Wrong passwords"),
        said.gettext("The last"),
        said.gettext("Closed until"),
    )
    lines = tuple(
        Row((Cell(one.subject.partition(" ")[2][:80]), Cell(str(one.failures)), _moment(visit, one.last_at),
             _moment(visit, one.closed_until)))
        for one in found.attempts
    )  # fmt: skip
    empty = said.gettext("No wrong password of late.")
    return Section("attempts", said.gettext("Wrong passwords of late"), columns, lines, empty)


# --- cells ------------------------------------------------------------------------------------------------------------
def _case(row: Any) -> Cell:
    return Cell(row.number, (row.title,), path=case_path(row.number))


def _moment(visit: Visit, moment: Any) -> Cell:
    zone = visit.office.calendar.zone
    return Cell(visit.said.moment(moment, zone, year=True) if moment else NO_DATA)


def _name(visit: Visit, person: str) -> str:
    return visit.office.name_of(person)


def deed_words(said: Words) -> dict[str, str]:
    """What each kind of deed is called."""
    return {
        "absence_entered": said.gettext("entered an absence"),
        "absence_removed": said.gettext("took an absence back"),
        "channel_added": said.gettext("added a channel"),
        "channel_paused": said.gettext("paused a channel"),
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
