"""An office as the other services use it: its calendar, policies, people and settings, read once a step."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from schedules.calendars import Scope, WorkingCalendar, calendar_from_content
from schedules.limits import counts_from
from schedules.recurrence import Window
from sla.applicants import ApplicantSettings
from sla.people import Absence, Person, Role
from sla.policies import Policy, PolicyError
from sla.presets import read
from sla.service.applicant_setup import applicants_read
from sla.service.errors import ServiceError
from sla.service.lookup_setup import LookUpSettings, lookup_read
from sla.store import offices as store
from sla.store import people as people_store
from sla.store.engine import Session

PATIENCE = 20  # working days that a clock may be paused, unless the office says otherwise


@dataclass(frozen=True)
class Office:
    """One office at one moment. `now` in its own days is `calendar.date_of(now)`.

    `keep_months`: how long settled messages are kept, 0 for ever; `messages_since`: before that some may be gone.
    `patience`: for how many working days a clock may be paused until Today lists it.
    """

    id: UUID
    slug: str
    name: str
    calendar: WorkingCalendar
    people: Mapping[str, Person]
    policy_rows: tuple[Any, ...]
    language: str
    link: str
    window: Window
    digest_minutes: int
    summary_minutes: int
    keep_months: int
    patience: int
    messages_since: datetime | None
    demonstration: bool
    calendar_source: Mapping[str, Any]
    applicants: ApplicantSettings
    look_up: LookUpSettings
    session: Session
    calendars: dict[str, WorkingCalendar] = field(default_factory=dict)  # those of old that were asked for

    @property
    def source(self) -> str:
        """What programs know it by: where a message comes from, and a calendar's events."""
        return f"urn:shixian:{self.slug}"

    def person(self, person_id: str, field: str = "person") -> Person:
        """Raises ServiceError for an unknown one, naming those there are."""
        if person_id not in self.people:
            raise ServiceError(
                field, "%(value)r is nobody here; known are: %(known)s", value=person_id, known=self.people
            )
        return self.people[person_id]

    def name_of(self, person_id: str) -> str:
        """As somebody is called here; the id of whoever was never on the staff."""
        return self.people[person_id].name if person_id in self.people else person_id

    def policy(self, policy_id: str, version: int) -> Policy:
        return parsed(self.policy_row(policy_id, version).content)

    def policy_row(self, policy_id: str, version: int) -> Any:
        """The row of a published version. Raises ServiceError for one that is not."""
        for row in self.policy_rows:
            if row.policy_id == policy_id and row.version == version:
                return row
        raise ServiceError(
            "policy", "%(policy_id)s has no version %(version)s here", policy_id=policy_id, version=version
        )

    def policy_of_receipt(self, permit: str, at: datetime, *, dated: bool) -> Policy:
        """The version of a case that is filed at `at`: the one in force on the day it counts as received (R4, R17).

        Whether what comes in after closing counts on the next working day, the version of the day it came in says.
        """
        filed = self.calendar.date_of(at)
        policy = self.policy_for(permit, filed)
        rule = policy.receipt_rule(permit)
        if rule is None:
            return policy
        days = self.calendar if rule.scope is Scope.OFFICE else self.calendar.legal
        counted = counts_from(days, at, dated=dated, intake=rule.counting.intake)
        return policy if counted == filed else self.policy_for(permit, counted)

    def policy_for(self, permit: str, on: date) -> Policy:
        """The version in force on a day, of the policy that has the permit. Raises ServiceError where none has it."""
        in_force = [row for row in self.in_force(on) if permit in parsed(row.content).permits]
        if in_force:
            return parsed(in_force[-1].content)
        rows = [row for row in self.policy_rows if permit in parsed(row.content).permits]
        if not rows:
            known = sorted({name for row in self.policy_rows for name in parsed(row.content).permits})
            raise ServiceError("permit", "%(value)r is unknown; known are: %(known)s", value=permit, known=known)
        first = min(map(self.takes_effect, rows))
        if on < first:
            raise ServiceError(
                "permit",
                "%(permit)s has no policy in force on %(on)s; the first is valid from %(first)s",
                permit=permit,
                on=on,
                first=first,
            )
        newest = max(rows, key=lambda row: row.version)
        raise ServiceError(
            "permit",
            "%(permit)s has no policy in force on %(on)s; %(policy_id)s %(version)s was the last with it",
            permit=permit,
            on=on,
            policy_id=newest.policy_id,
            version=newest.version,
        )

    def in_force(self, on: date) -> list[Any]:
        """Of each policy the row of the version that is in force on a day; the one that took effect last is last."""
        newest: dict[str, Any] = {}
        for row in sorted(self.policy_rows, key=lambda row: (self.takes_effect(row), row.version)):
            if self.takes_effect(row) <= on:
                newest.pop(row.policy_id, None)
                newest[row.policy_id] = row
        return list(newest.values())

    def takes_effect(self, row: Any) -> date:
        """The day a version takes effect: none before it was published (R17), but the first, which the office began
        with."""
        first = min(self.policy_rows, key=lambda other: (other.published_at, other.valid_from, other.version))
        valid_from: date = row.valid_from
        return valid_from if row is first else max(valid_from, self.calendar.date_of(row.published_at))

    def calendar_of(self, version: str) -> WorkingCalendar:
        """The calendar of a version that was once current (R16, R20)."""
        if version == self.calendar.version:
            return self.calendar
        if version not in self.calendars:
            content = store.calendar_content(self.session, self.id, version)
            if content is None:
                raise ServiceError("calendar_version", "%(version)s is not on record", version=version)
            self.calendars[version] = calendar_read(content)
        return self.calendars[version]

    def send_at(self, moment: datetime) -> datetime:
        """The moment itself if messages may go out then, else the next opening of the window (M2)."""
        return self.window.next_open(self.calendar, moment)

    def today(self, now: datetime) -> date:
        return self.calendar.date_of(now)


def office_named(session: Session, slug: str) -> Office:
    """The office of a slug, or the only one there is when the slug is empty. Raises ServiceError."""
    rows = store.offices(session)
    chosen = [row for row in rows if row.slug == slug or (not slug and len(rows) == 1)]
    if not rows:
        raise ServiceError("office", "there is none yet; run `sla office apply office.toml` first")
    if not chosen:
        known = ", ".join(row.slug for row in rows)
        raise (
            ServiceError("office", "%(value)r is unknown; known are: %(known)s", value=slug, known=known)
            if slug
            else ServiceError("office", "say which with --office: %(known)s", known=known)
        )
    return _office(session, chosen[0])


def office_with(session: Session, office_id: UUID) -> Office:
    return _office(session, store.office_with(session, office_id))


def held(session: Session, office: Office) -> Office:
    """The office by the calendar that is current, which stays so until the transaction ends: a case that is written
    now and one that the calendar's change looks for cannot miss each other (R16)."""
    row = store.held(session, office.id)
    return office if row.calendar_version == office.calendar.version else _office(session, row)


def held_alone(session: Session, office_id: UUID) -> Office:
    """The office as it is, for whoever is about to change its calendar: nobody else does, and nobody writes a case
    meanwhile."""
    return _office(session, store.held(session, office_id, alone=True))


def every_office(session: Session, only: UUID | None = None) -> list[Office]:
    """All offices by name, or just one."""
    return [_office(session, row) for row in store.offices(session) if only in (None, row.office_id)]


@lru_cache(maxsize=64)
def parsed(content: str) -> Policy:
    """A policy's text as a Policy; the same text is parsed once."""
    try:
        return read(content)
    except PolicyError as error:
        raise ServiceError("policy", "%(error)s", error=error) from error


@lru_cache(maxsize=64)
def calendar_read(content: str) -> WorkingCalendar:
    return calendar_from_content(json.loads(content))


def _office(session: Session, row: Any) -> Office:
    settings = json.loads(row.settings)
    content = store.calendar_content(session, row.office_id, row.calendar_version)
    if content is None:
        raise ServiceError(
            "calendar", "%(calendar_version)s is not on record; run `sla doctor`", calendar_version=row.calendar_version
        )
    return Office(
        id=row.office_id,
        slug=row.slug,
        name=row.name,
        calendar=calendar_read(content),
        people=_people(session, row.office_id),
        policy_rows=tuple(store.policies_of(session, row.office_id)),
        language=settings["language"],
        link=settings["link"],
        window=Window(settings["window"][0], settings["window"][1]),
        digest_minutes=settings["digest"],
        summary_minutes=settings["summary"],
        keep_months=settings.get("keep_months", 0),
        patience=settings.get("patience", PATIENCE),
        messages_since=row.messages_since,
        demonstration=row.demonstration,
        calendar_source=settings["calendar"],
        applicants=applicants_read(settings.get("applicants", {})),
        look_up=lookup_read(settings.get("lookup", {})),
        session=session,
    )


def _people(session: Session, office_id: UUID) -> dict[str, Person]:
    """The staff, with the absences of the office's file and those that were entered."""
    entered: dict[str, list[Absence]] = {}
    for row in people_store.absences_of(session, office_id):
        entered.setdefault(row.person_id, []).append(Absence(row.first, row.last, row.stand_in))
    staff = (row for row in store.people_of(session, office_id) if row.active)
    return {row.person_id: _person(row, entered.get(row.person_id, ())) for row in staff}


def absences_from(row: Any) -> tuple[Absence, ...]:
    """Those that the office's file gives a person."""
    return tuple(
        Absence(date.fromisoformat(first), date.fromisoformat(last)) for first, last in json.loads(row.absences)
    )


def _person(row: Any, entered: Iterable[Absence]) -> Person:
    return Person(
        id=row.person_id,
        name=row.name,
        roles=frozenset(Role(role) for role in json.loads(row.roles)),
        language=row.language,
        stand_in=row.stand_in,
        addresses=dict(json.loads(row.addresses)),
        absences=(*absences_from(row), *entered),
    )
