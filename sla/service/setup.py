"""`sla office apply office.toml`: make or change an office; the file is checked whole before anything is written."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from notifiers.channel import ChannelSettingsError
from notifiers.endpoints import Endpoint, all_of, put
from schedules.announcements import YEARS
from schedules.calendars import CalendarError, WorkingCalendar, zone_named
from schedules.faults import Phrase
from schedules.hours import HoursError, WeeklyHours
from sla.channels import KINDS, STAND_IN, STAND_INS
from sla.channels import read as read_channel
from sla.people import Role
from sla.policies import Policy, PolicyError
from sla.presets import preset, read
from sla.presets.calendar import days_off
from sla.service import lookup
from sla.service.absences import remarks
from sla.service.amendments import Why, begin, opened
from sla.service.applicant_setup import FIELDS as _APPLICANTS
from sla.service.applicant_setup import applicants_asked, applicants_stored
from sla.service.calendars import Source, applied, built, built_again, kept_notices
from sla.service.errors import ServiceError
from sla.service.lookup_setup import FIELDS as _LOOKUP
from sla.service.lookup_setup import lookup_asked
from sla.service.offices import PATIENCE, held_alone, parsed
from sla.service.publishing import put_version
from sla.service.retention import FOR_EVER, months_of
from sla.store import accounts
from sla.store import offices as store
from sla.store.cases import canonical
from sla.store.engine import Session
from sla.store.ids import new_id

_TOP = {
    "office", "calendar", "hours", "messages", "retention", "today", "applicants", "lookup", "channels", "staff",
}  # fmt: skip
_OFFICE = {"slug", "name", "zone", "language", "link", "policy", "policy_file"}
_STAFF = {"id", "name", "roles", "language", "stand_in", "addresses", "absences"}
_CALENDAR = {"country", "subdiv", "closed", "open"}
_MESSAGES = {"from", "to", "digest", "summary"}
_RETENTION = {"messages"}
_TODAY = {"paused_days"}


@dataclass(frozen=True)
class Applied:
    """What was made or changed, for the one who ran the command."""

    office_id: UUID
    slug: str
    created: bool
    calendar_version: str
    announced_through: date
    policy: str
    people: int
    channels: int
    warnings: tuple[Phrase, ...]


@dataclass(frozen=True)
class Plan:
    """An office file that was read and checked: everything that will be written."""

    slug: str
    name: str
    settings: Mapping[str, Any]
    source: Source
    policy: Policy
    people: tuple[Mapping[str, Any], ...]
    channels: tuple[Mapping[str, Any], ...]
    elsewhere: tuple[tuple[str, str], ...]  # addresses by channels that the file does not have: where, and which
    applicants: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The calendar of a new office; one that is there has its notices too."""
        return built(self.source)


def plan_of(text: str, folder: Path) -> Plan:
    """The office a TOML text describes. Raises ServiceError naming the field."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServiceError("office.toml", "is no TOML: %(error)s", error=error) from None
    _known(table, _TOP, "")
    head = _section(table, "office", _OFFICE)
    policy = _policy(head, folder)
    language = _choice(head.get("language", "zh"), ("zh", "en"), "office.language")
    channels = tuple(_channel(name, entry) for name, entry in _table(table.get("channels", {}), "channels").items())
    people = _people(table.get("staff", []), language)
    _ladders_have_readers(policy, people)
    messages = _section(table, "messages", _MESSAGES)
    window = [
        _minutes(messages.get("from", "08:30"), "messages.from"),
        _minutes(messages.get("to", "18:00"), "messages.to"),
    ]
    if window[0] >= window[1]:
        raise ServiceError("messages.to", "must be later than messages.from")
    settings = {
        "language": language,
        "link": _text(head, "link", "http://127.0.0.1:8000").rstrip("/"),
        "window": window,
        "digest": _minutes(messages.get("digest", "08:30"), "messages.digest"),
        "summary": _minutes(messages.get("summary", "09:00"), "messages.summary"),
        "keep_months": months_of(str(_section(table, "retention", _RETENTION).get("messages", FOR_EVER))),
        "patience": _patience(_section(table, "today", _TODAY).get("paused_days", PATIENCE)),
        "lookup": lookup_asked(_section(table, "lookup", _LOOKUP)),
    }
    slug = _text(head, "slug")
    if not all(part.isalnum() and part.isascii() and part == part.lower() for part in slug.split("-")):
        raise ServiceError(
            "office.slug", "%(slug)r must be small letters, digits and hyphens, such as planning-window", slug=slug
        )
    elsewhere = tuple(_elsewhere(people, {channel["name"] for channel in channels}))
    applicants = applicants_asked(_section(table, "applicants", _APPLICANTS))
    source = _source(table, head, policy)
    return Plan(slug, _text(head, "name"), settings, source, policy, people, channels, elsewhere, applicants)


def apply(session: Session, plan: Plan, now: datetime, *, demonstration: bool = False) -> Applied:
    """Write an office that was planned: calendar and policy versions are added, never changed; staff and channels
    replaced.

    Where the calendar changes, open cases are brought to it one by one afterwards (`sla.service.amendments`).
    """
    row = store.office_named(session, plan.slug)
    office_id: UUID = row.office_id if row else new_id(now)
    calendar = _calendar_of(session, office_id, plan) if row else plan.calendar
    store.put_office(session, {
        "office_id": office_id, "slug": plan.slug, "name": plan.name,
        "settings": canonical({
            **plan.settings, "calendar": plan.source.content(), "applicants": _applicants(session, office_id, plan),
        }),
        "calendar_version": row.calendar_version if row else calendar.version, "demonstration": demonstration,
        "created_at": now,
    })  # fmt: skip
    if plan.settings["lookup"]["on"]:
        lookup.begin(session, office_id, now)
    if row is None:
        opened(session, office_id, calendar, now)
    else:
        begin(session, office_id, calendar, Why.OFFICE, now)
    _put_policy(session, office_id, plan, now)
    for version in store.policies_of(session, office_id):  # cases follow each of them, whichever the file names
        _ladders_have_readers(parsed(version.content), plan.people)
    store.put_people(session, office_id, [{"office_id": office_id, **person} for person in plan.people])
    accounts.forget_who_left(session, office_id)
    _put_channels(session, office_id, plan)
    return Applied(
        office_id=office_id,
        slug=plan.slug,
        created=row is None,
        calendar_version=calendar.version,
        announced_through=calendar.announced_through,
        policy=f"{plan.policy.id} {plan.policy.version}",
        people=len(plan.people),
        channels=len(plan.channels),
        warnings=(
            *(Phrase("%(warning)s", warning=warning) for warning in plan.policy.warnings()),
            *remarks(session, office_id, plan.calendar.date_of(now)),
        ),
    )


def _applicants(session: Session, office_id: UUID, plan: Plan) -> Mapping[str, Any]:
    kinds = {endpoint.name: endpoint.kind for endpoint in all_of(session, office_id)}
    return applicants_stored(plan.applicants, {**kinds, **{each["name"]: each["kind"] for each in plan.channels}})


def _put_channels(session: Session, office_id: UUID, plan: Plan) -> None:
    """The file's channels as it says. Others that are there stay, and of the file's a sealed secret that it does not
    mention."""
    stored = {endpoint.name: endpoint for endpoint in all_of(session, office_id)}
    known = sorted({*stored, *(channel["name"] for channel in plan.channels)})
    for where, name in plan.elsewhere:
        if name not in stored:
            raise ServiceError(where, "%(name)r is no channel here; known are: %(known)s", name=name, known=known)
    for channel in plan.channels:
        name, before = channel["name"], stored.get(channel["name"])
        kept = before.sealed if before and before.kind == channel["kind"] else {}
        sealed = {secret: text for secret, text in kept.items() if secret not in channel["secrets"]}
        _read_channel(name, channel["entry"], sealed)
        put(session, Endpoint(office_id, name, channel["kind"], channel["settings"], channel["secrets"], sealed=sealed))


def _calendar_of(session: Session, office_id: UUID, plan: Plan) -> WorkingCalendar:
    """What the file says, with the notices that apply; newer holiday data changes no day that is announced (R16)."""
    office = held_alone(session, office_id)
    try:
        return built_again(plan.source, applied(kept_notices(session, office)), office.calendar)
    except CalendarError as error:
        raise ServiceError.of(error, f"calendar.{error.field}") from None


def _put_policy(session: Session, office_id: UUID, plan: Plan, now: datetime) -> None:
    """Published as by `sla policy publish`, under the same conditions; what is published already stays as it is."""
    try:
        put_version(session, office_id, plan.policy, plan.policy.valid_from, plan.calendar.date_of(now), now)
    except ServiceError as error:
        raise ServiceError.of(error, "office.policy") from None


def _policy(head: Mapping[str, Any], folder: Path) -> Policy:
    try:
        if "policy_file" in head:
            return read((folder / _text(head, "policy_file")).read_text("utf-8"))
        return preset(_text(head, "policy"))
    except OSError as error:
        raise ServiceError("office.policy_file", "cannot be read: %(strerror)s", strerror=error.strerror) from None
    except PolicyError as error:
        raise ServiceError.of(error, f"policy {error.field}") from None


def _patience(days: Any) -> int:
    """After how many working days a pause has lasted too long."""
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 250:
        raise ServiceError(
            "today.paused_days", "%(days)r must be a number of working days from 1 to 250, such as 20", days=days
        )
    return days


def _source(table: Mapping[str, Any], head: Mapping[str, Any], policy: Policy) -> Source:
    asked = _section(table, "calendar", _CALENDAR)
    at_home = asked.get("country", policy.country) == policy.country  # another country has none of the policy's days
    closed, opened = (_dated(asked.get(name, {}), f"calendar.{name}") for name in ("closed", "open"))
    try:
        source = Source(
            country=str(asked.get("country", policy.country)),
            zone=zone_named(str(head.get("zone", policy.zone))).key,
            subdivs=_subdivs(asked.get("subdiv")) or (policy.subdivs if at_home else ()),
            hours=WeeklyHours.parse(_table(table.get("hours", policy.hours), "hours")),
            closed=closed,
            open=opened,
            law=policy.sources.get("days_off", "") if at_home else "",
            beside=days_off(policy, YEARS) if at_home else (),
        )
        built(source)
    except (CalendarError, HoursError) as error:
        raise ServiceError.of(error, f"calendar.{error.field}") from None
    return source


def _subdivs(asked: Any) -> tuple[str, ...]:
    """One subdivision, or several: then a day off in any of them is off."""
    if asked is None or isinstance(asked, str):
        return (asked,) if asked else ()
    if isinstance(asked, list) and asked and all(isinstance(part, str) for part in asked):
        return tuple(asked)
    raise ServiceError("calendar.subdiv", '%(asked)r is no subdivision; write "ENG", or ["ENG", "WLS"]', asked=asked)


def _people(staff: Any, language: str) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(staff, list) or not staff:
        raise ServiceError("staff", "must hold at least one person, [[staff]]")
    people = [_person(entry, f"staff[{index}]", language) for index, entry in enumerate(staff)]
    ids = [person["person_id"] for person in people]
    for index, person in enumerate(people):
        if ids.count(person["person_id"]) > 1:
            raise ServiceError(f"staff[{index}].id", "%(person_id)r is there twice", person_id=person["person_id"])
        if person["stand_in"] and person["stand_in"] not in ids:
            raise ServiceError(
                f"staff[{index}].stand_in",
                "%(value)r is nobody here; known are: %(known)s",
                value=person["stand_in"],
                known=ids,
            )
        if person["stand_in"] == person["person_id"]:
            raise ServiceError(f"staff[{index}].stand_in", "cannot be the person themself")
    return tuple(people)


def _person(entry: Any, where: str, language: str) -> Mapping[str, Any]:
    _known(_table(entry, where), _STAFF, where)
    roles = _list(entry, "roles", where)
    for role in roles:
        _choice(role, tuple(r.value for r in Role if r is not Role.HANDLER), f"{where}.roles")
    addresses = _table(entry.get("addresses", {}), f"{where}.addresses")
    if not addresses:
        raise ServiceError(
            f"{where}.addresses", 'is missing: nothing could reach this person; write { mail = "name@example.org" }'
        )
    absences = [_absence(absence, f"{where}.absences") for absence in _list(entry, "absences", where)]
    return {
        "person_id": _text(entry, "id", where=where),
        "name": _text(entry, "name", where=where),
        "roles": canonical(sorted(roles)),
        "language": _choice(entry.get("language", language), ("zh", "en"), f"{where}.language"),
        "stand_in": str(entry.get("stand_in", "")),
        "addresses": ordered_addresses(addresses),
        "absences": canonical([(first.isoformat(), last.isoformat()) for first, last in absences]),
        "active": True,
    }


def _elsewhere(people: tuple[Mapping[str, Any], ...], channels: set[str]) -> Iterator[tuple[str, str]]:
    for index, person in enumerate(people):
        for name, _ in json.loads(person["addresses"]):
            if name not in channels:
                yield f"staff[{index}].addresses", name


def _absence(entry: Any, where: str) -> tuple[date, date]:
    _known(_table(entry, where), {"first", "last"}, where)
    first, last = (_date(entry.get(name), where) for name in ("first", "last"))
    if first > last:
        raise ServiceError(where, "begins on %(first)s, after it ends on %(last)s", first=first, last=last)
    return first, last


def ordered_addresses(addresses: Mapping[str, Any]) -> str:
    """In the order given, which is the order of preference: a list of pairs, not a sorted object."""
    return canonical([[name, str(address)] for name, address in addresses.items()])


def _channel(name: str, entry: Any) -> Mapping[str, Any]:
    where = f"channels.{name}"
    entry = _table(entry, where)
    kind = _choice(entry.get("kind"), tuple(KINDS), f"{where}.kind")
    stored = dict.fromkeys(KINDS[kind].secrets, "")  # perhaps: that is seen when it is applied
    settings, secrets = _read_channel(name, entry, stored)
    try:
        Endpoint(UUID(int=0), name, kind, settings, secrets)
    except ChannelSettingsError as error:
        raise ServiceError(f"{where}.{error.field}_env", Phrase(error.template, **error.values)) from None
    return {"name": name, "kind": kind, "settings": settings, "secrets": secrets, "entry": entry}


def _read_channel(name: str, entry: Mapping[str, Any], sealed: Mapping[str, str]) -> tuple[Any, Any]:
    """The settings and secrets of a channel of the file, some of which may be stored already."""
    there = {secret: STAND_INS.get(secret, STAND_IN) for secret in sealed}
    try:
        return read_channel(entry["kind"], entry, there)
    except ChannelSettingsError as error:
        raise ServiceError(f"channels.{name}.{error.field}", Phrase(error.template, **error.values)) from None


def _ladders_have_readers(policy: Policy, people: tuple[Mapping[str, Any], ...]) -> None:
    """Nobody is missing whom a ladder names: an alarm without a reader would be lost."""
    held = {role for person in people for role in Role if f'"{role.value}"' in person["roles"]}
    wanted = {role for rules in policy.clocks.values() for rule in rules for rung in rule.ladder for role in rung.to}
    missing = sorted(role.value for role in (wanted | {Role.CHIEF, Role.MANAGER}) - held - {Role.HANDLER})
    if missing:
        raise ServiceError(
            "staff",
            "nobody has the role %(missing)s, whom the policy's ladders tell; add it to somebody's roles",
            missing=" or ".join(missing),
        )


# --- single fields ---
def _section(table: Mapping[str, Any], name: str, known: set[str]) -> Mapping[str, Any]:
    entry = _table(table.get(name, {}), name)
    _known(entry, known, name)
    return entry


def _table(entry: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise ServiceError(where, "must be a table")
    return entry


def _list(entry: Mapping[str, Any], field: str, where: str) -> list[Any]:
    value = entry.get(field, [])
    if not isinstance(value, list):
        raise ServiceError(f"{where}.{field}", "must be a list, [ ... ]")
    return value


def _known(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in entry:
        if key not in known:
            raise ServiceError(f"{where}.{key}".lstrip("."), "is unknown; known are: %(known)s", known=sorted(known))


def _text(entry: Mapping[str, Any], field: str, default: str | None = None, where: str = "office") -> str:
    value = entry.get(field, default)
    if not isinstance(value, str) or not value.strip():
        raise (
            ServiceError(f"{where}.{field}", "must be a text")
            if field in entry
            else ServiceError(f"{where}.{field}", "is missing")
        )
    return " ".join(value.split())


def _choice(value: Any, known: tuple[str, ...], where: str) -> str:
    if value not in known:
        raise ServiceError(where, "%(value)r is unknown; known are: %(known)s", value=value, known=known)
    return str(value)


def _minutes(text: Any, where: str) -> int:
    hours, _, minutes = str(text).partition(":")
    if hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60 and int(hours) < 24:
        return int(hours) * 60 + int(minutes)
    raise ServiceError(where, "%(text)r is no time; write 08:30", text=text)


def _date(value: Any, where: str) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ServiceError(where, "%(text)r is no date; write 2026-09-18", text=value) from None


def _dated(entries: Any, where: str) -> dict[date, str]:
    return {_date(day, where): str(reason) for day, reason in _table(entries, where).items()}
