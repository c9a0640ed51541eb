"""The office's policies: their versions, each as it was written, and the permits in force."""

from datetime import date, datetime

from sla.api.clocks import LimitShape
from sla.api.operations import Answered, Call, Operation
from sla.api.paging import PageQuery, links, part_of
from sla.api.problems import ProblemError
from sla.api.shapes import Named, Shape, local
from sla.permits import Kind
from sla.policies import Basis, ClockRule, Policy, VersionState
from sla.rights import Right
from sla.service import policies
from sla.service.errors import ServiceError
from sla.service.offices import parsed
from sla.service.policies import Version


class PolicyVersion(Shape):
    """A version and when it is valid."""

    policy: str
    version: int | None
    """null for a draft that cannot be read any more"""
    state: VersionState
    valid_from: date | None
    valid_until: date | None
    published_at: datetime | None
    published_by: str
    open_cases: int


class Policies(Shape):
    """Versions of policies, and drafts. `next` goes on behind them, null at the end."""

    policies: list[PolicyVersion]
    next: str | None


class PolicyText(Shape):
    """A version as it was written."""

    policy: str
    version: int
    content: str
    """TOML"""


class Rule(Shape):
    """A limit that runs for a permit."""

    id: str
    names: Named
    basis: Basis
    limit: LimitShape
    grounds: list[str]
    """What pauses it."""
    source: str


class Paper(Shape):
    """A paper the applicant has to bring."""

    id: str
    names: Named


class Permit(Shape):
    """What may be asked for today, by which policy, and within which limits."""

    id: str
    names: Named
    kind: Kind
    policy: str
    policy_version: int
    papers: list[Paper]
    clocks: list[Rule]


class Permits(Shape):
    """Permits that may be asked for today. `next` goes on behind them, null at the end."""

    permits: list[Permit]
    next: str | None


def _policies(call: Call) -> Answered:
    every = policies.versions(call.session, call.office, call.now)
    found, following = part_of("/policies", call.query, every, _key)
    return Answered(Policies(policies=[_version(call, version) for version in found], next=following), links(following))


def _key(version: Version) -> str:
    number = version.policy.version if version.policy else "draft"
    return f"{version.policy_id}.{number}.{version.state.value}"


def _version(call: Call, version: Version) -> PolicyVersion:
    return PolicyVersion(
        policy=version.policy_id,
        version=version.policy.version if version.policy else None,
        state=version.state,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        published_at=local(version.recorded_at, call.office.calendar.zone),
        published_by=version.recorded_by,
        open_cases=version.open_cases,
    )


def _text(call: Call) -> PolicyText:
    policy, number = call.at("policy"), call.at("version")
    try:
        version = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 0
        row = call.office.policy_row(policy, version)
    except ServiceError as error:
        raise ProblemError("not-found", str(error), "version") from None
    return PolicyText(policy=policy, version=version, content=row.content)


def _permits(call: Call) -> Answered:
    rows = call.office.in_force(call.office.today(call.now))
    found = {permit: policy for policy in (parsed(row.content) for row in rows) for permit in policy.permits}
    shown, following = part_of("/permits", call.query, [*found], str)
    return Answered(
        Permits(permits=[_permit(permit, found[permit]) for permit in shown], next=following), links(following)
    )


def _permit(name: str, policy: Policy) -> Permit:
    permit = policy.permits[name]
    return Permit(
        id=permit.id,
        names=dict(permit.names),
        kind=permit.kind,
        policy=policy.id,
        policy_version=policy.version,
        papers=[Paper(id=paper.id, names=dict(paper.names)) for paper in permit.papers],
        clocks=[_rule(rule) for rule in policy.clocks.get(name, ())],
    )


def _rule(rule: ClockRule) -> Rule:
    limit = LimitShape(amount=rule.limit.amount, unit=rule.limit.unit.value)
    return Rule(
        id=rule.id, names=dict(rule.names), basis=rule.basis, limit=limit, grounds=sorted(rule.grounds),
        source=rule.source,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "GET", "/policies", "listPolicies", "policies", "Every version of every policy", Right.READ, Policies,
        _policies, query=PageQuery,
    ),
    Operation(
        "GET", "/policies/{policy}/versions/{version}", "getPolicy", "policies", "A version as it was written",
        Right.READ, PolicyText, _text, refuses=("not-found",),
    ),
    Operation(
        "GET", "/permits", "listPermits", "policies", "What may be asked for today, and within which limits",
        Right.READ, Permits, _permits, query=PageQuery,
    ),
)  # fmt: skip
