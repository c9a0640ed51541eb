"""Absences that are entered by command, beside those of the office's file, and who hears meanwhile (AB角)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from schedules.faults import Phrase
from sla.people import Absence, Person, on_duty
from sla.service.errors import ServiceError
from sla.service.offices import Office, absences_from, office_with
from sla.store import offices
from sla.store import people as store
from sla.store.engine import Session
from sla.store.ids import new_id
from sla.words import Words

LONGEST = timedelta(days=731)  # who is away for longer hands their cases over
KEPT = timedelta(days=366)  # after its last day an absence is nobody's business any more


@dataclass(frozen=True)
class Listed:
    """One absence on record. `id` is None where the office's file says it; `by` entered the others."""

    person: str
    absence: Absence
    id: UUID | None = None
    by: str = ""


@dataclass(frozen=True)
class Cover:
    """Who hears in a person's place from `first` to `last`; the person, where nobody in the chain of stand-ins is
    in."""

    person: Person
    first: date
    last: date
    hears: Person

    @property
    def uncovered(self) -> bool:
        return self.hears.id == self.person.id


@dataclass(frozen=True)
class Changed:
    """An absence that was entered or removed: who hears on its days now, and in whose place somebody else than before,
    because one who was to stand in is away too."""

    person: str
    absence: Absence
    covers: tuple[Cover, ...]
    others: tuple[Cover, ...]


def add(session: Session, office: Office, person_id: str, absence: Absence, now: datetime, by: str) -> Changed:
    """Enter an absence. Raises ServiceError, and then nothing was written."""
    person = office.person(person_id)
    _checked(office, person, absence, now, by)
    store.lock_person(session, office.id, person.id)
    before = office_with(session, office.id)
    for listed in on_record(session, before, date.min):
        if listed.person == person.id and listed.absence.overlaps(absence):
            raise ServiceError("from", _overlap(listed))
    store.forget_absences(session, office.id, office.today(now) - KEPT)
    store.put_absence(session, {
        "office_id": office.id, "absence_id": new_id(now), "person_id": person.id, "first": absence.first,
        "last": absence.last, "stand_in": absence.stand_in, "entered_at": now, "entered_by": by, "removed_at": None,
        "removed_by": "",
    })  # fmt: skip
    return _changed(before.people, office_with(session, office.id).people, person.id, absence)


def remove(session: Session, office: Office, person_id: str, first: date, now: datetime, by: str) -> Changed:
    """Take back the absence that begins on a day. Raises ServiceError, naming those there are."""
    if by:
        office.person(by, "by")
    store.lock_person(session, office.id, person_id)
    before = office_with(session, office.id)
    theirs = [listed for listed in on_record(session, before, date.min) if listed.person == person_id]
    begun = sorted((listed for listed in theirs if listed.absence.first == first), key=lambda listed: listed.id is None)
    found = next(iter(begun), None)
    if found is None:
        known = ", ".join(_days(listed.absence) for listed in theirs)
        raise ServiceError(
            "from",
            "%(person_id)s has no absence from %(first)s on; on record are: %(known)s",
            person_id=person_id,
            first=first,
            known=known or "none",
        )
    if found.id is None:
        raise ServiceError(
            "from",
            "%(days)s stands in the office's file; take it out there and apply the file",
            days=_days(found.absence),
        )
    store.remove_absence(session, office.id, found.id, now, by)
    return _changed(before.people, office_with(session, office.id).people, person_id, found.absence)


def on_record(session: Session, office: Office, since: date) -> list[Listed]:
    """The absences that are not over before `since`: of each person in order, of whoever left the staff last."""
    rows = offices.people_of(session, office.id)
    found = [Listed(row.person_id, absence) for row in rows if row.active for absence in absences_from(row)]
    found += [
        Listed(row.person_id, Absence(row.first, row.last, row.stand_in), row.absence_id, row.entered_by)
        for row in store.absences_of(session, office.id)
    ]
    staff = list(office.people)
    place = {name: index for index, name in enumerate(staff)}
    return sorted(
        (listed for listed in found if listed.absence.last >= since),
        key=lambda listed: (place.get(listed.person, len(staff)), listed.person, listed.absence.first),
    )


def remarks(session: Session, office_id: UUID, today: date) -> Iterator[Phrase]:
    """What to know of the absences that were entered when an office's file is applied: they stay, and may not fit."""
    office = office_with(session, office_id)
    entered = [listed for listed in on_record(session, office, today) if listed.id]
    for listed in entered:
        told = {"person": listed.person, "days": _days(listed.absence), "stand_in": listed.absence.stand_in}
        if listed.person not in office.people:
            yield Phrase(
                "absence of %(person)s, %(days)s: is no longer on the staff; it counts again if they come back", **told
            )
        elif listed.absence.stand_in and listed.absence.stand_in not in office.people:
            yield Phrase(
                "absence of %(person)s, %(days)s: %(stand_in)s, who was to stand in, is no longer on the staff", **told
            )
    for one in entered:
        for other in on_record(session, office, today):
            if other.id is None and other.person == one.person and other.absence.overlaps(one.absence):
                yield Phrase(
                    "absence of %(person)s, %(days)s: the file has %(other)s; both count",
                    person=one.person,
                    days=_days(one.absence),
                    other=_days(other.absence),
                )
    if entered:
        yield Phrase("%(n)s absences that were entered by `sla absence` stay; see `sla absence list`", n=len(entered))


def covers(people: Mapping[str, Person], person: Person, first: date, last: date) -> tuple[Cover, ...]:
    """Who hears in the place of a person on the days of an absence, as runs of days."""
    runs = groupby(_each(first, last), lambda day: None if person.is_in(day) else on_duty(person, people, day).id)
    found = ((hears, list(run)) for hears, run in runs if hears is not None)
    return tuple(Cover(person, run[0], run[-1], people[hears]) for hears, run in found)


def cover_text(cover: Cover, said: Words) -> str:
    """Who hears from when to when."""
    what = (
        said.gettext("nobody who stands in is in; %(name)s hears all the same", name=cover.person.name)
        if cover.uncovered
        else said.gettext("%(name)s (%(id)s) hears", name=cover.hears.name, id=cover.hears.id)
    )
    return said.gettext("%(label)s: %(what)s", label=said.span(cover.first, cover.last), what=what)


def _checked(office: Office, person: Person, absence: Absence, now: datetime, by: str) -> None:
    if by:
        office.person(by, "by")
    if absence.stand_in:
        office.person(absence.stand_in, "stand_in")
    if absence.stand_in == person.id:
        raise ServiceError("stand_in", "%(id)s cannot stand in for themself", id=person.id)
    if absence.first > absence.last:
        raise ServiceError(
            "to",
            "%(last)s lies before %(first)s; an absence ends on its last day away",
            last=absence.last,
            first=absence.first,
        )
    if absence.last < office.today(now):
        raise ServiceError("to", "%(last)s is past: nobody is told in their place any more", last=absence.last)
    if absence.last - absence.first > LONGEST:
        raise ServiceError(
            "to",
            "%(days)s is longer than %(days2)s days; hand the cases over: `sla case handover`",
            days=_days(absence),
            days2=LONGEST.days,
        )


def _overlap(listed: Listed) -> Phrase:
    told = {"person": listed.person, "days": _days(listed.absence)}
    if listed.id is None:
        return Phrase("%(person)s is away %(days)s already (the office's file); leave out the days of both", **told)
    return Phrase(
        "%(person)s is away %(days)s already (`sla absence remove %(person)s` takes it back); leave out the days of "
        "both",
        **told,
    )


def _changed(before: Mapping[str, Person], after: Mapping[str, Person], whose: str, absence: Absence) -> Changed:
    """What it comes to on its days, and for whoever else is away on them."""
    found = [cover for person in after.values() for cover in covers(after, person, absence.first, absence.last)]
    own = tuple(cover for cover in found if cover.person.id == whose)
    others = tuple(cover for cover in found if cover.person.id != whose and not _was_so(before, cover))
    return Changed(whose, absence, own, others)


def _was_so(before: Mapping[str, Person], cover: Cover) -> bool:
    """Whether the same person heard on all of these days before."""
    person, days = before[cover.person.id], _each(cover.first, cover.last)
    return all(on_duty(person, before, day).id == cover.hears.id for day in days)


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _days(absence: Absence) -> str:
    return f"{absence.first}" if absence.first == absence.last else f"{absence.first} to {absence.last}"
