"""The tables of signing in, of private addresses and of looking up. What a cookie or a caller holds is never stored,
only its SHA-256."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from notifiers.instants import Instant


class SignInRow(SQLModel, table=True):
    """Somebody is signed in with a browser; `seen_at` is kept to a few minutes. `way`: password or oidc. `browser` and
    `address` are for its owner, to know it again; they go with the row."""

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="sign_in_person"
        ),
        sa.Index("sign_in_of_person", "office_id", "person_id"),
    )

    office_id: UUID = Field(primary_key=True)
    digest: str = Field(primary_key=True, sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    way: str = Field(default="password", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("'password'")})
    browser: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})
    address: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("''")})


class AttemptRow(SQLModel, table=True):
    """Wrong passwords of late: `subject` is a name at an address, a name, or an address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="attempt_office"),)

    office_id: UUID = Field(primary_key=True)
    subject: str = Field(primary_key=True, sa_type=sa.Text)
    failures: int
    last_at: datetime = Field(sa_type=Instant)
    closed_until: datetime | None = Field(default=None, sa_type=Instant)


class TokenRow(SQLModel, table=True):
    """A program's key to the API. `rights` is a JSON list; `name` says what it is for."""

    __tablename__ = "api_token"
    __table_args__ = (
        sa.ForeignKeyConstraint(["office_id", "made_by"], ["person.office_id", "person.person_id"], name="token_maker"),
        sa.UniqueConstraint("office_id", "digest", name="token_digest"),
    )

    office_id: UUID = Field(primary_key=True)
    name: str = Field(primary_key=True, sa_type=sa.Text)
    digest: str = Field(sa_type=sa.Text)
    rights: str = Field(sa_type=sa.Text)
    made_by: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class SubscriptionRow(SQLModel, table=True):
    """Somebody's private address for their own calendar; one a person. `read_at` is kept to an hour."""

    __tablename__ = "calendar_subscription"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "person_id"], ["person.office_id", "person.person_id"], name="subscription_person"
        ),
        sa.UniqueConstraint("office_id", "digest", name="subscription_digest"),
    )

    office_id: UUID = Field(primary_key=True)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    digest: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)
    read_at: datetime | None = Field(default=None, sa_type=Instant)


class LookUpRow(SQLModel, table=True):
    """What an office's look-up codes are derived from; it stays if the look-up is turned off and on again."""

    __tablename__ = "look_up"
    __table_args__ = (sa.ForeignKeyConstraint(["office_id"], ["office.office_id"], name="look_up_office"),)

    office_id: UUID = Field(primary_key=True)
    secret: str = Field(sa_type=sa.Text)
    made_at: datetime = Field(sa_type=Instant)


class LookUpCodeRow(SQLModel, table=True):
    """How often a case's code was renewed, where it was: each renewal makes the code before worthless."""

    __tablename__ = "look_up_code"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["office_id", "case_id"], ["case_file.office_id", "case_file.case_id"], name="look_up_code_case"
        ),
    )

    office_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    renewals: int
    renewed_at: datetime = Field(sa_type=Instant)
    renewed_by: str = Field(sa_type=sa.Text)
