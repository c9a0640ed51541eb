"""A simulation as JSON and as text; what it means stands in docs/simulate.md."""

from collections.abc import Iterator
from typing import Any

from sla.reports import Figures, Rate
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.simulating import Simulation
from sla.simulate import SHARES, Least, Turned
from sla.words import Words, due_text
from sla.words.figures import meanings

RATES = ("on_time", "closed_only", "early")


def simulation_json(made: Simulation) -> dict[str, Any]:
    """Both ways side by side, each rate with its part and n."""
    found = made.found
    return {
        "from": made.scope.first.isoformat(),
        "to": made.scope.last.isoformat(),
        "basis": made.scope.basis.value,
        "permit": made.scope.permit,
        "cases": found.cases,
        "recounted": made.recounted,
        "replayed": made.replayed,
        "before": _figures(found.before),
        "after": _figures(found.after),
        "by_permit": {
            permit: {"before": _figures(before), "after": _figures(after)}
            for permit, (before, after) in found.by_permit.items()
        },
        "turned_late": [_turned(one) for one in found.turned if one.late],
        "turned_in_time": [_turned(one) for one in found.turned if not one.late],
        "least_promise": {permit: _least(one) for permit, one in found.least.items()},
        "not_publishable": list(map(str, made.gaps)),
        "failed": [{"number": number, "why": str(why)} for number, why in made.failed],
    }


def simulation_text(office: Office, made: Simulation, said: Words) -> str:
    return "\n".join(_lines(office, made, said))


def _lines(office: Office, made: Simulation, said: Words) -> Iterator[str]:
    found, names = made.found, permit_names(office)
    yield f"{office.name} · {said.span(made.scope.first, made.scope.last)} · {said.term(made.scope.basis)}"
    if made.recounted:
        yield said.ngettext("%(n)s case counted from what is stored of it",
                            "%(n)s cases counted from what is stored of them", made.recounted)  # fmt: skip
    yield said.ngettext("%(n)s case replayed", "%(n)s cases replayed", made.replayed)
    yield ""
    yield from _sides(said.gettext("All"), found.before, found.after, said)
    for permit, (before, after) in found.by_permit.items():
        yield from _sides(said.name(names.get(permit, {"en": permit})), before, after, said)
    for name, meaning in meanings(said).items():
        if name in RATES:
            yield f"{meaning.name} = {meaning.definition}"
    late = [one for one in found.turned if one.late]
    kept = [one for one in found.turned if not one.late]
    for title, several in (
        (said.gettext("Would have been late"), late),
        (said.gettext("Would have been in time"), kept),
    ):
        yield f"\n{title} ({len(several)})"
        for one in several:
            due = " → ".join(due_text(clock, said) for clock in (one.before, one.after))
            done = said.date(one.after.stopped_on) if one.after.stopped_on else said.gettext("still open")
            yield f"  {one.number}  {said.name(one.after.rule.names)}  {due}  {done}  {office.name_of(one.handler)}"
    title = said.gettext("The smallest promise that would have held, in working days")
    if found.least:
        yield f"\n{title}"
    for permit, least in found.least.items():
        held = said.joined(f"{share} %: {least.holding(share) or '–'}" for share in SHARES)
        yield f"  {said.name(names.get(permit, {'en': permit}))}: {held} (n = {least.n})"
    for gap in made.gaps:
        yield said.gettext("Could not be published: %(why)s", why=said.fault(gap))
    for number, why in made.failed:
        yield said.gettext("Left out: %(number)s, %(why)s", number=number, why=said.phrase(why))


def _sides(name: str, before: Figures, after: Figures, said: Words) -> Iterator[str]:
    yield name
    named = meanings(said)
    for rate in RATES:
        both = " → ".join(_rate(getattr(figures, rate), said) for figures in (before, after))
        yield f"  {named[rate].name}: {both}"


def _rate(rate: Rate, said: Words) -> str:
    return f"{said.percent(rate.value)} (n = {rate.n})"


def _figures(figures: Figures) -> dict[str, Any]:
    rates = {name: getattr(figures, name) for name in RATES}
    shown = {name: {"value": rate.value, "part": rate.part, "n": rate.n} for name, rate in rates.items()}
    return {"completed": figures.completed, "open_overdue": figures.open_overdue, **shown}


def _turned(one: Turned) -> dict[str, Any]:
    return {
        "number": one.number,
        "permit": one.permit,
        "handler": one.handler,
        "clock": one.after.id,
        "due_before": one.before.due_on.isoformat() if one.before.due_on else None,
        "due_after": one.after.due_on.isoformat() if one.after.due_on else None,
        "stopped_on": one.after.stopped_on.isoformat() if one.after.stopped_on else None,
    }


def _least(one: Least) -> dict[str, Any]:
    return {"n": one.n, **{str(share): one.holding(share) for share in SHARES}}
