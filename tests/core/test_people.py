"""Who gets what: roles, stand-ins (AB角) and absences."""

from sla.people import Absence, Person, Role, recipients
from tests.core.cast import day

WHEN = day("2026-09-23")
AWAY = (Absence(day("2026-09-21"), day("2026-09-25")),)


def person(id: str, *roles: Role, stand_in: str = "", absences: tuple[Absence, ...] = ()) -> Person:
    return Person(id, id.title(), frozenset(roles), stand_in=stand_in, absences=absences)


def names(*people: Person, roles: tuple[Role, ...] = (Role.HANDLER,), handler: str = "li") -> list[str]:
    return [person.id for person in recipients(roles, handler, {person.id: person for person in people}, WHEN)]


def test_a_reminder_goes_to_the_handler() -> None:
    assert names(person("li"), person("wang", Role.CHIEF)) == ["li"]


def test_whoever_is_away_is_replaced_by_the_stand_in() -> None:
    assert names(person("li", stand_in="zhao", absences=AWAY), person("zhao")) == ["zhao"]


def test_a_stand_in_who_is_away_too_is_replaced_in_turn() -> None:
    people = [
        person("li", stand_in="zhao", absences=AWAY),
        person("zhao", stand_in="sun", absences=AWAY),
        person("sun"),
    ]
    assert names(*people) == ["sun"]


def test_if_nobody_is_in_the_person_addressed_stays_the_recipient() -> None:
    pair = [person("li", stand_in="zhao", absences=AWAY), person("zhao", stand_in="li", absences=AWAY)]
    assert names(*pair) == ["li"]


def test_an_absence_holds_on_its_first_and_its_last_day_and_no_longer() -> None:
    li = person("li", absences=AWAY)
    assert [li.is_in(day(f"2026-09-{number}")) for number in (20, 21, 25, 26)] == [True, False, False, True]


def test_a_case_without_a_handler_is_the_chiefs() -> None:
    assert names(person("wang", Role.CHIEF), handler="") == ["wang"]
    assert names(person("wang", Role.CHIEF), handler="gone") == ["wang"]


def test_everybody_of_a_role_is_told_each_once_in_the_order_of_the_chain() -> None:
    people = [
        person("head", Role.HEAD),
        person("wang", Role.CHIEF, Role.HEAD),
        person("chen", Role.CHIEF),
        person("li"),
    ]
    assert names(*people, roles=(Role.HANDLER, Role.CHIEF, Role.HEAD)) == ["li", "wang", "chen", "head"]
