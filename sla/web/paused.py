"""A clock that stands still, in words: since when and why, and what would be if it went on now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.clock import Clock
from sla.policies import Ground
from sla.words import Words, ground_text


@dataclass(frozen=True)
class Paused:
    """Since when and why a clock stands still, what is left of it, and the date it would have if resumed now."""

    since: str
    ground: str
    left: str
    if_resumed: str


def paused_of(clock: Clock, said: Words, grounds: Mapping[str, Ground]) -> Paused | None:
    """The open pause of a clock, or None."""
    if clock.if_resumed is None:
        return None
    pause, resumed = clock.pauses[-1], said.date(clock.if_resumed)
    return Paused(
        since=said.date(clock.calendar.date_of(pause.start)),
        ground=ground_text(pause.ground, said, grounds),
        left=said.amount(clock.left, clock.unit),
        if_resumed=said.gettext("%(text)s (provisional)", text=resumed) if clock.provisional else resumed,
    )
