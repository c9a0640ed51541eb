"""What may be recorded of a case: a body for each kind of event, and for taking one back."""

from typing import Annotated, Literal

from pydantic import Field

from sla.api.shapes import Body, By, DayText, Line, Name, Needed, Text, When

Count = Annotated[int, Field(ge=1, le=9_999)]
Seq = Annotated[int, Field(ge=1, le=1_000_000)]


class _Recorded(Body):
    at: When = None
    by: By = None


class _WithReason(_Recorded):
    reason: Needed


class CorrectionRequested(_Recorded):
    """补正: all that is missing, named at once."""

    kind: Literal["correction_requested"]
    papers: Annotated[list[Name], Field(min_length=1, max_length=100)]
    notice: Line = ""


class CorrectionReceived(_Recorded):
    """The papers came in."""

    kind: Literal["correction_received"]
    papers: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)


class Accepted(_Recorded):
    """受理. `admitted_by` is a manager, who lets a late entry replace a deemed acceptance. 容缺受理: `owed` are papers
    that are still to come, on `owed_by` at the latest."""

    kind: Literal["accepted"]
    receipt: Line = ""
    admitted_by: Annotated[str, Field(max_length=80)] = ""
    owed: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    owed_by: DayText | None = None


class OwedReceived(_Recorded):
    """Papers came in that a conditional acceptance left owed."""

    kind: Literal["owed_received"]
    papers: Annotated[list[Name], Field(min_length=1, max_length=100)]


class Refused(_WithReason):
    """不予受理."""

    kind: Literal["refused"]


class NotRequired(_WithReason):
    """不受理: no permit is needed."""

    kind: Literal["not_required"]


class Paused(_Recorded):
    """挂起, on a ground that the policy lists."""

    kind: Literal["paused"]
    ground: Name
    notice: Line = ""
    expected_end: DayText | None = None
    admitted_by: Annotated[str, Field(max_length=80)] = ""


class Resumed(_Recorded):
    """恢复. `pause` is the event that is ended; it may be left out where only one is open."""

    kind: Literal["resumed"]
    pause: Seq | None = None


class Extended(_WithReason):
    """延期 of one clock, in the unit that its policy names."""

    kind: Literal["extended"]
    clock: Name
    amount: Count
    approver: Name


class StageEntered(_Recorded):
    """A stage begins."""

    kind: Literal["stage_entered"]
    stage: Name


class StageLeft(_Recorded):
    """A stage ends."""

    kind: Literal["stage_left"]
    stage: Name


class Reassigned(_Recorded):
    """Another handler from now on."""

    kind: Literal["reassigned"]
    handler: Name
    reason: Text = ""


class ContactChanged(Body):
    """How the applicant is reached from now on; what is left out stays, what is "" is taken away."""

    kind: Literal["contact_changed"]
    contact: Line | None = None
    email: Line | None = None
    mobile: Line | None = None
    language: Literal["zh", "en", ""] | None = None
    by: By = None


class Decided(_Recorded):
    """办结. A case that is overdue says why, in words that may be published."""

    kind: Literal["decided"]
    outcome: Literal["approved", "denied"]
    certificate: Line = ""
    reason: Text = ""
    overdue_reason: Text = ""
    overdue_measure: Text = ""


class Delivered(_Recorded):
    """送达."""

    kind: Literal["delivered"]
    method: Line = ""


class Withdrawn(_Recorded):
    """撤回 by the applicant."""

    kind: Literal["withdrawn"]
    reason: Text = ""


class Rebased(_WithReason):
    """The case follows another version of its policy."""

    kind: Literal["rebased"]
    policy: Name
    version: Count


class Acknowledged(_Recorded):
    """知悉: somebody takes on what is overdue."""

    kind: Literal["acknowledged"]
    clock: Name
    note: Text = ""


class OverdueExplained(_WithReason):
    """超期说明, of these limits, or of all that are overdue."""

    kind: Literal["overdue_explained"]
    clocks: Annotated[list[Name], Field(min_length=1, max_length=50)] | None = None
    measure: Text = ""


NewEvent = Annotated[
    CorrectionRequested
    | CorrectionReceived
    | Accepted
    | OwedReceived
    | Refused
    | NotRequired
    | Paused
    | Resumed
    | Extended
    | StageEntered
    | StageLeft
    | Reassigned
    | ContactChanged
    | Decided
    | Delivered
    | Withdrawn
    | Rebased
    | Acknowledged
    | OverdueExplained,
    Field(discriminator="kind"),
]


class NewVoid(Body):
    """Why an event was wrong."""

    reason: Needed
    by: By = None
