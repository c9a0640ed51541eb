"""How far an office is on the way from an empty database to its first accepted case."""

from dataclasses import dataclass

from sla.people import Role
from sla.service import users
from sla.service.channels import states
from sla.service.offices import Office
from sla.store import lists
from sla.store.engine import Session


@dataclass(frozen=True)
class FirstSteps:
    """What is done: the office is there, an administrator signs in, everybody is reached by a channel that leads
    somewhere, a case was accepted."""

    office: bool = False
    administrator: bool = False
    reached: bool = False
    accepted: bool = False

    @property
    def all_done(self) -> bool:
        return self.office and self.administrator and self.reached and self.accepted


def has_accepted(session: Session, office: Office) -> bool:
    """Whether any case of the office got beyond its receipt."""
    return lists.anything_accepted(session, office.id)


def first_steps(session: Session, office: Office) -> FirstSteps:
    accounts = users.accounts(session, office)
    leading = {
        state.endpoint.name
        for state in states(session, office)
        if state.endpoint.kind != "log" and not state.endpoint.paused
    }
    people = office.people.values()
    return FirstSteps(
        office=True,
        administrator=any(one.active and one.password_at and Role.ADMIN in one.roles for one in accounts),
        reached=bool(people) and all(leading & person.addresses.keys() for person in people),
        accepted=has_accepted(session, office),
    )
