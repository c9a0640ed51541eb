"""What an alarm message is made from: a case, a clock as it stands now, and what is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.alarms import CORRECTION
from sla.clock import Clock
from sla.messages.making import CaseCard, clipped
from sla.people import Role
from sla.policies import Gravity
from sla.words import Words

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class AlarmItem:
    """One alarm of one clock as it stands now.

    In a correction (milestone `sla.alarms.CORRECTION`) `correction_of` is the deadline people were told, None if they
    were told that there is none; `clock` is None if the case has no such clock any more: `clock_names` then names it.
    `deemed_on`: the day from which the case counts as accepted, if by the law's own effect (R18). `reason`: why the
    reader gets this one, where it is not the message's. `zone`: the office's, where there is no clock to tell it.
    """

    case: CaseCard
    clock: Clock | None
    gravity: Gravity
    milestone: str
    correction_of: date | datetime | None = None
    deemed_on: date | None = None
    clock_names: Mapping[str, str] = field(default_factory=dict)
    reason: Role | str | None = None
    zone: ZoneInfo = UTC

    @property
    def is_correction(self) -> bool:
        return self.milestone == CORRECTION

    @property
    def deemed_from(self) -> date | None:
        """The day acceptance is deemed from, if this is the alarm that tells of it."""
        if self.clock is None or not self.clock.deemed or self.is_correction:
            return None
        return self.deemed_on or self.clock.day0

    def clock_name(self, said: Words) -> str:
        names = self.clock.rule.names if self.clock else self.clock_names
        return clipped(said.name(names)) if names else said.gettext("deadline")


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether an open clock is past its deadline at `now`."""
    return clock.is_open and clock.due_at is not None and (clock.overdue or now >= clock.lapses_at)
