"""The managers' month: each figure with its definition and its n."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifiers.message import Message
from sla.messages.making import Content, clipped, linked, message, reason_data, why
from sla.people import Person, Role
from sla.words import Words, one_line, words
from sla.words.figures import meanings


@dataclass(frozen=True)
class PermitFigures:
    """The month of one permit; as in MonthFigures."""

    names: Mapping[str, str]
    completed: int
    on_time_rate: float | None
    early_rate: float | None
    closed_only_rate: float | None
    open_overdue: int
    immediate: int = 0


@dataclass(frozen=True)
class MonthFigures:
    """A month's figures; `month` is any day of it. Rates are 0 to 1, None where there is no data.

    On time: of completed + open_overdue. Closed only: of completed. Early: of completed − immediate, which cannot be.
    """

    month: date
    completed: int
    on_time_rate: float | None
    early_rate: float | None
    closed_only_rate: float | None
    open_overdue: int
    by_permit: tuple[PermitFigures, ...] = ()
    immediate: int = 0


def summary_message(
    key: str,
    figures: MonthFigures,
    person: Person,
    reason: Role | str,
    now: datetime,
    source: str,
    *,
    link: str = "",
) -> Message:
    """The month in figures, "–" where there is no data. `now` is aware; `link`: the report on the screen."""
    said, month = words(person.language), f"{figures.month:%Y-%m}"
    content = Content(
        template="summary",
        kind="report.month",
        subject=said.gettext(
            "%(month)s: %(rate)s on time, %(completed)s completed, %(open_overdue)s open overdue",
            month=said.month(figures.month),
            rate=said.percent(figures.on_time_rate),
            completed=figures.completed,
            open_overdue=figures.open_overdue,
        ),
        about=month,
        values={
            "figures": figures,
            "rates": _rates(figures, said),
            "permits": [
                (clipped(said.name(permit.names)), permit, _rates(permit, said)) for permit in figures.by_permit
            ],
            "link": linked(link),
            "why": why(reason, said),
        },
        data={
            "month": month,
            "reason": reason_data(reason),
            "link": linked(link),
            **_data(figures),
            "by_permit": [{"permit": one_line(said.name(p.names)), **_data(p)} for p in figures.by_permit],
        },
        link=link,
    )
    return message(key, content, said, now, source)


@dataclass(frozen=True)
class _Rate:
    """A rate in words: its name, its definition, the figure, and of how many."""

    name: str
    definition: str
    value: str
    n: int


def _rates(figures: MonthFigures | PermitFigures, said: Words) -> tuple[_Rate, ...]:
    rates = (
        ("on_time", figures.on_time_rate, figures.completed + figures.open_overdue),
        ("closed_only", figures.closed_only_rate, figures.completed),
        ("early", figures.early_rate, figures.completed - figures.immediate),
    )
    named = meanings(said)
    return tuple(_Rate(named[name].name, named[name].definition, said.percent(rate), n) for name, rate, n in rates)


def _data(figures: MonthFigures | PermitFigures) -> dict[str, object]:
    names = ("completed", "immediate", "open_overdue", "on_time_rate", "early_rate", "closed_only_rate")
    return {name: getattr(figures, name) for name in names}
