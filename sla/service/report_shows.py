"""A report as JSON and as text; what its keys mean stands in docs/reports.md."""

from collections.abc import Iterator, Mapping
from typing import Any

from sla.conduct import Conduct
from sla.durations import Compared, Pausing, Spread
from sla.reports import Figures, Period, Rate, by_period
from sla.service.report_facts import AGES
from sla.service.report_figures import By, Figure, Measure, Told
from sla.service.reporting import Report
from sla.words import NO_DATA, Words, paused_again_text, words
from sla.words.figures import meanings


def report_json(found: Report) -> dict[str, Any]:
    """A report as JSON: every rate with its parts, None where there is no data."""
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "basis": found.basis.value,
        "definitions": {name: meaning.definition for name, meaning in meanings(words("en")).items()},
        "permit": found.scope.permit,
        "handler": found.scope.handler,
        "total": _figures_json(found.total),
        "by_permit": _lines_json(found.by_permit),
        "by_month": _lines_json(found.by_month),
        "by_handler": _lines_json(found.by_handler),
        "by_quarter": _lines_json(by_period(found.by_month, Period.QUARTER)),
        "by_year": _lines_json(by_period(found.by_month, Period.YEAR)),
        "by_stage": _lines_json(found.by_stage),
        "stages": {stage: _spread_json(one) for stage, one in found.stages.items()},
        "limits": [_compared_json(one) for one in found.compared],
        "used": {**_spread_json(found.used), "by_days": {str(days): n for days, n in found.used.by_days.items()}},
        "paused": _pausing_json(found.pausing),
        "waiting": [{"age": _age(age), "light": light, "n": n} for (age, light), n in sorted(found.waiting.items())],
        "savings": [
            {
                "permit": saving.permit,
                "statutory": saving.statutory,
                "promise": saving.promise,
                "saved_per_item": saving.per_item,
                "compression": round(saving.compression, 4),
                "completed": saving.completed,
                "saved_over_cases": saving.promised_over_cases,
                "saved_really": saving.actual_over_cases,
            }
            for saving in found.savings
        ],
        "paused_again": [
            {
                "number": entry.case.number,
                "clock": entry.clock.id,
                "handler": entry.case.handler_name,
                "on": [day.isoformat() for day in entry.clock.paused_again],
            }
            for entry in found.paused_again
        ],
        "saved_per_item": found.saved_per_item,
        "saved_over_cases": found.saved_over_cases,
        "saved_really": found.saved_really,
    }


def told_json(told: Told) -> dict[str, Any]:
    """The same with all figures in a list, of the other period too, and of each office, where these were asked for."""
    shown = report_json(told.report)
    shown["as_of"] = told.as_of.astimezone(told.office.calendar.zone).isoformat() if told.as_of else None
    shown["figures"] = [_figure_json(one) for one in told.figures]
    shown["compare"] = _other_json(told)
    if told.report.conduct:
        shown["conduct"] = _conduct_json(told.report.conduct)
    for lines in told.lines:
        if lines.by is By.OFFICE:
            shown["by_office"] = {line.id: _figures_json(line.figures) for line in lines.lines}
    return shown


def report_text(told: Told) -> str:
    """A report in lines, each figure with its definition and n."""
    return "\n".join(_text(told))


def _text(told: Told) -> Iterator[str]:
    said, found, others = told.said, told.report, told.others
    yield f"{told.office.name} · {said.date(found.first, year=True)} – {said.date(found.last, year=True)}"
    if told.as_of:
        yield said.gettext("as of %(moment)s", moment=said.moment(told.as_of, told.office.calendar.zone, year=True))
    if told.other:
        yield said.gettext("beside %(days)s", days=said.span(told.other.first, told.other.last))
    yield ""
    for one in told.figures:
        periods = (one, others[one.id]) if one.id in others else (one,)
        values = " | ".join(f"{figure_text(period, said)} (n = {period.n})" for period in periods)
        yield f"{one.name}: {values}  = {one.definition}"
    yield from _savings(found, said)
    yield from _stages(found, said)
    for lines in told.lines:
        yield f"\n{lines.title}"
        for line in lines.lines:
            only = said.gettext("closed cases only %(rate)s", rate=_rate(said, line.figures.closed_only))
            early = said.gettext("early %(rate)s", rate=_rate(said, line.figures.early))
            yield f"  {line.name or NO_DATA}: {said.joined((_rate(said, line.figures.on_time), only, early))}"
    yield from _paused_again(found, said)


def figure_text(one: Figure, said: Words) -> str:
    """86.7%; 3.5; "–" where there is no data."""
    if one.measure is Measure.SHARE:
        return said.percent(one.value)
    return NO_DATA if one.value is None else f"{one.value:.1f}".removesuffix(".0")


def _savings(found: Report, said: Words) -> Iterator[str]:
    title = said.gettext("Days saved")
    if found.savings:
        yield f"\n{title}"
    for saving in found.savings:
        name = said.name(found.permit_names[saving.permit])
        compression = said.gettext("compression %(rate)s", rate=said.percent(saving.compression))
        saved = said.gettext("saved %(days)s an item", days=said.days(saving.per_item))
        limits = f"{saving.statutory} → {saving.promise}"
        yield f"  {name}: {said.joined((limits, compression, saved, f'n = {saving.completed}'))}"


def _stages(found: Report, said: Words) -> Iterator[str]:
    title = said.gettext("How long the stages took, in working days")
    if found.stages:
        yield f"\n{title}"
    for stage, took in found.stages.items():
        name = said.name(found.clock_names[stage]) if stage in found.clock_names else stage
        days = said.gettext(
            "mean %(mean)s, half within %(half)s, nine of ten within %(most)s",
            mean=f"{took.mean:.1f}".removesuffix(".0") if took.mean is not None else NO_DATA,
            half=took.median, most=took.p90,
        )  # fmt: skip
        yield f"  {name}: {days} (n = {took.n})"


def _paused_again(found: Report, said: Words) -> Iterator[str]:
    """What stops a clock for ever if it is done every night (R10); nothing where there is none."""
    title = said.gettext("Paused again on the day they were resumed")
    if found.paused_again:
        yield f"\n{title}"
    for entry in found.paused_again:
        parts = (entry.case.number, said.name(entry.clock.rule.names), paused_again_text(entry.clock, said))
        yield "  " + "  ".join([*parts, entry.case.handler_name]).rstrip()


def _rate(said: Words, rate: Rate) -> str:
    return f"{said.percent(rate.value)} (n = {rate.n})"


def _figure_json(one: Figure) -> dict[str, Any]:
    name = meanings(words("en"))[one.id].name
    return {"id": one.id, "name": name, "measure": one.measure.value, "value": one.value, "part": one.part, "n": one.n}


def _other_json(told: Told) -> dict[str, Any] | None:
    if told.other is None:
        return None
    days = {"from": told.other.first.isoformat(), "to": told.other.last.isoformat()}
    return {**days, "figures": [_figure_json(one) for one in told.others.values()]}


def _conduct_json(found: Conduct) -> dict[str, Any]:
    return {
        "days_without_overdue": {**_rate_json(found.free.rate), "running": found.free.running},
        "extended": {**_rate_json(found.extending.rate), "days": found.extending.days},
        "late_entries": {**_rate_json(found.entries.rate), "by_kind": dict(found.entries.late)},
    }


def _lines_json(lines: Mapping[str, Figures]) -> dict[str, Any]:
    return {name: _figures_json(figures) for name, figures in lines.items()}


def _compared_json(one: Compared) -> dict[str, Any]:
    return {
        "permit": one.permit or None,  # all of them
        "statutory": _spread_json(one.statutory),
        "promise": _spread_json(one.promised),
        "used": _spread_json(one.used),
        "used_by_statute": _spread_json(one.by_law),
        "compression": one.compression,
        "speed_up": one.speed_up,
    }


def _spread_json(spread: Spread) -> dict[str, Any]:
    return {"n": spread.n, "mean": spread.mean, "median": spread.median, "p90": spread.p90}


def _pausing_json(pausing: Pausing) -> dict[str, Any]:
    grounds = {
        ground: {"cases": n, "days": days, "share": _rate_json(pausing.share_of(ground))}
        for ground, (n, days) in pausing.grounds.items()
    }
    return {"share": _rate_json(pausing.share), "grounds": grounds, "unknown": pausing.unknown}


def _age(age: int) -> str:
    """0-5, …, 31- working days since the clock began."""
    return f"{AGES[age - 1] + 1 if age else 0}-{AGES[age] if age < len(AGES) else ''}"


def _rate_json(value: Rate) -> dict[str, Any]:
    return {"value": value.value, "part": value.part, "n": value.n}


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "completed": figures.completed,
        "overdue_completed": figures.overdue_completed,
        "open_overdue": figures.open_overdue,
        "on_time": _rate_json(figures.on_time),
        "closed_only": _rate_json(figures.closed_only),
        "early": _rate_json(figures.early),
        "immediate": _rate_json(figures.immediate),
        "used_mean": figures.used_mean,
    }
