"""Signs of gaming in words, and as JSON: each kind with its definition and its thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sla.events import Extended, Paused, Voided
from sla.service.offices import Office
from sla.service.report_asked import clock_names, ground_names
from sla.signs import BURST, EXTENSIONS, LAST_MINUTES, Kind, Sign
from sla.words import Words
from sla.words.language import one_line


def innocent(said: Words) -> str:
    """What is to be read before the list."""
    return said.gettext(
        "What an auditor may ask about, and no accusation: each line has innocent explanations. A line belongs to the "
        "day it was recorded; what was brought in from elsewhere is in no burst."
    )


def kind_names(said: Words) -> Mapping[Kind, str]:
    return {
        Kind.PAUSED_WHEN_DUE: said.gettext("paused on the due day"),
        Kind.PAUSED_AGAIN: said.gettext("paused again on the day of resumption"),
        Kind.LATE_BURST: said.gettext("burst of late entries"),
        Kind.LAST_MINUTE: said.gettext("decided at the last minute"),
        Kind.VOIDED: said.gettext("voided"),
        Kind.EXTENDED: said.gettext("extended often"),
        Kind.ADMITTED: said.gettext("late pause admitted"),
    }


def definitions(said: Words) -> Mapping[Kind, str]:
    """What exactly is listed, for each kind."""
    return {
        Kind.PAUSED_WHEN_DUE: said.gettext(
            "a pause that began on the day on which a limit it stops was due, as that stood when it was recorded"
        ),
        Kind.PAUSED_AGAIN: said.gettext("a pause that began on the day on which the same limit had been resumed"),
        Kind.LATE_BURST: said.gettext(
            "one of %(n)s or more entries that one person or program recorded on one day, each more than one working "
            "day after what it tells of",
            n=BURST,
        ),
        Kind.LAST_MINUTE: said.gettext(
            "a decision in time, within %(n)s minutes before the deadline's moment, or, of a limit that ends with its "
            "day, before the last closing of the due day or after it; not one of which only the day is known",
            n=LAST_MINUTES,
        ),
        Kind.VOIDED: said.gettext("every event that was voided, with its reason"),
        Kind.EXTENDED: said.gettext(
            "one of %(n)s or more extensions recorded in the period, of cases that were with one handler then",
            n=EXTENSIONS,
        ),
        Kind.ADMITTED: said.gettext("a pause that was recorded after a deadline and counts because a manager let it"),
    }


@dataclass(frozen=True)
class Showing:
    """The texts of the signs of an office, in a language."""

    office: Office
    said: Words
    clocks: Mapping[str, Mapping[str, str]]
    grounds: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, office: Office, said: Words) -> "Showing":
        return cls(office, said, clock_names(office), ground_names(office))

    def day(self, sign: Sign) -> date:
        """When it happened."""
        return sign.event.on(self.office.calendar.zone)

    def limits(self, sign: Sign) -> str:
        return self.said.joined(self.said.name(self.clocks.get(clock, {"en": clock})) for clock in sign.clocks)

    def detail(self, sign: Sign) -> str:
        """What its kind has to tell, on one line; "" where there is nothing more."""
        said, event = self.said, sign.event
        if isinstance(event, Voided):
            of = said.event(sign.of.kind) if sign.of else ""
            return said.joined(text for text in (of, one_line(event.reason)) if text)
        if sign.left is not None:
            left = int(sign.left.total_seconds()) // 60
            return said.gettext("%(minutes)s min before the end", minutes=left)
        if sign.kind is Kind.LATE_BURST:
            return said.gettext("one of %(n)s on that day", n=sign.n)
        if sign.kind is Kind.EXTENDED and isinstance(event, Extended):
            approver = self.office.name_of(event.approver)
            count = said.gettext("one of %(n)s in the period", n=sign.n)
            return said.joined(text for text in (count, approver, one_line(event.reason)) if text)
        if isinstance(event, Paused):
            admitted = sign.kind is Kind.ADMITTED
            by = said.gettext("admitted by %(name)s", name=self.office.name_of(event.admitted_by)) if admitted else ""
            ground = said.name(self.grounds.get(event.ground, {"en": event.ground}))
            return said.joined(text for text in (by, ground, one_line(event.notice)) if text)
        return ""

    def line(self, sign: Sign) -> str:
        """A sign as a line of text."""
        said, zone = self.said, self.office.calendar.zone
        words = (
            said.moment(sign.event.recorded_at, zone, year=True), sign.number, kind_names(said)[sign.kind],
            said.event(sign.event.kind), said.date(self.day(sign), year=True), self.office.name_of(sign.handler),
            self.office.name_of(sign.event.actor), self.limits(sign), self.detail(sign),
        )  # fmt: skip
        return " · ".join(word for word in words if word)


def signs_text(showing: Showing, found: tuple[Sign, ...]) -> str:
    """What is to be read first, the definitions of the kinds that are there, and a line for each sign."""
    said, names = showing.said, kind_names(showing.said)
    there = {sign.kind for sign in found}
    told = [f"{names[kind]}: {text}" for kind, text in definitions(said).items() if kind in there]
    lines = [showing.line(sign) for sign in found]
    if not lines:
        return said.gettext("Nothing of the kind was recorded in this period.")
    return "\n".join([innocent(said), "", *told, "", *lines])


def signs_json(showing: Showing, found: tuple[Sign, ...], first: date, last: date) -> dict[str, Any]:
    """Moments in the office's time; `occurred_at` is a date where only the day is known."""
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "about": innocent(showing.said),
        "definitions": {kind.value: text for kind, text in definitions(showing.said).items()},
        "signs": [_json(showing, sign) for sign in found],
    }


def _json(showing: Showing, sign: Sign) -> dict[str, Any]:
    event = sign.event
    return {
        "kind": sign.kind.value,
        "number": sign.number,
        "event": event.kind,
        "seq": event.seq,
        "occurred_at": showing.day(sign).isoformat() if event.dated else _moment(showing, event.occurred_at),
        "recorded_at": _moment(showing, event.recorded_at),
        "handler": sign.handler,
        "actor": event.actor,
        "limits": list(sign.clocks),
        "minutes_left": int(sign.left.total_seconds()) // 60 if sign.left is not None else None,
        "n": sign.n or None,
        "detail": showing.detail(sign),
    }


def _moment(showing: Showing, moment: datetime) -> str:
    return moment.astimezone(showing.office.calendar.zone).isoformat()
