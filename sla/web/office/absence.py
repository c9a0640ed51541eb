"""Absences: entered with who stands in, and taken back; both say first who hears on these days."""

from urllib.parse import urlencode

from sla.people import Absence
from sla.service import absences
from sla.service.absences import Changed, cover_text
from sla.service.days import day_of
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.routes import Route
from sla.words import Words

ADD, BACK = "/people/absence", "/people/back"


def routes(app: App) -> list[Route]:
    return changes(
        app,
        Task(ADD, "absence_entered", _add, _would_add, _added, tries=True),
        Task(BACK, "absence_removed", _back, _would_go, _gone, tries=True),
    )


def _add(visit: Visit) -> Change:
    said = visit.said
    people = tuple((person.id, person.name) for person in visit.office.people.values())
    always = said.gettext("blank: whoever always does")
    fields = (
        Field("person", said.gettext("Person"), Ask.CHOICE, people, needed=True),
        Field("stand_in", said.gettext("Stands in"), Ask.CHOICE, people, hint=always),
        Field("from", said.gettext("The first day away"), Ask.DAY, needed=True),
        Field("to", said.gettext("The last day away"), Ask.DAY, needed=True),
    )
    return Change(said.gettext("Enter an absence"), ADD, "/people", said.gettext("Enter it"), fields=fields)


def _entered(visit: Visit, given: Given) -> Changed:
    away = Absence(day_of(given["from"], "from"), day_of(given["to"], "to"), given["stand_in"])
    return absences.add(visit.session, visit.office, given["person"], away, visit.now, visit.visitor.person_id)


def _would_add(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    changed = _entered(visit, given)
    waits = visit.said.gettext("What waits to be sent on these days goes to whoever hears, too.")
    return Outcome((*_hears(changed, visit.said), waits))


def _added(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    changed, said = _entered(visit, given), visit.said
    days = said.span(changed.absence.first, changed.absence.last)
    name = visit.office.people[changed.person].name
    return Done(
        (said.gettext("%(name)s is away: %(days)s", name=name, days=days), *_hears(changed, said)), changed.person
    )


def _back(visit: Visit) -> Change:
    said, person = visit.said, visit.asked("person")
    first = day_of(visit.asked("from"), "from")
    path = f"{BACK}?{urlencode({'person': person, 'from': first.isoformat()})}"
    name = visit.office.name_of(person)
    return Change(
        said.gettext("Take an absence back"), path, "/people", said.gettext("Take it back"), subject=person,
        about=said.gettext("%(name)s, away from %(day)s on", name=name, day=said.date(first, year=True)),
    )  # fmt: skip


def _removed(visit: Visit) -> Changed:
    first, by = day_of(visit.asked("from"), "from"), visit.visitor.person_id
    return absences.remove(visit.session, visit.office, visit.asked("person"), first, visit.now, by)


def _would_go(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    changed, said = _removed(visit), visit.said
    own = said.gettext("They are in, and hear of their cases themselves.")
    return Outcome((own, *_hears(changed, said)))


def _gone(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    changed = _removed(visit)
    days = visit.said.span(changed.absence.first, changed.absence.last)
    return Done((visit.said.gettext("The absence is taken back: %(days)s", days=days),))


def _hears(changed: Changed, said: Words) -> tuple[str, ...]:
    """Who hears on the days, and in whose place else, because one who was to stand in is away too."""
    own = [cover_text(cover, said) for cover in changed.covers]
    others = [
        said.gettext("%(name)s, who is away too: %(what)s", name=cover.person.name, what=cover_text(cover, said))
        for cover in changed.others
    ]
    return (*own, *others)
