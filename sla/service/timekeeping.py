"""Whether the time that a machine tells can be right. (Its clock here is the source of time, no SLA clock.)

What is behind the latest moment on record is wrong. What is far ahead of it may be: nobody has been here for months, or
the clock has jumped. In between nobody can tell.
"""

import logging
import threading
from datetime import datetime, timedelta

from sla.service.errors import ServiceError
from sla.service.findings import Finding

BEHIND = timedelta(minutes=5)  # how far a clock may be put right without a word (R13)
AHEAD = timedelta(days=60)  # longer than any holiday
APART = timedelta(minutes=1)  # how far a machine's clock may be from its database's
EVENLY = timedelta(minutes=10)  # for how long a clock must have gone on before its word is kept

logger = logging.getLogger(__name__)


def doubt(now: datetime, latest: datetime | None, whose: str) -> str:
    """Why `now` cannot be right, or may not be; "" where nothing speaks against it. Moments are aware."""
    if latest is None or latest - BEHIND <= now <= latest + AHEAD:
        return ""
    said = f"the clock of {whose} says {now:%Y-%m-%d %H:%M} UTC"
    if now < latest:
        return f"{said}, but something was recorded at {latest:%Y-%m-%d %H:%M} UTC already; {MEND}"
    return f"{said}, {(now - latest).days:,} days after anything was recorded ({latest:%Y-%m-%d %H:%M} UTC); {MEND}"


MEND = "set it, or say that it is right: `sla doctor --trust-clock`"


def refuse(doubted: str) -> None:
    """Raises ServiceError where there is a doubt: what is written by a wrong clock stays in the record."""
    if doubted:
        raise ServiceError("time", doubted)


def findings(doubted: str, told: datetime, machine: datetime | None) -> list[Finding]:
    """What `sla doctor` says of the time `told`; `machine`: what this machine's own clock says, if that is another."""
    found = [Finding(doubted, "clock", "until then nothing is recorded, raised or sent")] if doubted else []
    apart = machine - told if machine else timedelta(0)
    if abs(apart) > APART:
        side = "ahead of" if apart > timedelta(0) else "behind"
        what = f"this machine's clock is {timedelta(seconds=round(abs(apart).total_seconds()))} {side} the database's"
        found.append(Finding(what, "clock", "every date is by the database's; set both by NTP", serious=False))
    return found


class Timekeeper:
    """A node's look at its clock: whether to work by it, and whether it goes on evenly."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = False
        self._begun: tuple[datetime, float] | None = None

    def may_work(self, doubted: str) -> bool:
        """Whether there is no doubt. When that changes, the log says so, once."""
        with self._lock:
            changed, self._held = bool(doubted) != self._held, bool(doubted)
        if changed and doubted:
            logger.error("nothing is raised or sent: %s", doubted)
        elif changed:
            logger.warning("the clock can be right: what waited goes on")
        return not doubted

    def goes_evenly(self, now: datetime, seconds: float) -> bool:
        """Whether the clock has gone as fast as the count of `seconds`, which nobody sets, for ten minutes.

        A machine that starts with a wrong clock has it put right some minutes later; the wrong time is not kept.
        """
        begun, at = self._begun or (now, seconds)
        passed = timedelta(seconds=seconds - at)
        if self._begun is None or abs(now - begun - passed) > APART:
            self._begun = (now, seconds)
            return False
        return passed >= EVENLY
