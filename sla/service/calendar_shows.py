"""A dry run and what an applied change did, as they are shown in a terminal and given as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from sla.service.dry_run import DryRun, Totals
from sla.service.look import Moved
from sla.service.offices import Office, parsed
from sla.service.report_asked import clock_names
from sla.store import calendars as store
from sla.store.engine import Session
from sla.words import NO_DATA, Words, words


def dry_run_json(found: DryRun, notice: str) -> dict[str, Any]:
    """All but the clocks that would move."""
    return {
        "notice": notice,
        "calendar_before": found.version_before,
        "calendar_after": found.version_after,
        "announced_before": found.announced_before.isoformat(),
        "announced_after": found.announced_after.isoformat(),
        "days": [day.isoformat() for day in found.days],
        "open_cases": found.cases,
        "total": vars(found.total),
        "by_permit": {permit: vars(totals) for permit, totals in found.by_permit.items()},
        "by_handler": {handler: vars(totals) for handler, totals in found.by_handler.items()},
        "failed": [{"number": number, "error": error} for number, error in found.failed],
    }


def dry_run_text(office: Office, found: DryRun, notice: str, language: str) -> str:
    """What would move, one clock a line, with the totals by permit and by handler."""
    said = words(language)
    lines = [
        " · ".join(part for part in (office.name, notice) if part),
        said.gettext("Changed days: %(days)s", days=said.joined(day.isoformat() for day in found.days) or NO_DATA),
    ]
    if found.announced_before != found.announced_after:
        lines.append(
            said.gettext(
                "Announced through %(after)s, before through %(before)s",
                after=found.announced_after.isoformat(),
                before=found.announced_before.isoformat(),
            )
        )
    lines.append(said.ngettext("%(n)s open case, %(what)s", "%(n)s open cases, %(what)s", found.cases,
                               what=totals_text(found.total, said)))  # fmt: skip
    names = Names(office, said)
    lines += [f"  {names.line(entry)}" for entry in found.moved]
    lines += [f"! {number}: {error}" for number, error in found.failed]
    if found.moved:
        lines += [said.gettext("By permit"), *_grouped(found.by_permit, names.permit, said)]
        lines += [said.gettext("By handler"), *_grouped(found.by_handler, names.person, said)]
    return "\n".join(lines)


def outcome_json(session: Session, office: Office) -> dict[str, Any]:
    """What the last change of the office's calendar did."""
    change = store.changes_of(session, office.id)[-1]
    return {
        "change": change.seq,
        "why": change.why,
        "notice": change.notice,
        "calendar_version": change.version,
        "announced_through": office.calendar.announced_through.isoformat(),
        "finished_at": change.finished_at.isoformat() if change.finished_at else None,
        **store.counts_of(session, office.id, change.seq)._asdict(),
    }


def outcome_text(session: Session, office: Office, language: str) -> str:
    said, change = words(language), store.changes_of(session, office.id)[-1]
    counts = store.counts_of(session, office.id, change.seq)
    totals = Totals(counts.moved, counts.overdue, counts.rescued, counts.confirmed)
    through = said.gettext("announced through %(day)s", day=office.calendar.announced_through.isoformat())
    head = " · ".join(part for part in (change.notice, said.gettext("applied"), change.version, through) if part)
    return f"{head}\n{totals_text(totals, said)}"


class Names:
    """Permits, clocks and people as they are called."""

    def __init__(self, office: Office, said: Words) -> None:
        self.office, self.said = office, said
        policies = [parsed(row.content) for row in office.policy_rows]
        self.permits = {permit.id: permit.names for policy in policies for permit in policy.permits.values()}
        self.clocks = clock_names(office)

    def permit(self, permit: str) -> str:
        return self.said.name(self.permits[permit]) if permit in self.permits else permit

    def clock(self, clock: str) -> str:
        return self.said.name(self.clocks[clock]) if clock in self.clocks else clock

    def person(self, person: str) -> str:
        return self.office.name_of(person)

    def line(self, entry: Moved) -> str:
        who = [entry.number, self.permit(entry.permit), self.person(entry.handler), self.clock(entry.clock)]
        return "  ".join([*who, self.moved(entry), *self.marks(entry)])

    def moved(self, entry: Moved) -> str:
        """From which date to which; the one date of a clock that is only confirmed."""
        after = entry.after or NO_DATA
        if entry.provisional:
            after = self.said.gettext("%(text)s (provisional)", text=after)
        if entry.confirmed:
            return after
        return self.said.gettext("%(before)s → %(after)s", before=entry.before or NO_DATA, after=after)

    def marks(self, entry: Moved) -> list[str]:
        said = self.said
        told = (
            (entry.overdue, said.gettext("overdue by the calendar")),
            (entry.rescued, said.gettext("no longer overdue")),
            (entry.confirmed, said.gettext("confirmed")),
        )
        return [mark for holds, mark in told if holds]


def _grouped(groups: Mapping[str, Totals], name: Any, said: Words) -> Iterator[str]:
    yield from (f"  {name(group)}: {totals_text(totals, said)}" for group, totals in groups.items())


def totals_text(totals: Totals, said: Words) -> str:
    return said.gettext(
        "moved: %(moved)s, overdue by the calendar: %(overdue)s, no longer overdue: %(rescued)s, "
        "confirmed: %(confirmed)s",
        **vars(totals),
    )
