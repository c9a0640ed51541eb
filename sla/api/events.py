"""What happened to a case: listed, recorded, and taken back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sla.api.clocks import ClockShape, clock_shape, found_case, part_path
from sla.api.kinds import NewEvent, NewVoid
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.problems import Event, ProblemError
from sla.api.shapes import Shape, local
from sla.events import CaseEvent, Outcome, Voided
from sla.history import late_entry
from sla.rights import Right, right_to_record
from sla.service import cases
from sla.service.cases import Recorded, when_parsed
from sla.service.contact_change import change_contact
from sla.service.errors import ServiceError
from sla.service.records import PERSONAL
from sla.service.slips import is_slip


class EventShape(Shape):
    """One event on record, without personal data."""

    seq: int
    kind: str
    occurred_at: datetime
    """When it happened; of a dated one the first moment of its day."""
    dated: bool
    """Only the day is known."""
    recorded_at: datetime
    late_entry: bool
    by: str
    """A person's id, `key:NAME` for a program, `import:NAME` for what was brought in, "" for the service itself."""
    voided_by: int | None
    details: dict[str, Any]
    """What the kind asks for, as it was given."""
    hash: str
    """Of this event and all before it."""


class Events(Shape):
    """Events of a case in the order of their chain. `next` goes on behind them, null at the end."""

    number: str
    events: list[EventShape]
    next: str | None


class Receipt(Shape):
    """A case as it stands after something was recorded, without its title."""

    number: str
    seq: int
    """The newest event."""
    phase: str
    clocks: list[ClockShape]


# --- reading ----------------------------------------------------------------------------------------------------------
def _events(call: Call) -> Answered:
    found = found_case(call)
    events, following = part_of(f"{part_path(call)}/events", call.query, found.events, lambda event: str(event.seq))
    shown = [_shape(call, event, found) for event in events]
    headers = {"ETag": tag_of(found.row), **links(following)}
    return Answered(Events(number=found.number, events=shown, next=following), headers)


def _shape(call: Call, event: CaseEvent, found: Recorded) -> EventShape:
    zone = call.office.calendar.zone
    voided = (other.seq for other in found.events if isinstance(other, Voided) and other.event == event.seq)
    occurred_at, recorded_at = local(event.occurred_at, zone), local(event.recorded_at, zone)
    assert occurred_at and recorded_at
    told = event.details().items()
    return EventShape(
        seq=event.seq,
        kind=event.kind,
        occurred_at=occurred_at,
        dated=event.dated,
        recorded_at=recorded_at,
        late_entry=late_entry(call.office.calendar, event),
        by=event.actor,
        voided_by=next(voided, None),
        details={name: value for name, value in told if name not in PERSONAL and value not in ("", [], None)},
        hash=found.hashes.get(event.seq, ""),
    )


# --- recording --------------------------------------------------------------------------------------------------------
def _record(call: Call) -> Answered:
    kind = call.body.kind
    actor = call.actor(call.body.by, right_to_record(kind))
    check_match(call)
    details = _DETAILS.get(kind, _given)(call)
    if kind == "contact_changed":
        done = change_contact(call.session, call.office, call.at("number"), details, call.now, actor)[0]
    else:
        when = when_parsed(call.office, call.body.at or "", call.now)
        done = cases.record(call.session, call.office, call.at("number"), kind, details, when, call.now, actor)
    return receipt_of(done)


def _given(call: Call) -> dict[str, Any]:
    given: Mapping[str, Any] = call.body.model_dump(exclude={"kind", "at", "by"}, exclude_unset=True)
    return {name: value for name, value in given.items() if value is not None}


def _extended(call: Call) -> dict[str, Any]:
    unit = cases.unit_of(call.session, call.office, call.at("number"), call.body.clock, call.now)
    return _given(call) | {"unit": unit}


def _decided(call: Call) -> dict[str, Any]:
    return _given(call) | {"outcome": Outcome(call.body.outcome)}


def _paused(call: Call) -> dict[str, Any]:
    return _given(call) | {"expected_end": call.body.expected_end or ""}


def _corrected(call: Call) -> dict[str, Any]:
    return _given(call) | {"papers": tuple(call.body.papers)}


def _explained(call: Call) -> dict[str, Any]:
    given = _given(call)
    return given | ({"clocks": tuple(given["clocks"])} if "clocks" in given else {})


_DETAILS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "extended": _extended,
    "decided": _decided,
    "paused": _paused,
    "correction_requested": _corrected,
    "correction_received": _corrected,
    "overdue_explained": _explained,
}


def _void(call: Call) -> Answered:
    check_match(call)
    found, seq = found_case(call), call.at("seq")
    if not (seq.isascii() and seq.isdigit() and len(seq) < 8 and any(int(seq) == event.seq for event in found.events)):
        raise ProblemError("not-found", f"{seq} is no event of {found.number}", "seq")
    right = Right.RECORD if is_slip(found, int(seq), call.visitor.person_id, call.now) else Right.MANAGE
    actor = call.actor(call.body.by, right)
    done = cases.void(call.session, call.office, found.number, int(seq), call.body.reason, call.now, actor)
    return receipt_of(done)


# --- one version after another ----------------------------------------------------------------------------------------
def tag_of(row: Any) -> str:
    """The ETag of what is on record of a case."""
    return f'"{row.head_seq}.{row.head_hash[:16]}"'


def check_match(call: Call) -> None:
    """Hold the case of the address, and see that it is as If-Match says. Raises ProblemError."""
    try:
        row = cases.known(call.session, call.office, call.at("number"), lock=True)
    except ServiceError:
        raise ProblemError("not-found", f"{call.at('number')!r} is no case of {call.office.slug}") from None
    wanted = call.request.headers.get("if-match", "")
    if not wanted or wanted.strip() == "*":
        return
    now = tag_of(row).strip('"')
    seen = [tag.strip().strip('"') for tag in wanted.split(",")]
    if any(tag == now or tag.startswith(f"{now}.") for tag in seen):
        return
    first, _, _ = seen[0].partition(".")
    after = int(first) if first.isascii() and first.isdigit() and len(first) < 8 else 0
    events = found_case(call).events
    changes = [Event(seq=event.seq, kind=event.kind, by=event.actor) for event in events if event.seq > after]
    raise ProblemError("changed", f"its newest event is {row.head_seq} now; look at it, then decide", changes=changes)


def receipt_of(done: Recorded) -> Answered:
    """What is answered to whoever recorded something."""
    receipt = Receipt(
        number=done.number,
        seq=done.row.head_seq,
        phase=done.history.phase.value,
        clocks=[clock_shape(clock) for clock in done.history.clocks],
    )
    return Answered(receipt, {"ETag": tag_of(done.row)})


OPERATIONS = (
    Operation(
        "GET", "/cases/{number}/events", "listEvents", "events", "What happened to a case", Right.READ, Events, _events,
        query=PageQuery, refuses=("not-found",), tagged=True,
    ),
    Operation(
        "POST", "/cases/{number}/events", "recordEvent", "events", "Record that something happened", Right.RECORD,
        Receipt, _record, body=NewEvent, status=201, refuses=("not-found", "changed"), tagged=True, matched=True,
        example={"kind": "paused", "ground": "expert_review", "notice": "云规函〔2026〕8号", "at": "2026-09-18"},
    ),
    Operation(
        "POST", "/cases/{number}/events/{seq}/void", "voidEvent", "events",
        "Take an event back, on record; what somebody recorded a quarter of an hour ago, they may themselves",
        Right.RECORD, Receipt, _void, body=NewVoid, status=201, refuses=("not-found", "changed"), tagged=True,
        matched=True, example={"reason": "登记错件"},
    ),
)  # fmt: skip
