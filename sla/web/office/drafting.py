"""The next version of a policy: drafted as TOML with what is wrong by line, discarded, or published on a day."""

from urllib.parse import urlencode

from sla.policies import Policy
from sla.presets import names as packs
from sla.presets.checking import Problem, checked
from sla.samples import Sample
from sla.service import policies, publishing
from sla.service.days import day_of
from sla.service.errors import ServiceError
from sla.service.publishing import Publication
from sla.web.fields import Ask, Field
from sla.web.frame import App, Visit
from sla.web.office.changing import Change, Done, Given, Outcome, Task, changes
from sla.web.office.sheet import Link, Section, rows
from sla.web.routes import Route
from sla.words import NO_DATA, Words, difference_text, sample_text

DRAFT, DISCARD, PUBLISH = "/policies/draft", "/policies/discard", "/policies/publish"


def routes(app: App) -> list[Route]:
    return changes(
        app,
        Task(DRAFT, "draft_kept", _draft, _would_keep, _kept, tries=True),
        Task(DISCARD, "draft_discarded", _discard, _would_discard, _discarded, tries=True),
        Task(PUBLISH, "policy_published", _publish, _would_publish, _published),
    )


# --- the draft --------------------------------------------------------------------------------------------------------
def _draft(visit: Visit) -> Change:
    """The editor, filled with the draft there is, or with what the next version begins from."""
    said = visit.said
    field = Field("text", said.gettext("Policy as TOML"), Ask.CODE, needed=True, values=(_begin(visit),))
    lead = (
        said.gettext("Give the changed text the next version number and the day it is to be valid from."),
        said.gettext("It can begin from what is in force, or from a pack:"),
    )
    links = tuple(Link(name, f"{DRAFT}?{urlencode({'from': name})}") for name in _beginnings(visit))
    title, confirm = said.gettext("Draft of a policy"), said.gettext("Keep the draft")
    subject = visit.asked("policy") or visit.asked("from")
    return Change(title, DRAFT, "/policies", confirm, subject, lead=lead, links=links, fields=(field,))


def _begin(visit: Visit) -> str:
    policy, origin = visit.asked("policy"), visit.asked("from")
    if policy:
        return policies.source(visit.session, visit.office, policy)
    published = {row.policy_id for row in visit.office.policy_rows}
    if origin in published:
        return policies.version_text(visit.session, visit.office, origin, None, visit.now)
    if origin or not published:
        return policies.source(visit.session, visit.office, origin) if origin else ""
    return policies.version_text(visit.session, visit.office, min(published), None, visit.now)


def _beginnings(visit: Visit) -> list[str]:
    return sorted({*(row.policy_id for row in visit.office.policy_rows), *packs()})


def _would_keep(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001 - it needs the visit alone
    said, text = visit.said, f"{given['text']}\n"
    found = checked(text)
    if found.policy is None:
        wrong = "\n".join(_line(one, said) for one in found.problems)
        raise ServiceError("text", wrong)
    version = policies.keep_draft(visit.session, visit.office, text, visit.now, visit.visitor.person_id)
    stands = said.ngettext("%(n)s problem", "%(n)s problems", len(found.problems)) if found.problems else (
        said.gettext("nothing is wrong")
    )  # fmt: skip
    against = tuple(map(said.fault, version.refusals))
    lines = [said.gettext("%(label)s: %(what)s", label=_title(version.policy, said), what=stands)]
    if against:
        lines.append(said.gettext("It can be kept as a draft; before it is published this is to be mended."))
    sections = (_problems("problems", found.problems, said.gettext("What is wrong"), said),) if found.problems else ()
    if found.warnings:
        sections = (*sections, _problems("warnings", found.warnings, said.gettext("What to think of"), said))
    return Outcome(tuple(lines), against, sections)


def _problems(place: str, found: tuple[Problem, ...], title: str, said: Words) -> Section:
    lines = tuple((str(one.line or NO_DATA), one.field, said.phrase(one.what)) for one in found)
    columns = (said.gettext("Line"), said.gettext("Field"), said.gettext("What would be right"))
    return Section(place, title, columns, rows(lines))


def _line(one: Problem, said: Words) -> str:
    text = said.gettext("%(label)s: %(what)s", label=one.field, what=said.phrase(one.what))
    if one.line is None:
        return text
    return said.gettext("%(label)s: %(what)s", label=said.gettext("line %(n)s", n=one.line), what=text)


def _title(policy: Policy | None, said: Words) -> str:
    if policy is None:
        return NO_DATA
    return said.gettext("%(name)s, version %(n)s", name=said.name(policy.names), n=policy.version)


def _kept(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    said, text = visit.said, f"{given['text']}\n"
    kept = policies.keep_draft(visit.session, visit.office, text, visit.now, visit.visitor.person_id)
    publish = Link(said.gettext("publish"), f"{PUBLISH}?{urlencode({'policy': kept.policy_id})}")
    done = said.gettext("The draft is kept: %(name)s", name=_title(kept.policy, said))
    return Done((done,), kept.policy_id, links=() if kept.refusals else (publish,))


def _discard(visit: Visit) -> Change:
    said, policy = visit.said, visit.asked("policy")
    path = f"{DISCARD}?{urlencode({'policy': policy})}"
    policies.source(visit.session, visit.office, policy)  # raises where there is none
    return Change(said.gettext("Discard a draft"), path, "/policies", said.gettext("Discard it"), policy, policy)


def _would_discard(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    policies.discard_draft(visit.session, visit.office, visit.asked("policy"))
    return Outcome((visit.said.gettext("The draft is gone then; what is published stays as it is."),))


def _discarded(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    policies.discard_draft(visit.session, visit.office, visit.asked("policy"))
    return Done((visit.said.gettext("The draft is discarded."),))


# --- publishing -------------------------------------------------------------------------------------------------------
def _publish(visit: Visit) -> Change:
    said, policy = visit.said, visit.asked("policy")
    begins = publishing.readable(policies.source(visit.session, visit.office, policy)).valid_from
    field = Field("valid_from", said.gettext("Valid from"), Ask.DAY, needed=True, values=(begins.isoformat(),),
                  hint=said.gettext("cases received from this day on follow it"))  # fmt: skip
    path = f"{PUBLISH}?{urlencode({'policy': policy})}"
    title, confirm = said.gettext("Publish a policy"), said.gettext("Publish it")
    return Change(title, path, "/policies", confirm, policy, policy, fields=(field,))


def _planned(visit: Visit, given: Given) -> Publication:
    text = policies.source(visit.session, visit.office, visit.asked("policy"))
    day = day_of(given["valid_from"], "valid_from")
    planned = publishing.prepared(visit.office, text, visit.now, day, visit.visitor.person_id)
    if planned.already:
        raise ServiceError("policy", "is published already, to the letter; nothing is to be done")
    return planned


def _would_publish(app: App, visit: Visit, given: Given) -> Outcome:  # noqa: ARG001
    said, planned = visit.said, _planned(visit, given)
    name, day = _title(planned.policy, said), said.date(planned.valid_from, year=True)
    lines = (said.gettext("Publish %(policy)s, valid from %(day)s? A version is never changed afterwards.",
                          policy=name, day=day),)  # fmt: skip
    warned = tuple(map(said.fault, planned.policy.warnings()))
    return Outcome(lines, warned, (*_changes(planned, said), _samples(planned, said)))


def _changes(planned: Publication, said: Words) -> tuple[Section, ...]:
    if planned.before is None:
        return ()
    found = [(difference_text(one, planned.before, planned.policy, said),) for one in planned.differences]
    title = said.gettext("What version %(new)s changes after version %(old)s", new=planned.policy.version,
                         old=planned.before.version)  # fmt: skip
    return (Section("changes", title, (said.gettext("Change"),), rows(found), said.gettext("nothing that counts")),)


def _samples(planned: Publication, said: Words) -> Section:
    """What cases come to that begin on telling days, under both versions."""
    columns = (said.gettext("Begins on"), said.gettext("Permit"), said.gettext("Limit"), said.gettext("Until now"),
               said.gettext("Then"))  # fmt: skip
    lines = rows(_sample(one, planned, said) for one in planned.samples)
    return Section("samples", said.gettext("Sample cases"), columns, lines, said.gettext("None."))


def _sample(one: Sample, planned: Publication, said: Words) -> tuple[str, ...]:
    clock = one.after or one.before
    assert clock is not None
    policy = planned.policy if one.permit in planned.policy.permits else planned.before
    assert policy is not None
    day = f"{said.date(one.day.day, year=True)} · {said.term(one.day.why)}"
    sides = (sample_text(side, said) if side else NO_DATA for side in (one.before, one.after))
    return (day, said.name(policy.permits[one.permit].names), said.name(clock.rule.names), *sides)


def _published(app: App, visit: Visit, given: Given) -> Done:  # noqa: ARG001
    said, planned = visit.said, _planned(visit, given)
    text = policies.source(visit.session, visit.office, visit.asked("policy"))
    by = visit.visitor.person_id
    publishing.publish(visit.session, visit.office, text, visit.now, planned.valid_from, by)
    day = said.date(planned.valid_from, year=True)
    name = f"{planned.policy.id} {planned.policy.version}"
    return Done((said.gettext("published: %(policy)s, valid from %(day)s", policy=name, day=day),))
