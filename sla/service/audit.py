"""`sla audit verify`: whether the record is as it was written. The chain of every case, and the anchors of every day.

Office by office and page by page: it takes no more memory for a million cases than for one page of them, and three
statements a page.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, takewhile
from typing import Any
from uuid import UUID

from sla.service.anchoring import DAILY, Sealing
from sla.service.findings import Finding, pages
from sla.service.offices import Office, every_office
from sla.service.records import PERSONAL
from sla.store import anchors as store_anchors
from sla.store import cases as store
from sla.store.engine import Session

_OF_APPLICANTS = ("received", "contact_changed")  # the events that hold personal data
NONE: tuple[date, Iterator[Any]] = (date.max, iter(()))
RESTORE = "restore it from a backup; it was changed outside of shixian"


def audited(session: Session, only: UUID | None = None) -> Iterator[Finding]:
    """Everything that does not fit: chains, personal data, anchors; of all offices, or just one. What cannot be
    verified is a note."""
    yield from verified(session, only)
    yield from anchored(session, only)


def verified(session: Session, only: UUID | None = None) -> Iterator[Finding]:
    """The hash chain of every case against its head; personal data against their digests."""
    for office in every_office(session, only):
        for rows in pages(session, office):
            ids = [row.case_id for row in rows]
            events, parties = store.events_of(session, office.id, ids), store.parties_of(session, office.id, ids)
            for row in rows:
                yield from of_case(office, row, events[row.case_id], parties[row.case_id])


def of_case(office: Office, row: Any, events: Sequence[Any], parties: Sequence[Any]) -> Iterator[Finding]:
    """What of one case does not fit, as its rows say it, wherever they come from."""
    yield from _chain(office, row, events)
    yield from _personal(office, row, parties, events)


def anchored(session: Session, only: UUID | None = None) -> Iterator[Finding]:
    """The anchors of every office, each counted again, against one another and against the events they cover."""
    for office in every_office(session, only):
        yield from _anchors(session, office)


def _anchors(session: Session, office: Office) -> Iterator[Finding]:
    anchors = store_anchors.anchors(session, office.id)
    for day in store_anchors.digests_without_anchor(session, office.id, DAILY):
        yield Finding(f"the anchor of {day} is missing", office.slug, RESTORE)
    before = {store.GENESIS}
    days = groupby(store_anchors.anchored_heads(session, office.id), key=lambda row: row.on)
    day, heads = next(days, NONE)
    for anchor in anchors:
        if not anchor.listed:
            before = {anchor.hash}
            continue
        while day < anchor.on:
            yield Finding(f"the anchor of {day} is missing", office.slug, RESTORE)
            day, heads = next(days, NONE)
        counted = _Counted(office, anchor, before)
        if day == anchor.on:
            yield from counted.heads(heads)
            day, heads = next(days, NONE)
        yield from counted.result()
        before = {anchor.hash, *counted.hashes}
    while day != date.max:
        yield Finding(f"the anchor of {day} is missing", office.slug, RESTORE)
        day, heads = next(days, NONE)
    yield from _earlier(office, anchors)


class _Counted:
    """One anchor, counted again from what it lists.

    `before`: what may stand before it. Where the one before was changed, both its hash and what it should be are tried,
    so that one change is one finding.
    """

    def __init__(self, office: Office, anchor: Any, before: Iterable[str]) -> None:
        self._office, self._anchor, self._cases = office, anchor, 0
        self._sealings = [Sealing(hash_before, anchor.on) for hash_before in sorted(before)]

    def heads(self, rows: Iterable[Any]) -> Iterator[Finding]:
        """Count them in; what the events are not any more."""
        for row in rows:
            self._cases += 1
            for sealing in self._sealings:
                sealing.add(row.case_id.hex, row.seq, row.hash)
            if row.hash_now != row.hash:
                what = "is gone" if row.hash_now is None else "is another one"
                where = f"{self._office.slug} {row.number or row.case_id}"
                yield Finding(f"event {row.seq}, anchored on {row.on}, {what}", where, RESTORE)

    @property
    def hashes(self) -> set[str]:
        return {sealing.hash for sealing in self._sealings}

    def result(self) -> Iterator[Finding]:
        if self._anchor.hash not in self.hashes or self._anchor.cases != self._cases:
            yield Finding(f"the anchor of {self._anchor.on} does not fit what it covers", self._office.slug, RESTORE)


def _earlier(office: Office, anchors: Sequence[Any]) -> Iterator[Finding]:
    """A note on the anchors of a version that kept no list; there is none after the first that does."""
    earlier = [anchor.on for anchor in takewhile(lambda anchor: not anchor.listed, anchors)]
    for anchor in anchors[len(earlier) :]:
        if not anchor.listed:
            yield Finding(f"the anchor of {anchor.on} does not say what it covers", office.slug, RESTORE)
    if earlier:
        since = f"from {anchors[len(earlier)].on} on" if len(earlier) < len(anchors) else "from the next digest on"
        yield Finding(
            f"the anchors until {earlier[-1]} do not say what they cover; every case is anchored {since}",
            office.slug,
            "they were made by an earlier version; nothing is to be done",
            serious=False,
        )


def _chain(office: Office, row: Any, events: Sequence[Any]) -> Iterator[Finding]:
    head, where = store.GENESIS, f"{office.slug} {row.number}"
    for place, event in enumerate(events, start=1):
        values = {**event._mapping, "office_id": row.office_id, "case_id": row.case_id}
        if event.seq != place or store.chained(head, values) != event.hash:
            yield Finding(
                f"event {event.seq} does not fit the chain",
                where,
                "restore it from a backup; it was changed outside of shixian",
            )
            return
        head = event.hash
    if (len(events), head) != (row.head_seq, row.head_hash):
        yield Finding(
            "the chain does not end where the case says", where, "restore it from a backup; its end was cut off"
        )


def _personal(office: Office, row: Any, parties: Sequence[Any], events: Sequence[Any]) -> Iterator[Finding]:
    """What is kept of the applicant against the digests in the chain; what is gone must have been blanked on record."""
    blanked = max((event.seq for event in events if event.kind == "blanked"), default=0)
    kept = {(party.seq, party.field) for party in parties if party.value}
    digests: Mapping[tuple[int, str], Any] = {
        (event.seq, name): json.loads(event.details).get(name)
        for event in events
        if event.kind in _OF_APPLICANTS
        for name in PERSONAL
    }
    for party in parties:
        digest = digests.get((party.seq, party.field))
        if party.value and digest != {"sha256": hashlib.sha256((party.salt + party.value).encode()).hexdigest()}:
            yield Finding(
                f"{party.field} of event {party.seq} is not what was recorded",
                f"{office.slug} {row.number}",
                "restore it from a backup",
            )
    for (seq, field), digest in digests.items():
        if isinstance(digest, dict) and (seq, field) not in kept and seq > blanked:
            yield Finding(
                f"{field} of event {seq} is gone, and nobody blanked it on record",
                f"{office.slug} {row.number}",
                f"restore it from a backup, or put on record why: `sla case blank {row.number}`",
            )
    if any(seq < blanked for seq, _ in kept):
        yield Finding(
            f"what event {blanked} blanked is there again",
            f"{office.slug} {row.number}",
            f"blank it again: `sla case blank {row.number}`",
        )
