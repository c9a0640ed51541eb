"""Record what happens to a case: one transaction appends the event, rebuilds the case, and plans its alarms (R13,
R14, R21).

Every function works in the caller's writing transaction; an error leaves nothing written. Times are aware.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from schedules.limits import Unit
from sla.clock import Clock
from sla.events import (
    KINDS,
    Blanked,
    CalendarApplied,
    CaseEvent,
    Decided,
    EventName,
    OverdueExplained,
    Paused,
    Rebased,
    Received,
    Resumed,
    Voided,
    event_of,
    standing,
)
from sla.history import SKEW, History, HistoryError, judged, open_pauses
from sla.overruns import check_reasons, overruns, unexplained
from sla.people import Program, Role
from sla.permits import number_of
from sla.policies import Policy, PolicyError
from sla.service import acknowledging, contacts
from sla.service.errors import ServiceError
from sla.service.offices import Office, held
from sla.service.rebasing import may_follow
from sla.service.rebuild import Change, history_of, policy_of, rebuild
from sla.service.records import event_row, events_from, with_titles
from sla.store import cases as store
from sla.store.engine import Session
from sla.store.ids import new_id
from sla.store.timekeeping import keep

_AREA = re.compile(r"\d{1,9}(\.\d{1,4})?")
_LONGEST = {"title": 200, "applicant": 200, "contact": 200, "reason": 2000, "measure": 2000, "number": 80}
_WITH_DECISION = {"overdue_reason": "reason", "overdue_measure": "measure"}  # by which names an explanation comes along


@dataclass(frozen=True)
class When:
    """When something happened: a moment, or only a day (`dated`), then its first moment."""

    at: datetime
    dated: bool = False


@dataclass(frozen=True)
class Recorded:
    """A case as it stands: its number, its row, its history at that moment; the hash of each event where it was
    read."""

    number: str
    row: Any
    history: History
    events: tuple[CaseEvent, ...]
    hashes: Mapping[int, str] = field(default_factory=dict)


def receive(
    session: Session,
    office: Office,
    details: Mapping[str, Any],
    when: When,
    now: datetime,
    actor: str,
    number: str = "",
) -> Recorded:
    """收件: a new case with the next number of its permit and year, or the number it already has."""
    office = held(session, office)
    policy, details = under_policy(office, details, when, actor)
    permit, on = policy.permit(details["permit"]), office.calendar.date_of(when.at)
    number = number or _free_number(session, office, permit.id, permit.number, on.year)
    if store.case_numbered(session, office.id, number):
        raise ServiceError("number", "%(number)s is taken already; `sla case show %(number)s`", number=number)
    event = made("received", details, when, now, actor, 1, office)
    case_id = new_id(now)
    assert isinstance(event, Received)
    store.insert_cases(session, [case_values(office, case_id, number, event, (policy.id, policy.version), now)])
    return _write(session, office, number, [], [event], now)


def under_policy(office: Office, details: Mapping[str, Any], when: When, actor: str) -> tuple[Policy, dict[str, Any]]:
    """The policy a receipt falls under (R17), and its details with the handler and the first-contact person
    (首问负责)."""
    policy = office.policy_of_receipt(str(details.get("permit", "")), when.at, dated=when.dated)
    handler = str(details.get("handler") or actor)
    office.person(handler, "handler")
    first_contact = str(details.get("first_contact") or handler)
    office.person(first_contact, "first_contact")
    known = {paper.id for paper in policy.permit(str(details["permit"])).papers}
    _known_papers(details.get("papers", ()), known)
    return policy, {**details, "handler": handler, "first_contact": first_contact}


def record(
    session: Session,
    office: Office,
    number: str,
    kind: str,
    details: Mapping[str, Any],
    when: When,
    now: datetime,
    actor: str,
) -> Recorded:
    """Any later event of a case. Raises ServiceError or HistoryError, which name the field.

    A decision may bring the reason of an overrun along, as `overdue_reason` and `overdue_measure`; it is put on record
    as an event of its own, ahead of the decision.
    """
    office = held(session, office)
    row, events = locked(session, office, number, now)
    if kind == "resumed" and "pause" not in details:
        details = {**details, "pause": _only_pause(office, row, events, now)}
    if kind == "overdue_explained" and "clocks" not in details:
        missed = overruns(history_of(office, row, events, now).clocks)
        details = {**details, "clocks": [clock.id for clock in missed]}
    if kind == "acknowledged":
        told = acknowledging.judged(session, office, row, events, str(details.get("clock", "")), actor, now)
        details = {**details, **told}
    own, reason = _apart(details)
    event = made(kind, own, when, now, actor, row.head_seq + 1, office)
    return _write(session, office, number, events, _explained(office, row, events, event, reason), now)


def void(
    session: Session,
    office: Office,
    number: str,
    target: int,
    reason: str,
    now: datetime,
    actor: str,
    replacement: tuple[Mapping[str, Any], When] | None = None,
) -> Recorded:
    """Void an event with a reason and, in the same transaction, put the right one in its place (R14)."""
    office = held(session, office)
    row, events = locked(session, office, number, now)
    wrong = next((event for event in standing(events) if event.seq == target), None)
    if wrong is None:
        known = ", ".join(f"{event.seq} ({event.kind})" for event in standing(events))
        raise ServiceError(
            "event", "%(target)s is no event that stands; those that do: %(known)s", target=target, known=known
        )
    if not reason.strip():
        raise ServiceError("reason", "is needed to void an event")
    _can_go(wrong, events, replaced=replacement is not None)
    voids = made("voided", {"event": target, "reason": reason}, When(now), now, actor, row.head_seq + 1, office)
    new: list[CaseEvent] = [voids]
    if replacement:
        personal = store.parties_of(session, office.id, [row.case_id])[row.case_id]
        kept = {party.field: party.value for party in personal if party.seq == target}
        [titled] = (event for event in with_titles(events, personal) if event.seq == target)
        details = {**titled.details(), **kept, **replacement[0]}
        details.pop("verdicts", None)
        own, explanation = _apart(details)
        right = made(wrong.kind, own, replacement[1], now, actor, row.head_seq + 2, office)
        new += _explained(office, row, [*events, voids], right, explanation)
    return _write(session, office, number, events, new, now)


def find(session: Session, office: Office, number: str, now: datetime) -> Recorded:
    """A case as it stands at `now`. Raises ServiceError for an unknown number."""
    row = known(session, office, number)
    rows = store.events_of(session, office.id, [row.case_id])[row.case_id]
    events = with_titles(events_from(rows), store.parties_of(session, office.id, [row.case_id])[row.case_id])
    return Recorded(
        number, row, history_of(office, row, events, now), tuple(events), {event.seq: event.hash for event in rows}
    )


def personal(session: Session, office: Office, found: Recorded) -> dict[str, str]:
    """The applicant's own data as they stand, by field; what was blanked is not there."""
    parties = store.parties_of(session, office.id, [found.row.case_id])[found.row.case_id]
    received = {party.field: party.value for party in parties if party.seq == found.history.received.seq}
    contact = contacts.contacts_of(session, office, [found.row.case_id], {found.row.case_id: found.history.events})
    last = contact[found.row.case_id]
    return {**received, "contact": last.note, "email": last.email, "mobile": last.mobile}


def known(session: Session, office: Office, number: str, *, lock: bool = False) -> Any:
    """The head of a case; `lock` holds it until the transaction ends. Raises ServiceError for an unknown number."""
    row = store.case_numbered(session, office.id, number, lock=lock)
    if row is None:
        raise ServiceError(
            "case", "%(number)r is unknown in %(slug)s; look with `sla case list`", number=number, slug=office.slug
        )
    return row


def when_parsed(office: Office, text: str, now: datetime, field: str = "at") -> When:
    """`2026-09-18` (only the day is known), `2026-09-18T15:00+08:00`, or "" for now. A naive time is an error (R1)."""
    if not text:
        return When(now)
    try:
        if len(text) == len("2026-09-18"):
            return When(office.calendar.start_of(date.fromisoformat(text)), dated=True)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ServiceError(
            field, "%(text)r is no date or time; write 2026-09-18 or 2026-09-18T15:00+08:00", text=text
        ) from None
    if moment.tzinfo is None:
        offset = office.calendar.start_of(office.today(now)).astimezone(office.calendar.zone).strftime("%z")
        raise ServiceError(
            field,
            "%(text)s has no time zone; write %(text)s%(offset)s:%(offset2)s",
            text=text,
            offset=offset[:3],
            offset2=offset[3:],
        )
    return When(moment)


def _write(
    session: Session, office: Office, number: str, before: Sequence[CaseEvent], new: Sequence[CaseEvent], now: datetime
) -> Recorded:
    """Judge, check the whole history, append to the chain, rebuild. The case row is locked by its insert or its
    read."""
    row = store.case_numbered(session, office.id, number, lock=True)
    assert row is not None
    replaced = next((event for event in new if isinstance(event, Received)), None)
    if before and replaced:
        row = _received_anew(session, office, row, replaced)
    events, change = appended(session, office, row, before, new, now)
    histories = rebuild(session, office, [row], now, {row.case_id: change})
    if row.case_id not in histories:
        raise ServiceError("case", "%(number)s could not be rebuilt; nothing was written", number=number)
    return Recorded(number, known(session, office, number), histories[row.case_id], events)


def appended(
    session: Session, office: Office, row: Any, before: Sequence[CaseEvent], new: Sequence[CaseEvent], now: datetime
) -> tuple[tuple[CaseEvent, ...], Change]:
    """All events of a case whose chain has the new ones now, and what its rebuild, which has to follow, must know.

    The case must be locked, be at the office's calendar, and `before` be all of its events.
    """
    events = list(before)
    for event in new:
        if isinstance(event, Rebased):
            may_follow(office, row, events, event)
        policy = policy_of(office, row, [*events, event])
        events.append(judged(policy, office.calendar, events, event, office.calendar_of) if events else event)
    check_reasons(history_of(office, row, events, now), row.number, before, new)
    written = [event_row(office.id, row.case_id, event) for event in events[len(before) :]]
    head = store.append_events(session, row.head_hash, [values for values, _ in written])
    store.put_parties(session, [party for _, parties in written for party in parties])
    store.put_heads(
        session,
        [
            {
                "office_id": office.id,
                "case_id": row.case_id,
                "head_seq": events[-1].seq,
                "head_hash": head,
                **described(office, events, events[len(before) :]),
            }
        ],
    )
    keep(session, now, office.id)
    return tuple(events), change_of(office, row, before, events[len(before) :], now)


def _apart(details: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The details of an event, and those of the explanation that comes with it."""
    own = {name: value for name, value in details.items() if name not in _WITH_DECISION}
    return own, {_WITH_DECISION[name]: details[name] for name in details if name in _WITH_DECISION and details[name]}


def _explained(
    office: Office, row: Any, before: Sequence[CaseEvent], event: CaseEvent, explanation: Mapping[str, Any]
) -> list[CaseEvent]:
    """The event, behind the explanation that comes with it: of each limit that it would leave overdue and
    unexplained."""
    if not explanation:
        return [event]
    if not isinstance(event, Decided):
        raise ServiceError("overdue_reason", "comes with a decision; this is %(kind)s", kind=EventName(event.kind))
    missed = unexplained(history_of(office, row, [*before, event], event.recorded_at).clocks)
    if not missed:
        raise ServiceError("overdue_reason", "is not needed: no limit is overdue without a reason; leave it out")
    if "reason" not in explanation:
        raise ServiceError("overdue_reason", "is missing; what is done about it needs the reason too")
    details = {**explanation, "clocks": [clock.id for clock in missed]}
    now = event.recorded_at
    said = made(OverdueExplained.kind, details, When(now), now, event.actor, event.seq, office)
    return [said, replace(event, seq=event.seq + 1)]


def _received_anew(session: Session, office: Office, row: Any, receipt: Received) -> Any:
    """The case under the policy version of the day it counts as received now that its receipt was replaced (R17)."""
    policy = office.policy_of_receipt(receipt.permit, receipt.occurred_at, dated=receipt.dated)
    store.put_heads(session, [{
        "office_id": office.id, "case_id": row.case_id, "policy_id": policy.id, "policy_version": policy.version,
    }])  # fmt: skip
    return store.case_numbered(session, office.id, row.number, lock=True)


def _can_go(wrong: CaseEvent, events: Sequence[CaseEvent], *, replaced: bool) -> None:
    """Says which event has to go first, where voiding one alone would leave a history that cannot be (R14)."""
    if isinstance(wrong, CalendarApplied):
        raise ServiceError("event", "%(seq)s is an amended calendar; another notice amends it, no void", seq=wrong.seq)
    if isinstance(wrong, Blanked):
        raise ServiceError(
            "event", "%(seq)s says that personal data were blanked; what is gone stays gone", seq=wrong.seq
        )
    if isinstance(wrong, Received) and not replaced:
        raise ServiceError(
            "event",
            "%(seq)s is the receipt the case begins with; replace it (--at), or record its withdrawal",
            seq=wrong.seq,
        )
    ends = next((e.seq for e in standing(events) if isinstance(e, Resumed) and e.pause == wrong.seq), None)
    if isinstance(wrong, Paused) and ends is not None:
        raise ServiceError(
            "event", "%(seq)s is a pause that event %(ends)s ends; void %(ends)s first", seq=wrong.seq, ends=ends
        )


def described(office: Office, events: Sequence[CaseEvent], new: Sequence[CaseEvent]) -> dict[str, Any]:
    """What a case is called, how large it is and when it came in, from its standing receipt. Of the events that were
    read the title is not known; it stays."""
    received = next(event for event in standing(events) if isinstance(event, Received))
    titled = {"title": received.title} if received in new else {}
    return titled | {
        "permit": received.permit,
        "first_contact": received.first_contact,
        "received_on": received.on(office.calendar.zone),
        "land_area_ha": received.land_area_ha,
        "floor_area_ha": received.floor_area_ha,
    }


def change_of(office: Office, row: Any, before: Sequence[CaseEvent], new: Sequence[CaseEvent], now: datetime) -> Change:
    """From when on a write takes effect: what it voids, or when the event happened; a dated one when its day was
    over.

    A re-base counts the case anew from its beginning, and so does voiding one: whoever was told a date that stood until
    now hears the new one (R17).
    """
    numbers = tuple(event.seq for event in new)
    rebases = {event.seq for event in (*before, *new) if isinstance(event, Rebased)}
    if any(event.seq in rebases or (isinstance(event, Voided) and event.event in rebases) for event in new):
        return Change(datetime.min.replace(tzinfo=UTC), _clocks_before(office, row, before, now), numbers)
    starts: list[datetime] = []
    for event in new:
        target = next((e for e in before if isinstance(event, Voided) and e.seq == event.event), event)
        ends = office.calendar.end_of(target.on(office.calendar.zone)) if target.dated else target.occurred_at
        starts.append(min(ends, event.recorded_at))
    return Change(min(starts), new=numbers)


def _clocks_before(office: Office, row: Any, before: Sequence[CaseEvent], now: datetime) -> tuple[Clock, ...]:
    """The clocks as they stood until a write; none of a case that could not be read, and is being mended."""
    try:
        return history_of(office, row, before, now).clocks
    except (HistoryError, PolicyError, ServiceError):
        return ()


def locked(session: Session, office: Office, number: str, now: datetime) -> tuple[Any, list[CaseEvent]]:
    """The case and its events, brought to the office's calendar: what happens next is judged by that one (R16)."""
    row = known(session, office, number, lock=True)
    if row.calendar_version != office.calendar.version:
        rebuild(session, office, [row], now)
        row = known(session, office, number, lock=True)
    return row, events_from(store.events_of(session, office.id, [row.case_id])[row.case_id])


def made(
    kind: str, details: Mapping[str, Any], when: When, now: datetime, actor: str, seq: int, office: Office
) -> CaseEvent:
    """An event as it is put on record at `now`. Raises ServiceError or HistoryError for what cannot be."""
    _known_people(office, kind, details, actor)
    if details.get("admitted_by"):
        _admitted(office, kind, details)
    for name, longest in _LONGEST.items():
        if len(str(details.get(name) or "")) > longest:
            raise ServiceError(name, "is longer than %(longest)s characters", longest=longest)
    for name in ("land_area_ha", "floor_area_ha"):
        if details.get(name) and not _AREA.fullmatch(str(details[name])):
            raise ServiceError(name, "%(details)r is no area in hectares; write 3.25", details=details[name])
    for name in ("expected_end", "owed_by"):
        if details.get(name):
            day = _parsed_day(details[name], name)
            if name == "expected_end" and day < office.calendar.date_of(when.at):
                raise ServiceError(name, "%(day)s lies before the pause; name a day from its beginning on", day=day)
    if kind not in KINDS:
        raise ServiceError("kind", "%(value)r is no event; known are: %(known)s", value=kind, known=KINDS)
    ahead = office.calendar.date_of(when.at) > office.today(now) if when.dated else when.at > now + SKEW
    if kind == "received" and ahead:
        raise HistoryError("occurred_at", "lies in the future; receive a case once it has come in")
    details = contacts.checked(details)
    common = {
        "occurred_at": when.at, "recorded_at": now, "dated": when.dated, "seq": seq, "actor": actor,
        "calendar_version": office.calendar.version,
    }  # fmt: skip
    if "title" in details:
        details = {**details, "title": " ".join(str(details["title"]).split())}
    return event_of(kind, common, details)


def _known_people(office: Office, kind: str, details: Mapping[str, Any], actor: str) -> None:
    if actor and not isinstance(actor, Program):
        office.person(actor, "actor")
    if kind in ("reassigned", "handed_over"):
        office.person(str(details.get("handler", "")), "handler")
    if details.get("approver"):
        office.person(str(details["approver"]), "approver")


def _admitted(office: Office, kind: str, details: Mapping[str, Any]) -> None:
    """A late entry counts if a manager admits it, with the number of the paper that proves it (R18, R21)."""
    person = office.person(str(details["admitted_by"]), "admitted_by")
    if Role.MANAGER not in person.roles:
        managers = ", ".join(other.id for other in office.people.values() if Role.MANAGER in other.roles)
        raise ServiceError(
            "admitted_by", "%(id)s is no manager; managers are: %(managers)s", id=person.id, managers=managers or "none"
        )
    proof = {"accepted": "receipt", "paused": "notice"}.get(kind, "")
    if proof and not details.get(proof):
        raise ServiceError(proof, "is missing: its number is needed where a manager admits a late entry")


def _only_pause(office: Office, row: Any, events: Sequence[CaseEvent], now: datetime) -> int:
    """The pause to resume where only one is open (R10: Resumed names its pause)."""
    pauses = open_pauses(history_of(office, row, events, now))
    if len(pauses) == 1:
        return next(iter(pauses))
    listed = ", ".join(f"{seq} ({pause.ground})" for seq, pause in pauses.items()) or "none"
    raise ServiceError("pause", "say which pause to resume; open are: %(listed)s", listed=listed)


def _free_number(session: Session, office: Office, permit: str, pattern: str, year: int) -> str:
    while True:
        number = number_of(pattern, year, store.next_number(session, office.id, permit, year))
        if store.case_numbered(session, office.id, number) is None:
            return number


def _known_papers(papers: Sequence[str], known: set[str]) -> None:
    unknown = [paper for paper in papers if paper not in known]
    if unknown:
        raise ServiceError(
            "papers", "%(papers)s is not asked for here; known are: %(known)s", papers=unknown, known=sorted(known)
        )


def case_values(
    office: Office, case_id: Any, number: str, event: Received, policy: tuple[str, int], now: datetime
) -> dict[str, Any]:
    """The row of a new case, before its first event is appended."""
    return {
        "office_id": office.id,
        "case_id": case_id,
        "number": number,
        "permit": event.permit,
        "title": event.title,
        "handler": event.handler,
        "first_contact": event.first_contact,
        "land_area_ha": event.land_area_ha,
        "floor_area_ha": event.floor_area_ha,
        "policy_id": policy[0],
        "policy_version": policy[1],
        "calendar_version": office.calendar.version,
        "phase": "received",
        "received_on": event.on(office.calendar.zone),
        "deemed_on": None,
        "outcome": "",
        "head_seq": 0,
        "head_hash": store.GENESIS,
        "next_alarm_at": None,
        "broken": "",
        "created_at": now,
    }


def unit_of(session: Session, office: Office, number: str, clock: str, now: datetime) -> Unit:
    """The unit a clock is extended in: its limit's, unless the policy names another (R6)."""
    return find(session, office, number, now).history.clock(clock).rule.extension_unit


def _parsed_day(text: object, field_name: str) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise ServiceError(field_name, "%(text)r is no date; write 2026-09-18", text=text) from None
