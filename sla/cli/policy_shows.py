"""What `sla policy` and `sla case rebase` show, as lines for people and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sla.clock import Clock
from sla.due import clock_answer
from sla.policies import Policy, VersionState
from sla.presets.checking import Checked, Problem
from sla.samples import Sample
from sla.words import NO_DATA, Words, counted_text, difference_text, due_text, sample_text, words

if TYPE_CHECKING:  # a text is checked without a database, and without what reads one
    from sla.service.offices import Office
    from sla.service.policies import Version
    from sla.service.publishing import Publication
    from sla.service.rebasing import Rebasing


# --- a text that is checked ------------------------------------------------------------------------------------------
def checked_json(name: str, found: Checked, samples: Iterable[Sample]) -> dict[str, Any]:
    return {
        "file": name,
        "policy": found.policy.id if found.policy else None,
        "version": found.policy.version if found.policy else None,
        "valid_from": found.policy.valid_from.isoformat() if found.policy else None,
        "right": not found.problems,
        "problems": [_problem_json(problem) for problem in found.problems],
        "warnings": [_problem_json(problem) for problem in found.warnings],
        "samples": [_sample_json(sample) for sample in samples],
    }


def checked_lines(name: str, found: Checked, samples: Sequence[Sample], language: str) -> Iterator[str]:
    said = words(language)
    stands = said.gettext("nothing is wrong")
    if found.problems:
        stands = said.ngettext("%(n)s problem", "%(n)s problems", len(found.problems))
    yield _labelled(_title(found.policy, said) if found.policy else name, stands, said)
    yield from (_problem_line("!", problem, said) for problem in found.problems)
    yield from (_problem_line("·", problem, said) for problem in found.warnings)
    if found.policy and samples:
        yield from _sample_lines(samples, None, found.policy, said)


def _problem_json(problem: Problem) -> dict[str, Any]:
    return {"field": problem.field, "line": problem.line, "message": str(problem.what)}


def _problem_line(mark: str, problem: Problem, said: Words) -> str:
    text = said.gettext("%(label)s: %(what)s", label=problem.field, what=said.phrase(problem.what))
    if problem.line:
        text = _labelled(said.gettext("line %(n)s", n=problem.line), text, said)
    return f"  {mark} {text}"


# --- a version that is published -------------------------------------------------------------------------------------
def publication_json(planned: "Publication") -> dict[str, Any]:
    return {
        "policy": planned.policy.id,
        "version": planned.policy.version,
        "valid_from": planned.valid_from.isoformat(),
        "after_version": planned.before.version if planned.before else None,
        "already_published": planned.already,
        "warnings": list(map(str, planned.policy.warnings())),
        "differences": [
            {"permit": found.permit, "clock": found.clock, "what": found.what, "text": {"zh": chinese, "en": english}}
            for found, chinese, english in zip(
                planned.differences, *(_changes(planned, words(language)) for language in ("zh", "en")), strict=True
            )
        ],
        "samples": [_sample_json(sample) for sample in planned.samples],
    }


def publication_lines(planned: "Publication", language: str) -> Iterator[str]:
    said = words(language)
    day = said.date(planned.valid_from, year=True)
    valid = said.gettext("valid from %(day)s", day=day)
    yield _labelled(_title(planned.policy, said), valid, said)
    if planned.already:
        yield said.gettext("published already, to the letter; nothing is done")
        return
    yield from (f"  · {said.fault(warning)}" for warning in planned.policy.warnings())
    if planned.before:
        yield ""
        yield said.gettext("What version %(new)s changes after version %(old)s", new=planned.policy.version,
                           old=planned.before.version)  # fmt: skip
        yield from (f"  {change}" for change in _changes(planned, said) or [said.gettext("nothing that counts")])
    yield from _sample_lines(planned.samples, planned.before, planned.policy, said)


def _changes(planned: "Publication", said: Words) -> list[str]:
    if planned.before is None:
        return []
    return [difference_text(found, planned.before, planned.policy, said) for found in planned.differences]


# --- sample cases ----------------------------------------------------------------------------------------------------
def _sample_json(sample: Sample) -> dict[str, Any]:
    return {
        "permit": sample.permit,
        "clock": sample.clock,
        "starts_on": _either(sample).rule.starts_on[0].kind,
        "on": sample.day.day.isoformat(),
        "why": sample.day.why.value,
        "before": _clock_json(sample.before),
        "after": _clock_json(sample.after),
    }


def _clock_json(clock: Clock | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    limit = {"amount": clock.limit.amount, "unit": clock.limit.unit.value}
    counted = {language: counted_text(clock, words(language)) for language in ("zh", "en")}
    return {"limit": limit, **clock_answer(clock, ledger=False), "counted": counted}


def _sample_lines(samples: Iterable[Sample], before: Policy | None, after: Policy, said: Words) -> Iterator[str]:
    for day, of_day in groupby(samples, lambda sample: sample.day):
        told = set[str]()
        why = said.term(day.why)
        if day.names:
            why = said.gettext("%(kind)s (%(name)s)", kind=why, name=said.name(day.names))
        yield ""
        yield f"{said.date(day.day, year=True)} · {why}"
        for permit, of_permit in groupby(of_day, lambda sample: sample.permit):
            granted = after if permit in after.permits else before
            assert granted is not None
            yield f"  {said.name(granted.permits[permit].names)}"
            for sample in of_permit:
                yield f"    {_clock_line(sample, before, after, said)}"
                counted = counted_text(_either(sample), said)
                if counted not in told:  # many permits share a clock: how it is counted is told once a day
                    yield f"      {counted}"
                told.add(counted)


def _clock_line(sample: Sample, before: Policy | None, after: Policy, said: Words) -> str:
    rule = _either(sample).rule
    begins = f"{said.event(rule.starts_on[0].kind)} {said.date(sample.day.day)}"
    comes_to = sample_text(_either(sample), said)
    if before is not None:
        sides = [
            said.gettext("version %(n)s", n=policy.version) + f" {sample_text(clock, said) if clock else NO_DATA}"
            for policy, clock in ((before, sample.before), (after, sample.after))
        ]
        same = sample.before and sample.after and sample.before.due_on == sample.after.due_on
        comes_to = (" = " if same else " ⇒ ").join(sides)
    return _labelled(said.name(rule.names), f"{begins} → {comes_to}", said)


def _either(sample: Sample) -> Clock:
    """The clock by the new version, or by the old one where the new does not have it."""
    clock = sample.after or sample.before
    assert clock is not None
    return clock


# --- the list --------------------------------------------------------------------------------------------------------
def version_json(version: "Version") -> dict[str, Any]:
    policy = version.policy
    return {
        "policy": version.policy_id,
        "version": policy.version if policy else None,
        "state": version.state.value,
        "valid_from": _iso(version.valid_from),
        "valid_until": _iso(version.valid_until),
        "recorded_at": _iso(version.recorded_at),
        "recorded_by": version.recorded_by,
        "open_cases": version.open_cases,
        "refusals": [{"field": error.field, "message": error.message} for error in version.refusals],
        "warnings": list(map(str, policy.warnings())) if policy else [],
    }


def version_lines(found: Sequence["Version"], office: "Office", language: str) -> Iterator[str]:
    said = words(language)
    for policy_id, versions in groupby(found, lambda version: version.policy_id):
        of_policy = list(versions)
        names = next((version.policy.names for version in reversed(of_policy) if version.policy), {})
        yield f"{policy_id}  {said.name(names)}"
        for version in of_policy:
            yield f"  {'  '.join(_version_parts(version, office, said))}"
            yield from (f"    ! {said.fault(error)}" for error in version.refusals)
            if version.policy and version.state is VersionState.DRAFT:
                yield from (f"    · {said.fault(warning)}" for warning in version.policy.warnings())


def _version_parts(version: "Version", office: "Office", said: Words) -> Iterator[str]:
    is_draft = version.state is VersionState.DRAFT
    yield str(version.policy.version) if version.policy else NO_DATA
    yield said.term(version.state)
    if version.valid_from:
        begins = said.date(version.valid_from, year=True)
        last = said.date(version.valid_until, year=True) if version.valid_until else ""
        yield (
            said.gettext("valid from %(day)s to %(last)s", day=begins, last=last)
            if last
            else said.gettext("valid from %(day)s", day=begins)
        )
    if version.recorded_at:
        on = said.date(office.calendar.date_of(version.recorded_at), year=True)
        text = said.gettext("kept %(day)s", day=on) if is_draft else said.gettext("published %(day)s", day=on)
        who = office.name_of(version.recorded_by)
        yield said.gettext("%(kind)s (%(name)s)", kind=text, name=who) if who else text
    if not is_draft:
        yield said.ngettext("%(n)s open case", "%(n)s open cases", version.open_cases)


def _iso(value: date | None) -> str | None:
    """A day or a moment as JSON."""
    return value.isoformat() if value else None


def _labelled(label: str, what: str, said: Words) -> str:
    return said.gettext("%(label)s: %(what)s", label=label, what=what)


def _title(policy: Policy, said: Words) -> str:
    return f"{policy.id} {policy.version} · {said.name(policy.names)}"


# --- a case that is re-based -----------------------------------------------------------------------------------------
def rebasing_json(number: str, planned: "Rebasing") -> dict[str, Any]:
    return {
        "number": number,
        "from": f"{planned.from_.id} {planned.from_.version}",
        "to": f"{planned.to.id} {planned.to.version}",
        "clocks": {
            rule.id: {
                side: clock_answer(clock, ledger=False) if clock else None
                for side, clock in (("before", before), ("after", after))
            }
            for rule, before, after in planned.clocks()
        },
    }


def rebasing_lines(number: str, planned: "Rebasing", language: str) -> Iterator[str]:
    said = words(language)
    both = f"{planned.from_.id} {planned.from_.version} → {planned.to.id} {planned.to.version}"
    yield _labelled(number, both, said)
    for rule, before, after in planned.clocks():
        sides = [_stands(clock, said) for clock in (before, after)]
        changed = sides[0] if sides[0] == sides[1] else said.gettext("%(before)s → %(after)s", before=sides[0],
                                                                     after=sides[1])  # fmt: skip
        yield f"  {_labelled(said.name(rule.names), changed, said)}"


def _stands(clock: Clock | None, said: Words) -> str:
    if clock is None:
        return said.gettext("none")
    stands = said.joined((said.limit(clock.limit), said.term(clock.state)))
    return said.gettext("%(kind)s (%(name)s)", kind=due_text(clock, said, year=True), name=stands)
