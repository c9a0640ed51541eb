"""What a supervision platform is told of an office's cases: one row an event, by the codes of a mapping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sla.events import CaseEvent, standing
from sla.feed import Code, Deemed, Entry, FeedMapping, entries
from sla.formats.table import Column, Kind, Row, Table, Value
from sla.policies import Basis, ClockRule, Policy
from sla.service.errors import ServiceError
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.records import events_from
from sla.service.report_asked import ground_names
from sla.store import cases as store
from sla.store import streams
from sla.store.engine import Session
from sla.words import Words

MOST_ROWS = 1_048_575  # of a worksheet, without its head
OTHER = "other"  # the kind of a permit that no policy knows


def feed(
    session: Session,
    office: Office,
    mapping: FeedMapping,
    first: date | None,
    last: date | None,
    now: datetime,
    said: Words,
) -> Table:
    """What was recorded from the first to the last day, None for no end, each event once; one that was taken back in
    these days stands there again, as voided.

    The rows are read as of one moment while they are written, and are never held whole.
    """
    streams.stand_still(session)
    calendar = office.calendar
    begin = calendar.start_of(first) if first else None
    end = calendar.start_of(last + timedelta(days=1)) if last else None
    making = _Making(office, mapping, said, begin, end)
    pages = streams.pages_of_cases(session, office.id, streams.recorded_between(begin, end))
    rows = (row for page in pages for row in making.rows(session, page))
    return Table("feed", said.gettext("Supervision feed"), columns(said), rows, now.astimezone(calendar.zone), "1", "0")


def fits_a_sheet(table: Table) -> Table:
    """The same rows, of which a worksheet can hold only so many. Raises ServiceError, once they are read, for more."""
    return replace(table, rows=_no_more(table.rows))


def _no_more(rows: Any) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            raise ServiceError(
                "format",
                "a worksheet holds %(most_rows)s rows; write CSV or JSON, or fewer days",
                most_rows=f"{MOST_ROWS:,}",
            )
        yield row


def columns(said: Words) -> tuple[Column, ...]:
    """The columns of a feed: names for programs, titles in one language."""
    return (
        Column("number", said.pgettext("feed", "Case number")),
        Column("permit", said.pgettext("feed", "Item")),
        Column("permit_name", said.pgettext("feed", "Name of the item"), wide=True),
        Column("item_type", said.pgettext("feed", "Kind of item, code")),
        Column("item_type_name", said.pgettext("feed", "Kind of item")),
        Column("entry", said.pgettext("feed", "Entry"), Kind.NUMBER),
        Column("status", said.pgettext("feed", "Status, code")),
        Column("status_name", said.pgettext("feed", "Status")),
        Column("special_procedure", said.pgettext("feed", "Special procedure, code")),
        Column("special_procedure_name", said.pgettext("feed", "Special procedure")),
        Column("stage", said.pgettext("feed", "Stage")),
        Column("stage_state", said.pgettext("feed", "State of the stage, code")),
        Column("stage_state_name", said.pgettext("feed", "State of the stage")),
        Column("happened", said.pgettext("feed", "Happened")),
        Column("day_only", said.pgettext("feed", "Only the day is known"), Kind.FLAG),
        Column("recorded", said.pgettext("feed", "Recorded")),
        Column("by", said.pgettext("feed", "Recorded by")),
        Column("note", said.pgettext("feed", "Note"), wide=True),
        Column("voided", said.pgettext("feed", "Voided"), Kind.FLAG),
        Column("statutory_limit", said.pgettext("feed", "Statutory limit"), Kind.NUMBER),
        Column("statutory_unit", said.pgettext("feed", "Statutory limit, unit")),
        Column("statutory_note", said.pgettext("feed", "Statutory limit, note"), wide=True),
        Column("promised_limit", said.pgettext("feed", "Promised limit"), Kind.NUMBER),
        Column("promised_unit", said.pgettext("feed", "Promised limit, unit")),
        Column("promised_note", said.pgettext("feed", "Promised limit, note"), wide=True),
    )


@dataclass(frozen=True)
class _Making:
    """What the rows of all cases are made with."""

    office: Office
    mapping: FeedMapping
    said: Words
    begin: datetime | None
    end: datetime | None

    @cached_property
    def permits(self) -> Mapping[str, Mapping[str, str]]:
        return permit_names(self.office)

    @cached_property
    def grounds(self) -> Mapping[str, Mapping[str, str]]:
        return ground_names(self.office)

    def rows(self, session: Session, page: Sequence[Any]) -> Iterator[Row]:
        ids = [row.case_id for row in page]
        events, clocks = store.events_of(session, self.office.id, ids), store.clocks_of(session, self.office.id, ids)
        for row in page:
            yield from self._case(row, events_from(events[row.case_id]), clocks[row.case_id])

    def _case(self, case: Any, events: Sequence[CaseEvent], clocks: Sequence[Any]) -> Iterator[Row]:
        policy = self._policy(case)
        permit = policy.permits.get(case.permit) if policy else None
        rules = policy.clocks.get(case.permit, ()) if policy else ()
        item = self.mapping.item_type(case.permit, permit.kind.value if permit else OTHER)
        limits = [self._limit(rules, basis) for basis in (Basis.STATUTE, Basis.PROMISE)]
        about = (case.number, case.permit, self.said.name(self.permits.get(case.permit, {})), item.code, item.name)
        for entry in entries(events, self.office.calendar.zone, self._deemed(case, rules, events, clocks)):
            if entry.is_told_between(self.begin, self.end) and self.mapping.tells(entry):
                yield (*about, *self._entry(entry, policy.stages if policy else {}), *limits[0], *limits[1])

    def _policy(self, case: Any) -> Policy | None:
        """The version its case follows; None where that is not on record: its events are told all the same."""
        try:
            return self.office.policy(case.policy_id, case.policy_version)
        except ServiceError:
            return None

    def _deemed(
        self, case: Any, rules: Sequence[ClockRule], events: Sequence[CaseEvent], clocks: Sequence[Any]
    ) -> Deemed | None:
        """As it is, or as it was until an admitted acceptance took its place."""
        start_of = self.office.calendar.start_of
        lapsed = next((clock.stopped_at for clock in clocks if clock.deemed and clock.stopped_at), None)
        if case.deemed_on is not None and lapsed is not None:
            return Deemed(start_of(case.deemed_on), lapsed)
        intake, counted = {rule.id for rule in rules if rule.deemed}, standing(events)
        for clock in clocks:
            if clock.clock_id in intake and clock.due_at and clock.started_on:
                deemed = Deemed(start_of(clock.started_on), clock.due_at)
                if any(deemed.gives_way_to(event) for event in counted):
                    return deemed
        return None

    def _entry(self, entry: Entry, stages: Mapping[str, Mapping[str, str]]) -> tuple[Value, ...]:
        event, mapping = entry.event, self.mapping
        special = entry.code_in(mapping.special_procedures)
        stage = str(getattr(event, "stage", ""))
        return (
            event.seq,
            *_both(entry.code_in(mapping.statuses)),
            *_both(special),
            self.said.name(stages.get(stage, {"en": stage})) if stage else "",
            *_both(entry.code_in(mapping.stage_states)),
            self._moment(event.occurred_at),
            event.dated,
            self._moment(event.recorded_at),
            self.office.name_of(event.actor),
            self._note(entry),
            entry.voided_at is not None,
        )

    def _note(self, entry: Entry) -> str:
        """The ground of a special procedure, and the reason that was given."""
        ground = self.said.name(self.grounds.get(entry.ground, {"en": entry.ground})) if entry.ground else ""
        return ": ".join(filter(None, (ground, str(getattr(entry.event, "reason", "")))))

    def _limit(self, rules: Sequence[ClockRule], basis: Basis) -> tuple[Value, ...]:
        """How long it is, in which unit, and the law or the promise it is from; of a case that has none nothing."""
        rule = next((rule for rule in rules if rule.basis is basis), None)
        if rule is None:
            return None, "", ""
        unit = self.mapping.units.get(rule.limit.unit.value)
        return rule.limit.amount, unit.code if unit else rule.limit.unit.value, rule.source

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self.office.calendar.zone).strftime(self.mapping.moments)


def _both(code: Code) -> tuple[str, str]:
    return code.code, code.name
