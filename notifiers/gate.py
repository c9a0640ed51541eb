"""Between claiming and sending: no endpoint gets more than it takes, and what is a flood becomes few messages."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from notifiers.entries import Claimed
from notifiers.outbox import Session, Sessions, join
from notifiers.quota import OPEN, Place, Quota, close, take, taken

PATIENCE = timedelta(seconds=15)  # more than an endpoint takes in this time is a flood

QuotasOf = Callable[[Session, Collection[Place]], Mapping[Place, Quota]]
"""How much each of these endpoints takes; those that take anything may be left out."""


@dataclass
class Gate:
    """The gate for one batch. `now` is asked anew for each message, for a batch may take a minute to send.

    `together`: the kinds of messages of which several can be said in one; `most`: how many of them.
    """

    sessions: Sessions
    now: Callable[[Session], datetime]
    quotas_of: QuotasOf
    together: Collection[str]
    most: int
    _quotas: Mapping[Place, Quota] = field(default_factory=dict)
    _shut: dict[Place, datetime] = field(default_factory=dict)  # as far as this batch has heard

    def enter(
        self, session: Session, claimed: Sequence[Claimed], now: datetime, opens: Callable[[UUID], datetime]
    ) -> list[Claimed]:
        """What was claimed, in the same transaction, with each flood as bundles.

        `opens`: when an office may be written to next. Outside of that time nothing is bundled: what may go at any
        time would take with it what may not.
        """
        places = {place_of(one) for one in claimed}
        if not places:
            return []
        self._quotas = self.quotas_of(session, places)
        for place, (sent, closed) in taken(session, places).items():
            until = max(self._quota(place).free_at(sent, now), closed or now)
            if until > now:
                self._shut[place] = until
        flooded = {place for place in places if self._is_flooded(place, claimed) and opens(place[0]) <= now}
        leading = bundles(claimed, flooded, self.together, self.most)
        join(session, {leader: [*_with_followers(members)] for leader, members in leading.items()})
        return _joined(claimed, leading)

    def shut_until(self, claimed: Claimed) -> datetime | None:
        """When to ask again for a message that cannot go now, so far as is known; it need not be rendered for that."""
        return self._shut.get(place_of(claimed))

    def take(self, claimed: Claimed) -> datetime | None:
        """Count a message that goes out now, and None; or when there is room for it."""
        place = place_of(claimed)
        quota = self._quota(place)
        if not quota.is_limit:
            return None
        with self.sessions() as session:
            until = take(session, place, quota, self.now(session))
        if until is not None:
            self._shut[place] = until
        return until

    def close(self, claimed: Claimed, pause: timedelta) -> None:
        """The endpoint asked that nothing be sent to it for so long: that holds for all nodes, from now on."""
        place = place_of(claimed)
        with self.sessions() as session:
            until = self.now(session) + pause
            close(session, place, until)
        self._shut[place] = max(until, self._shut.get(place, until))

    def _quota(self, place: Place) -> Quota:
        return self._quotas.get(place, OPEN)

    def _is_flooded(self, place: Place, claimed: Iterable[Claimed]) -> bool:
        room = self._quota(place).at_once(PATIENCE)
        return room is not None and sum(place_of(one) == place for one in claimed) > room


def place_of(claimed: Claimed) -> Place:
    return claimed.office_id, claimed.endpoint


def bundles(
    claimed: Iterable[Claimed], flooded: Collection[Place], together: Collection[str], most: int
) -> dict[UUID, list[Claimed]]:
    """Whom each leader leads from now on: at a flooded endpoint, all for one reader, up to `most` in a bundle.

    Only what is at its first attempt: a repeat says what was said before. The first claimed leads.
    """
    leading: dict[UUID, list[Claimed]] = {}
    open_for: dict[tuple[Place, str], tuple[UUID, int]] = {}
    for one in claimed:
        if place_of(one) not in flooded or one.attempt > 1 or one.kind not in together:
            continue
        reader, size = (place_of(one), one.recipient_id), 1 + len(one.followers)
        leader, held = open_for.get(reader, (one.id, most))
        if held + size <= most:
            leading.setdefault(leader, []).append(one)
            open_for[reader] = leader, held + size
        else:
            open_for[reader] = one.id, size
    return leading


def _with_followers(members: Iterable[Claimed]) -> Iterator[Claimed]:
    for member in members:
        yield from (member, *member.followers)


def _joined(claimed: Iterable[Claimed], leading: Mapping[UUID, Sequence[Claimed]]) -> list[Claimed]:
    led = {member.id for members in leading.values() for member in members}
    leaders = (one for one in claimed if one.id not in led)
    return [replace(one, followers=(*one.followers, *_alone(leading.get(one.id, ())))) for one in leaders]


def _alone(members: Iterable[Claimed]) -> Iterator[Claimed]:
    return (replace(member, followers=()) for member in _with_followers(members))
