"""All open cases of a colleague who leaves go to another: first which, then done, each on record."""

from typing import Any

from sla.service import handover as service
from sla.service import users
from sla.service.handover import Handover
from sla.service.lists import permit_names
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit, case_path
from sla.web.office.changing import Change, Done, Given, Later, Outcome, Task, changes
from sla.web.office.sheet import Cell, Row, Section
from sla.web.routes import Route
from sla.words import Words

PATH = "/people/handover"


def routes(app: App) -> list[Route]:
    return changes(app, Task(PATH, "handover", _form, _would, _done))


def _form(visit: Visit) -> Change:
    said, office = visit.said, visit.office
    everybody = users.accounts(visit.session, office)
    givers = tuple((one.person_id, one.name) for one in everybody)
    takers = tuple((person.id, person.name) for person in office.people.values())
    permits = {permit: said.name(names) for permit, names in permit_names(office).items()}
    fields = (
        Field("from", said.gettext("Whose cases"), Ask.CHOICE, givers, needed=True),
        Field("to", said.gettext("Who has them from now on"), Ask.CHOICE, takers, needed=True),
        Field("permit", said.gettext("Permit"), Ask.CHOICE, tuple(permits.items()), hint=said.gettext("blank: all")),
        Field("reason", said.gettext("Reason"), Ask.TEXT, needed=True, most=500,
              hint=said.gettext("it stands on record in each of the cases")),
    )  # fmt: skip
    title, confirm = said.gettext("Hand over all cases of somebody"), said.gettext("Hand them over")
    return Change(title, PATH, "/people", confirm, subject=visit.asked("from"), fields=fields)


def _wanted(visit: Visit, given: Given) -> Handover:
    return Handover(given["from"], given["to"], given["reason"], visit.visitor.person_id, given["permit"])


def _would(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    said, office, wanted = visit.said, visit.office, _wanted(visit, given)
    giver = service.checked(visit.session, office, wanted)
    rows = service.to_hand_over(visit.session, office, wanted)
    names = {"giver": giver, "taker": office.people[wanted.taker].name}
    lines = [
        said.ngettext("%(n)s open case of %(giver)s would go to %(taker)s",
                      "%(n)s open cases of %(giver)s would go to %(taker)s", len(rows), **names),
        said.gettext("Dates stay as they are; the new handler hears, in one message, of what is overdue or close."),
        *_hears(visit, wanted.taker),
    ]  # fmt: skip
    return Outcome(tuple(lines), sections=(_cases(rows, said),))


def _cases(rows: Any, said: Words) -> Section:
    found = tuple(Row((Cell(row.number, (row.title,), path=case_path(row.number)),)) for row in rows)
    return Section("cases", said.gettext("Cases"), (said.gettext("Case"),), found, said.gettext("No case is theirs."))


def _hears(visit: Visit, taker: str) -> tuple[str, ...]:
    hears = service.hears_now(visit.office, taker, visit.now)
    if hears.id == taker:
        return ()
    names = {"taker": visit.office.people[taker].name, "name": hears.name}
    return (visit.said.gettext("%(taker)s is away: %(name)s hears", **names),)


def _done(app: App, visit: Visit, given: Given) -> Later:
    said, wanted, office = visit.said, _wanted(visit, given), visit.office
    giver = service.checked(visit.session, office, wanted)
    hears = _hears(visit, wanted.taker)
    names = {"giver": giver, "taker": office.people[wanted.taker].name}

    def rest() -> Done:
        done = service.hand_over(app.writing, app.now, office.id, wanted)
        text = said.ngettext("%(n)s open case of %(giver)s handed over to %(taker)s",
                             "%(n)s open cases of %(giver)s handed over to %(taker)s",
                             len(done.handed_over), **names)  # fmt: skip
        failed = (said.gettext("Not handed over: %(what)s", what=f"{number}: {why}") for number, why in done.failed)
        return Done((text, *hears), warnings=tuple(failed))

    return Later(rest, f"{wanted.giver} → {wanted.taker}")
