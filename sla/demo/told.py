"""A case told step by step, as entries to bring in; each recorded when it happened unless said otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from schedules.hours import instant
from sla.permits import PermitType
from sla.service.cases import When
from sla.service.imports import Entry

NO_AREAS: Mapping[str, str] = {}
ZONE = ZoneInfo("Asia/Shanghai")


def moment(day: date, clock: str) -> datetime:
    """A time of the window's day, such as 09:20, in UTC."""
    hours, _, minutes = clock.partition(":")
    return instant(day, int(hours) * 60 + int(minutes), ZONE)


@dataclass
class Told:
    """One case in the making; `then` adds what happened next."""

    permit: PermitType
    handler: str
    entries: list[Entry] = field(default_factory=list)

    def received(
        self,
        at: datetime,
        title: str,
        missing: Iterable[str] = (),
        recorded_at: datetime | None = None,
        *,
        areas: Mapping[str, str] = NO_AREAS,
    ) -> "Told":
        left_out = set(missing)
        papers = [paper.id for paper in self.permit.papers if paper.id not in left_out]
        details = {"permit": self.permit.id, "title": title, "handler": self.handler, "papers": papers, **areas}
        return self.then("received", at, recorded_at, **details)

    def then(self, kind: str, at: datetime, recorded_at: datetime | None = None, **details: Any) -> "Told":
        self.entries.append(Entry(kind, When(at), details, self.handler, recorded_at))
        return self

    @property
    def began(self) -> datetime:
        return self.entries[0].when.at

    @property
    def place(self) -> int:
        """Where in its chain the last event stands: what a resumption names its pause by."""
        return len(self.entries)
