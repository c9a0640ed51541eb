"""What if, as it is asked on its page: the form, what is supposed by it, and what is wrong with that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schedules.calendars import CalendarError
from sla.policies import Basis, ClockRule
from sla.service.calendar_files import notice_of
from sla.service.errors import ServiceError
from sla.service.lists import permit_names
from sla.service.offices import Office
from sla.service.report_asked import bases_of, ground_names
from sla.service.simulating import MOST_AT_ONCE, MOST_DAYS, Simulation, Supposed, simulated
from sla.web.fields import Ask, Field
from sla.web.frame import Visit
from sla.web.periods import PeriodError, period_of
from sla.words import Words

PROMISE = "promise-"  # and the permit: the name of the field that supposes another promise of it
FIELDS = {"closed": "closed_from", "leave": "leave_from", "not-counted": "not_counted"}  # named otherwise elsewhere
MOST_NOTICE = 8_000


@dataclass(frozen=True)
class Form:
    """What is asked, in groups of fields, each with its title."""

    groups: tuple[tuple[str, tuple[Field, ...]], ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for _, fields in self.groups for field in fields)

    def wrong(self, name: str, text: str) -> "Form":
        """With what is wrong beside its field."""
        return Form(
            tuple(
                (title, tuple(replace(field, problem=text) if field.name == name else field for field in fields))
                for title, fields in self.groups
            )
        )


class WrongError(ValueError):
    """What is wrong with what is supposed: `field` is the form's, "" for none of them."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field, self.text = field, text


def form_of(visit: Visit) -> Form:
    said, office = visit.said, visit.office
    days = period_of("", "", office.today(visit.now), said)
    names = {ground: said.name(of) for ground, of in ground_names(office).items()}
    basis = next((one for one in bases_of(office) if one.value == visit.asked("basis")), bases_of(office)[0])
    pausing = {ground for rules in _rules(office, basis).values() for rule in rules for ground in rule.grounds}
    people = tuple((person.id, person.name) for person in office.people.values())
    which = (
        Field("from", said.gettext("From"), Ask.DAY, values=(visit.asked("from") or days.first.isoformat(),)),
        Field("to", said.gettext("To"), Ask.DAY, values=(visit.asked("to") or days.last.isoformat(),)),
        _choice(visit, "basis", said.gettext("Measured against"), [(b.value, said.term(b)) for b in bases_of(office)]),
        _choice(visit, "permit", said.gettext("Only this permit"),
                [(permit, said.name(of)) for permit, of in permit_names(office).items()]),
    )  # fmt: skip
    off = (
        Field("closed_from", said.gettext("Everybody off from"), Ask.DAY, values=(visit.asked("closed_from"),)),
        Field("closed_to", said.gettext("to (the same day if left out)"), Ask.DAY, values=(visit.asked("closed_to"),)),
        _choice(visit, "leave", said.gettext("A handler away"), people),
        Field("leave_from", said.gettext("Away from"), Ask.DAY, values=(visit.asked("leave_from"),)),
        Field("leave_to", said.gettext("until"), Ask.DAY, values=(visit.asked("leave_to"),)),
        Field("run_on", said.gettext("On these days the limits run on, and only the work waits"), Ask.BOX,
              values=(visit.asked("run_on"),)),
        Field("notice", said.gettext("Days of a notice"), Ask.CODE, most=MOST_NOTICE, values=(visit.asked("notice"),),
              hint=said.gettext("Written as for the calendar: days off, and weekends worked instead.")),
    )  # fmt: skip
    pauses = (
        _boxes(visit, "counted", said.gettext("Would no longer stop the limit"),
               [(ground, name) for ground, name in names.items() if ground in pausing]),
        _boxes(visit, "not_counted", said.gettext("Would stop the limit"),
               [(ground, name) for ground, name in names.items() if ground not in pausing]),
    )  # fmt: skip
    groups = (
        (said.gettext("Which cases"), which),
        (said.gettext("Another promise"), tuple(_promises(visit))),
        (said.gettext("Other pauses"), tuple(field for field in pauses if field.options)),
        (said.gettext("Other days"), off),
    )
    return Form(tuple((title, fields) for title, fields in groups if fields))


def _promises(visit: Visit) -> Iterator[Field]:
    said, names = visit.said, permit_names(visit.office)
    for permit, rules in _rules(visit.office, Basis.PROMISE).items():
        limit = rules[0].limit
        hint = said.gettext("now %(limit)s; in the same unit", limit=said.limit(limit))
        name = PROMISE + permit
        label = said.name(names.get(permit, {"en": permit}))
        yield Field(name, label, Ask.NUMBER, hint=hint, values=(visit.asked(name),))


def _rules(office: Office, basis: Basis) -> dict[str, tuple[ClockRule, ...]]:
    """The rules of a basis by permit, each by its newest policy version."""
    found: dict[str, tuple[ClockRule, ...]] = {}
    for row in office.policy_rows:
        for permit, rules in office.policy(row.policy_id, row.version).clocks.items():
            found[permit] = tuple(rule for rule in rules if rule.basis is basis)
    return {permit: rules for permit, rules in found.items() if rules}


def _choice(visit: Visit, name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
    return Field(name, label, Ask.CHOICE, tuple(options), values=(visit.asked(name),))


def _boxes(visit: Visit, name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
    return Field(name, label, Ask.BOXES, tuple(options), values=tuple(visit.request.query_params.getlist(name)))


def _supposed(visit: Visit) -> Supposed:
    """Raises WrongError."""
    said = visit.said
    try:
        days = period_of(visit.asked("from"), visit.asked("to"), visit.office.today(visit.now), said)
    except PeriodError as error:
        raise WrongError(error.field, error.text) from None
    promises = {name: visit.asked(name) for name in visit.request.query_params if name.startswith(PROMISE)}
    for name, amount in promises.items():
        if amount and not (amount.isascii() and amount.isdigit() and len(amount) < 5 and 0 < int(amount) <= MOST_DAYS):
            raise WrongError(name, said.gettext("A number from 1 to %(n)s.", n=MOST_DAYS))
    leave, notice = visit.asked("leave"), visit.asked("notice")
    away = _span(visit, "leave_from", "leave_to")
    if bool(leave) is not bool(away):
        text = said.gettext("Say who is away, and from when.")
        raise WrongError("leave_from" if leave else "leave", text)
    _check(notice, said)
    closed = _span(visit, "closed_from", "closed_to")
    return Supposed(
        days.first.isoformat(), days.last.isoformat(), visit.asked("basis"), visit.asked("permit"),
        promises=[f"{name.removeprefix(PROMISE)}={amount}" for name, amount in promises.items() if amount],
        closed=[closed] if closed else [], leaves=[f"{leave}={away}"] if leave else [],
        calendar=notice, run_on=bool(visit.asked("run_on")),
        not_counted=visit.request.query_params.getlist("not_counted"),
        counted=visit.request.query_params.getlist("counted"),
        most=MOST_AT_ONCE,
    )  # fmt: skip


def _check(notice: str, said: Words) -> None:
    if len(notice) > MOST_NOTICE:
        raise WrongError("notice", said.gettext("More than %(n)s characters.", n=f"{MOST_NOTICE:,}"))
    try:
        notice_of(notice) if notice else None
    except (ServiceError, CalendarError) as error:
        raise WrongError("notice", said.fault(error)) from None


def _span(visit: Visit, first: str, last: str) -> str:
    """FIRST..LAST; the one day where nothing is said of the last; "" where nothing is said at all."""
    begins, ends = visit.asked(first), visit.asked(last)
    if ends and not begins:
        raise WrongError(first, visit.said.gettext("From when?"))
    return f"{begins}..{ends or begins}" if begins else ""


def simulated_of(visit: Visit) -> Simulation:
    """Raises WrongError."""
    supposed = _supposed(visit)
    try:
        return simulated(visit.session, visit.office, supposed, visit.now)
    except ServiceError as error:
        raise WrongError(FIELDS.get(error.field, error.field), visit.said.phrase(error.phrase)) from None


def query_of(visit: Visit) -> Mapping[str, Sequence[str]]:
    """What was asked, as it stands in the address."""
    asked = visit.request.query_params
    given = ((name, [text for text in asked.getlist(name) if text]) for name in asked if name != "lang")
    return {name: texts for name, texts in given if texts}
