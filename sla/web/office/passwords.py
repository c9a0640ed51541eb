"""Who signs in: a password is given, one is given in place of another, or taken away."""

from collections.abc import Callable
from urllib.parse import urlencode

from sla.service import users
from sla.web.frame import App, Visit
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.routes import Route

GIVE, TAKE = "/people/password", "/people/no-password"
Form = Callable[[Visit], Change]


def routes(app: App) -> list[Route]:
    return changes(
        app,
        Task(GIVE, "password_given", _give, _would_give, _given),
        Task(TAKE, "password_taken", _take, _would_take, _taken, tries=True),
    )


def _change(visit: Visit, path: str, title: str, confirm: str) -> Change:
    person = visit.office.person(visit.asked("person"))
    address = f"{path}?{urlencode({'person': person.id})}"
    return Change(title, address, "/people", confirm, subject=person.id, about=f"{person.name} ({person.id})")


def _has_one(visit: Visit) -> bool:
    return bool(users.stored_password(visit.session, visit.office, visit.asked("person")))


def _give(visit: Visit) -> Change:
    said = visit.said
    title = said.gettext("A new password") if _has_one(visit) else said.gettext("The first password")
    return _change(visit, GIVE, title, said.gettext("Give it"))


def _would_give(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    said, lines = visit.said, []
    if _has_one(visit):
        lines.append(said.gettext("The password they have works no more, and they are signed out everywhere."))
    lines.append(said.gettext("A password is made up and shown once. It is for one sign-in: then they choose another."))
    own = visit.asked("person") == visit.visitor.person_id
    warning = said.gettext("It is your own: you are signed out here too, and need what the next page shows.")
    return Outcome(tuple(lines), (warning,) if own else ())


def _given(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    said, office, person = visit.said, visit.office, visit.asked("person")
    made = users.give_password(visit.session, office, person, "", visit.now)
    name = office.people[person].name
    text = said.gettext("%(name)s signs in with this password, once, and then chooses another:", name=name)
    return Done((text,), once=made)


def _take(visit: Visit) -> Change:
    said = visit.said
    return _change(visit, TAKE, said.gettext("No sign-in any more"), said.gettext("Take the password away"))


def _would_take(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    said = visit.said
    users.take_password(visit.session, visit.office, visit.asked("person"))
    without = users.is_without_administrator(visit.session, visit.office)
    alone = not users.is_set_up(visit.session)
    warnings = []
    if without:
        warnings.append(said.gettext("No administrator would be left who signs in; then only the command line helps."))
    if alone:
        warnings.append(said.gettext("Nobody would be left who signs in: the pages would answer this machine alone."))
    text = said.gettext("They sign in no more, and are signed out everywhere. What they recorded stays.")
    return Outcome((text,), tuple(warnings))


def _taken(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    users.take_password(visit.session, visit.office, visit.asked("person"))
    name = visit.office.people[visit.asked("person")].name
    return Done((visit.said.gettext("%(name)s signs in no more", name=name),))
