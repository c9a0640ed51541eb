"""The tables. Every primary key starts with `office_id`; every moment is an Instant; JSON is kept as canonical text.

`case_event` is the truth, with `policy_version`, `calendar_version`, `calendar_change` and `party` (personal data, kept
apart so that a name can be blanked by law). `case_file`, `clock` and `alarm` are indexes that can be rebuilt from it
(R20).
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


def _of_some(name: str, which: str, *columns: str) -> sa.Index:
    """An index of the rows of which a condition holds."""
    return sa.Index(name, *columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which))


class OfficeRow(SQLModel, table=True):
    """An office. `settings` holds what office.toml says beside the staff and the channels.

    `messages_since`: what had been settled before is no longer there of cases that were closed by then.
    """

    __tablename__ = "office"
    __table_args__ = (sa.UniqueConstraint("slug", name="office_slug"),)  # the one name that is unique over all offices

    office_id: UUID = Field(primary_key=True)
    slug: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    settings: str = Field(sa_type=sa.Text)
    calendar_version: str = Field(sa_type=sa.Text)
    demonstration: bool = False
    created_at: datetime = Field(sa_type=Instant)
    messages_since: datetime | None = Field(default=None, sa_type=Instant)


class PersonRow(SQLModel, table=True):
    """One of the staff, for signing in and for who gets what; not `active`: who has left. `password` is an argon2id
    hash, "" where there is none; `password_once`: an administrator set it, and its owner must choose another.
    `blanked_at`: when the personal data of one who has left were blanked."""

    __tablename__ = "person"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="person_office"),)

    office_id: UUID = Field(primary_key=True)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    roles: str = Field(sa_type=sa.Text)
    language: str = Field(sa_type=sa.Text)
    stand_in: str = Field(sa_type=sa.Text)
    addresses: str = Field(sa_type=sa.Text)
    absences: str = Field(sa_type=sa.Text)
    active: bool = True
    password: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    password_at: datetime | None = Field(default=None, sa_type=Instant)
    password_once: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    blanked_at: datetime | None = Field(default=None, sa_type=Instant)
    blanked_by: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    blanked_because: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})


class CalendarRow(SQLModel, table=True):
    """Every calendar a date was ever computed with, by its version."""

    __tablename__ = "calendar_version"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="calendar_office"),)

    office_id: UUID = Field(primary_key=True)
    version: str = Field(primary_key=True, sa_type=sa.Text)
    content: str = Field(sa_type=sa.Text)
    loaded_at: datetime = Field(sa_type=Instant)


class NoticeRow(SQLModel, table=True):
    """A notice that was loaded. `days` is JSON of what is off, worked and in English; `content` the file as it was
    given."""

    __tablename__ = "notice"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="notice_office"),)

    office_id: UUID = Field(primary_key=True)
    number: str = Field(primary_key=True, sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    published: date
    level: str = Field(sa_type=sa.Text)
    scope: str = Field(sa_type=sa.Text)
    announced_through: date | None = None
    amends: str = Field(sa_type=sa.Text)
    days: str = Field(sa_type=sa.Text)
    content: str = Field(sa_type=sa.Text)
    loaded_at: datetime = Field(sa_type=Instant)
    loaded_by: str = Field(sa_type=sa.Text)
    applied_at: datetime | None = Field(default=None, sa_type=Instant)


class CalendarChangeRow(SQLModel, table=True):
    """Since when an office counts by a calendar version, and why (R16, R20). `seq` is 1 for the one it began with.

    Not finished: some of its open cases still wait to be brought to it.
    """

    __tablename__ = "calendar_change"
    __table_args__ = (
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="calendar_change_office"),
        sa.CheckConstraint("why IN ('made', 'notice', 'office', 'installed')", name="calendar_change_why"),
    )

    office_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    version: str = Field(sa_type=sa.Text)
    why: str = Field(sa_type=sa.Text)
    notice: str = Field(sa_type=sa.Text)
    by: str = Field(sa_type=sa.Text)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class CalendarMoveRow(SQLModel, table=True):
    """What a change of the calendar did to one clock of one case: its dates before and after, or that it is certain
    now.

    `told` are the people who had been told the old date, and who are told the new one in the change's digest.
    """

    __tablename__ = "calendar_move"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "change"], ["calendar_change.office_id", "calendar_change.seq"], name="calendar_move_change"
        ),
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="calendar_move_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    change: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: UUID = Field(primary_key=True)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    due_before: str = Field(sa_type=sa.Text)
    due_after: str = Field(sa_type=sa.Text)
    overdue: bool
    rescued: bool
    confirmed: bool
    told: str = Field(sa_type=sa.Text)


class PolicyRow(SQLModel, table=True):
    """A published version of a policy, as it was written. `valid_from` here counts, not the one in the text (R17)."""

    __tablename__ = "policy_version"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="policy_office"),)

    office_id: UUID = Field(primary_key=True)
    policy_id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(primary_key=True)
    valid_from: date
    content: str = Field(sa_type=sa.Text)
    published_at: datetime = Field(sa_type=Instant)
    published_by: str = Field(sa_type=sa.Text)


class DraftRow(SQLModel, table=True):
    """The draft of a policy's next version, as it was written; one a policy."""

    __tablename__ = "policy_draft"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="draft_office"),)

    office_id: UUID = Field(primary_key=True)
    policy_id: str = Field(primary_key=True, sa_type=sa.Text)
    content: str = Field(sa_type=sa.Text)
    kept_at: datetime = Field(sa_type=Instant)
    kept_by: str = Field(sa_type=sa.Text)


class NumberRow(SQLModel, table=True):
    """The last case number given for a permit in a year."""

    __tablename__ = "number_series"

    office_id: UUID = Field(primary_key=True)
    permit: str = Field(primary_key=True, sa_type=sa.Text)
    year: int = Field(primary_key=True)
    last: int


class CaseRow(SQLModel, table=True):
    """A case's head: the end of its chain, and what lists are made from. `next_alarm_at` says when to look again.

    `broken` is why it could not be rebuilt; such a case is set aside and shown, and stops nobody else.
    `calendar_version` is the office's calendar it was last brought to: it is read by that one, so that no date moves
    before it is on record (R16).
    """

    __tablename__ = "case_file"
    __table_args__ = (
        sa.UniqueConstraint("office_id", "number", name="case_number"),
        sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="case_office"),
        sa.Index(
            "case_next_alarm",
            "next_alarm_at",
            "office_id",
            sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
            postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
        ),
        sa.Index("case_handler", "office_id", "handler", "received_on", "case_id"),
        sa.Index("case_permit", "office_id", "permit", "received_on", "case_id"),
        sa.Index(
            "case_words", "office_id", "received_on", "case_id", "number", "title"
        ),  # to look through instead of the rows
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    number: str = Field(sa_type=sa.Text)
    permit: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    handler: str = Field(sa_type=sa.Text)
    first_contact: str = Field(sa_type=sa.Text)
    land_area_ha: str = Field(sa_type=sa.Text)
    floor_area_ha: str = Field(sa_type=sa.Text)
    policy_id: str = Field(sa_type=sa.Text)
    policy_version: int
    calendar_version: str = Field(sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    phase: str = Field(sa_type=sa.Text)
    received_on: date
    deemed_on: date | None = None
    outcome: str = Field(default="", sa_type=sa.Text)
    head_seq: int
    head_hash: str = Field(sa_type=sa.Text)
    next_alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    broken: str = Field(default="", sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant)


class EventRow(SQLModel, table=True):
    """An event, append-only by triggers. `details` is canonical JSON; `hash` covers the row and the hash before it."""

    __tablename__ = "case_event"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="event_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str = Field(sa_type=sa.Text)
    occurred_at: datetime = Field(sa_type=Instant)
    dated: bool
    recorded_at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_type=sa.Text)
    calendar_version: str = Field(sa_type=sa.Text)
    details: str = Field(sa_type=sa.Text)
    hash: str = Field(sa_type=sa.Text)


class PartyRow(SQLModel, table=True):
    """Personal data of an event. The chain holds only its salted digest, so that it can be blanked by law."""

    __tablename__ = "party"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="party_case"
        ),
        sa.Index("party_value", "office_id", "field", "value", "case_id", postgresql_ops={"value": "text_pattern_ops"}),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    field: str = Field(primary_key=True, sa_type=sa.Text)
    salt: str = Field(sa_type=sa.Text)
    value: str = Field(sa_type=sa.Text)


class NotificationRow(SQLModel, table=True):
    """What an applicant is told of a case; what became of it stands with its message in the outbox.

    `dates` are the deadlines it tells, `facts` what a reader knows by it (both canonical JSON), `head` how many events
    were on record when it was made.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="notification_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=sa.Text)
    event: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    dates: str = Field(primary_key=True, sa_type=sa.Text)
    head: int
    facts: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)


class ClockRow(SQLModel, table=True):
    """The index of a clock's latest run; rebuilt and compared by `sla doctor --rebuild`.

    `handler` is its case's. `paused` is JSON of the working days a stopped clock stood still, by ground, "" for none;
    null where an earlier version left it out, until the case is rebuilt. Reports read `clock_reported`, and of whole
    months `clock_sum`.
    `entries` are those of its case, `late_entries` JSON of how many of each kind were late ("" for none, null where an
    earlier version left it out), `stopped_before` when the clock of the same case and basis before it stopped: at those
    that are reported only, so that a report counts the entries of a case once.
    What lists are made from stands at open ones only: since when its light is yellow, since when it is paused and when
    that is expected to end, and that its case awaits acceptance.
    """

    __tablename__ = "clock"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="clock_case"
        ),
        _of_some(
            "clock_reported",
            "stopped_on IS NOT NULL AND basis <> 'duty'",
            *("office_id", "basis", "stopped_on", "permit", "handler", "unit", "rule_amount", "used", "paused"),
            *("state", "due_on", "clock_id", "amount", "entries", "late_entries", "stopped_before"),
        ),
        _of_some(
            "clock_late",
            "state = 'late' AND stopped_on IS NOT NULL AND basis <> 'duty'",
            *("office_id", "basis", "due_on", "case_id", "clock_id", "stopped_on", "permit", "handler"),
        ),
        _of_some("clock_stopped_again", "stopped_before IS NOT NULL", "office_id", "basis", "stopped_before"),
        _of_some("clock_paused_again", "paused_again_on IS NOT NULL", "office_id", "paused_again_on"),
        # Each ends with the column of its condition: without it SQLite reads the row of every entry.
        _of_some("clock_open_due", "open", "office_id", "due_on", "due_at", "case_id", "clock_id", "open"),
        _of_some("clock_of_handler", "open", "office_id", "handler", "due_on", "due_at", "case_id", "clock_id", "open"),
        _of_some("clock_yellow", "open", "office_id", "yellow_at", "case_id", "open"),
        _of_some(
            "clock_paused",
            "paused_on IS NOT NULL",
            "office_id",
            "paused_on",
            "case_id",
            "clock_id",
            "resume_by",
            "handler",
        ),
        _of_some(
            "clock_awaiting", "awaiting", "office_id", "due_on", "due_at", "case_id", "clock_id", "handler", "awaiting"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    permit: str = Field(sa_type=sa.Text)
    basis: str = Field(sa_type=sa.Text)
    state: str = Field(sa_type=sa.Text)
    open: bool
    unit: str = Field(sa_type=sa.Text)
    amount: int
    rule_amount: int
    started_on: date | None = None
    due_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    stopped_on: date | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=Instant)
    late_by: int | None = None
    used: float  # in the limit's unit; of hours it may be a fraction
    left: float
    paused_again_on: date | None = None
    provisional: bool
    capped: bool
    deemed: bool
    calendar_version: str = Field(sa_type=sa.Text)
    handler: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    awaiting: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    yellow_at: datetime | None = Field(default=None, sa_type=Instant)
    paused_on: date | None = None
    resume_by: date | None = None
    paused: str | None = Field(default=None, sa_type=sa.Text)
    entries: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    late_entries: str | None = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    stopped_before: date | None = None


class ClockSumRow(SQLModel, table=True):
    """How many stopped clocks (`n`) of a month (2026-09) are alike, and the `entries` of their cases together: what
    reports add up instead of clocks (ADR 34). It holds for a month that is not in `month_touched`.

    `outcome` is late, early or met; `more` the amount it was given more; `before` the month of `stopped_before`, "" for
    none. `paused` and `late_entries` are as the clocks have them, "?" for null.
    """

    __tablename__ = "clock_sum"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="clock_sum_office"),)

    office_id: UUID = Field(primary_key=True)
    basis: str = Field(primary_key=True, sa_type=sa.Text)
    month: str = Field(primary_key=True, sa_type=sa.Text)
    permit: str = Field(primary_key=True, sa_type=sa.Text)
    handler: str = Field(primary_key=True, sa_type=sa.Text)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    unit: str = Field(primary_key=True, sa_type=sa.Text)
    rule_amount: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    used: float = Field(primary_key=True)
    paused: str = Field(primary_key=True, sa_type=sa.Text)
    outcome: str = Field(primary_key=True, sa_type=sa.Text)
    more: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    late_entries: str = Field(primary_key=True, sa_type=sa.Text)
    before: str = Field(primary_key=True, sa_type=sa.Text)
    n: int
    entries: int


class TouchedRow(SQLModel, table=True):
    """A month of which a stopped clock was written since it was added up; written by triggers, in the transaction that
    writes the clock. `turn` is that transaction, 0 on SQLite: so no two wait for each other to say the same."""

    __tablename__ = "month_touched"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="month_touched_office"),)

    office_id: UUID = Field(primary_key=True)
    month: str = Field(primary_key=True, sa_type=sa.Text)
    turn: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})


class AlarmRow(SQLModel, table=True):
    """A stored alarm; its key is clock, milestone, due ("" for none) and episode (M6).

    `change` is the change of the calendar that a correction comes from: its digest says it. `fates` is JSON: of whom
    it told, what became of the messages that are no longer in the outbox.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="alarm_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    clock_id: str = Field(primary_key=True, sa_type=sa.Text)
    milestone: str = Field(primary_key=True, sa_type=sa.Text)
    due: str = Field(primary_key=True, sa_type=sa.Text)
    episode: int = Field(primary_key=True)
    gravity: str = Field(sa_type=sa.Text)
    at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=sa.Text)
    raised_at: datetime | None = Field(default=None, sa_type=Instant)
    roles: str = Field(sa_type=sa.Text)
    told: str = Field(sa_type=sa.Text)
    change: int | None = None
    fates: str = Field(default="{}", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("'{}'")})


class DigestRow(SQLModel, table=True):
    """That the digest or summary of a day was made: once, by its key."""

    __tablename__ = "digest"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="digest_office"),)

    office_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=sa.Text)
    on: date = Field(primary_key=True)
    made_at: datetime = Field(sa_type=Instant)


class AnchorRow(SQLModel, table=True):
    """The heads of an office's chains on a day, chained with the day before: a cut-off tail shows.

    `cases` is how many it covers, `listed` that `anchored` says which; before that there was no list of them.
    """

    __tablename__ = "anchor"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="anchor_office"),)

    office_id: UUID = Field(primary_key=True)
    on: date = Field(primary_key=True)
    cases: int
    hash: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)
    listed: bool = Field(default=True, sa_column_kwargs={"server_default": sa.false()})


class AnchoredRow(SQLModel, table=True):
    """A head that the anchor of a day covers, since it had moved after the day before; its hash then."""

    __tablename__ = "anchored"
    __table_args__ = (
        sa.ForeignKeyConstraint(["office_id", "on"], ["anchor.office_id", "anchor.on"], name="anchored_by"),
        sa.Index("anchored_on", "office_id", "on", "case_id"),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    on: date
    hash: str = Field(sa_type=sa.Text)
