"""A report as JSON and as text; what its keys mean stands in docs/reports.md."""

from collections.abc import Iterator
from typing import Any

from sla.durations import Compared, Pausing, Spread
from sla.reports import Figures, Rate
from sla.service.offices import Office
from sla.service.report_facts import AGES
from sla.service.reporting import Report
from sla.words import Words, paused_again_text, words


def report_json(found: Report) -> dict[str, Any]:
    """A report as JSON: every rate with its parts, None where there is no data."""
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "basis": found.basis.value,
        "definitions": {
            "on_time": "completed on time / (completed + open and overdue)",
            "closed_only": "completed on time / completed",
            "early": "completed on a date before the due date / completed, immediate items left out",
            "compression": "(statutory - promise) / statutory",
            "speed_up": "(statutory - used) / statutory, used as the statute counts",
            "paused": "working days paused / (working days used + working days paused)",
            "median, p90": "the fewest working days within which half, or nine tenths, were done",
        },
        "permit": found.scope.permit,
        "handler": found.scope.handler,
        "total": _figures_json(found.total),
        "by_permit": {name: _figures_json(figures) for name, figures in found.by_permit.items()},
        "by_month": {name: _figures_json(figures) for name, figures in found.by_month.items()},
        "by_handler": {name: _figures_json(figures) for name, figures in found.by_handler.items()},
        "by_stage": {name: _figures_json(figures) for name, figures in found.by_stage.items()},
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


def report_text(office: Office, found: Report, language: str) -> str:
    """A report in lines, each rate with its definition and n."""
    said = words(language)
    total = found.total
    lines = [
        f"{office.name} · {said.date(found.first, year=True)} – {said.date(found.last, year=True)}",
        f"{said.gettext('On-time rate')}: {_rate(said, total.on_time)}  "
        f"{said.gettext('completed on time ÷ (completed + open and overdue)')}",
        f"{said.gettext('Closed cases only')}: {_rate(said, total.closed_only)}  "
        f"{said.gettext('completed on time ÷ completed')}",
        f"{said.gettext('Early rate')}: {_rate(said, total.early)}  "
        f"{said.gettext('completed before the due date ÷ completed, without immediate items')}",
        f"{said.gettext('Open and overdue')}: {total.open_overdue}",
        "",
    ]
    for saving in found.savings:
        lines.append(
            f"  {said.name(found.permit_names[saving.permit])}: {saving.statutory} → {saving.promise}, "
            f"{said.gettext('compression')}"
            f" {said.percent(saving.compression)}, {said.gettext('saved')} {said.days(saving.per_item)}, n = "
            f"{saving.completed}"
        )
    lines += [
        f"{said.gettext('Saved over the items')}: {said.days(found.saved_per_item)}",
        f"{said.gettext('Saved over the cases, by the promise')}: {said.days(found.saved_over_cases)}",
        f"{said.gettext('Saved over the cases, by the days really used')}: {said.days(found.saved_really)}",
        "",
    ]
    for title, groups in ((said.gettext("By permit"), found.by_permit), (said.gettext("By month"), found.by_month)):
        lines.append(title)
        for name, figures in groups.items():
            label = said.name(found.permit_names[name]) if name in found.permit_names else name
            lines.append(
                f"  {label}: {_rate(said, figures.on_time)}, {said.gettext('early')} {_rate(said, figures.early)}"
            )
    return "\n".join([*lines, *_paused_again(found, said)])


def _paused_again(found: Report, said: Words) -> Iterator[str]:
    """What stops a clock for ever if it is done every night (R10); nothing where there is none."""
    if found.paused_again:
        yield said.gettext("Paused again on the day they were resumed")
    for entry in found.paused_again:
        parts = (entry.case.number, said.name(entry.clock.rule.names), paused_again_text(entry.clock, said))
        yield "  " + "  ".join([*parts, entry.case.handler_name]).rstrip()


def _rate(said: Words, rate: Rate) -> str:
    return f"{said.percent(rate.value)} (n = {rate.n})"


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
    grounds = {ground: {"cases": n, "days": days} for ground, (n, days) in pausing.grounds.items()}
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
