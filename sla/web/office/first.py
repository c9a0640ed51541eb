"""The way from an empty database to the first accepted case, in four steps, with which are done."""

from dataclasses import dataclass

from sla.rights import Right
from sla.service.first_steps import FirstSteps, first_steps, has_accepted
from sla.web.frame import Visit
from sla.web.lights import Shown, Sign
from sla.web.office.sheet import Link
from sla.words import Words


@dataclass(frozen=True)
class Step:
    """What is to be done, the command for it, and where it is done on the pages."""

    done: Shown
    title: str
    text: str
    command: str = ""
    link: Link | None = None


def steps_on_today(visit: Visit) -> tuple[Step, ...]:
    """The steps, as long as no case was accepted, for whoever could take one."""
    may = visit.visitor.rights & {Right.RECORD, Right.ADMINISTER}
    if not may or has_accepted(visit.session, visit.office):
        return ()
    return step_views(first_steps(visit.session, visit.office), visit.said, visit.visitor.rights)


def step_views(found: FirstSteps, said: Words, rights: frozenset[Right] = frozenset()) -> tuple[Step, ...]:
    """The four steps; links lead where somebody with these rights may go."""
    return (
        Step(
            _done(done=found.office, said=said),
            said.gettext("1. The office"),
            said.gettext("Write its hours, staff and channels into a file, as docs/office.md says, and apply it."),
            "sla office apply office.toml",
        ),
        Step(
            _done(done=found.administrator, said=said),
            said.gettext("2. The first administrator"),
            said.gettext(
                "Give one of the staff who has the role admin a password, on the server; then sign in with it."
            ),
            "sla user add PERSON",
        ),
        Step(
            _done(done=found.reached, said=said),
            said.gettext("3. A channel that reaches everybody"),
            said.gettext(
                "Beyond the log: mail, a robot or SMS. Send somebody a trial and see what the other side says."
            ),
            "sla channel test NAME --to PERSON",
            Link(said.gettext("Channels"), "/channels") if Right.AUDIT in rights else None,
        ),
        Step(
            _done(done=found.accepted, said=said),
            said.gettext("4. The first case"),
            said.gettext("Receive it and accept it: its dates are shown before you confirm."),
            "",
            Link(said.gettext("New case"), "/new") if Right.RECORD in rights else None,
        ),
    )


def _done(*, done: bool, said: Words) -> Shown:
    return Shown(Sign.GREEN, said.gettext("done")) if done else Shown(Sign.NONE, said.gettext("to do"))
