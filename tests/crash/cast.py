"""A window whose reminders are killed on their way, and what of them has to arrive, counted by hand.

Twelve site selection opinions come in and are accepted on Friday 2026-09-18. Promised are 4 working days: Sunday 09-20
works, so they are due on 09-23 (TIME_RULES, worked examples: 09-18 | 4 | 09-23). The law gives 30: due 11-05, for
09-14 | 30 | 10-30 stands in the worked examples too, and 09-14 to 09-18 as 10-30 to 11-05 are 4 working days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sla.app import App
from sla.service import cases
from sla.service.cases import When
from sla.service.offices import office_named
from sla.service.setup import apply, plan_of

ZONE = ZoneInfo("Asia/Shanghai")
SECRET_NAME, SECRET = "SLA_CRASH_SECRET", "whsec_" + "MDEy" * 10
MOBILE = "13800138000"
TITLES = tuple(f"云溪地块 {place:02}" for place in range(1, 13))
APPLICANT, FIELDS = "applicant", 'text = "{text}"\nkey = "{key}"'
STAFF = {"li": "clerk", "wang": "chief head", "zhao": "manager supervision"}  # each with a channel of their own


@dataclass(frozen=True, order=True)
class Said:
    """One thing somebody is told: of a case (its title) a clock and a rung, or a digest or summary with its day; an
    applicant, of a case by its number, that it is accepted."""

    person: str
    what: str
    clock: str
    milestone: str


def at(text: str) -> datetime:
    """A moment in Shanghai, such as 09-18T15:00 of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


RECEIVED = at("09-18T10:00")


def make_office(app: App, hook: str) -> None:
    """The office, with one webhook a person, so that the server knows who was told."""
    channels = "".join(
        f'[channels.{person}]\nkind = "webhook"\nurl = "{hook}/{person}"\nsecret_env = "{SECRET_NAME}"\n'
        for person in STAFF
    )
    staff = "".join(
        f'[[staff]]\nid = "{person}"\nname = "{person}"\nroles = {roles.split()!r}\naddresses = {{ {person} = "-" }}\n'
        for person, roles in STAFF.items()
    )
    head = '[office]\nslug = "window"\nname = "Window"\npolicy = "cn_planning"\nlanguage = "en"\n'
    gateway = f'[channels.sms]\nkind = "sms"\nurl = "{hook}/{APPLICANT}"\n[channels.sms.fields]\n{FIELDS}\n'
    with app.writing() as session:
        text = head + channels + gateway + '[applicants]\nby = ["sms"]\n' + staff
        apply(session, plan_of(text, Path()), at("08-01T08:00"))


def receive(app: App, title: str) -> None:
    """One transaction: the case comes in."""
    with app.writing() as session:
        office = office_named(session, "window")
        details = {"permit": "site_selection", "title": title, "handler": "li", "applicant": "张三", "mobile": MOBILE}
        cases.receive(session, office, details, When(RECEIVED), RECEIVED, "li")


def accept(app: App, number: str) -> None:
    """One transaction: the case is accepted."""
    with app.writing() as session:
        office = office_named(session, "window")
        cases.record(session, office, number, "accepted", {"receipt": "收件回执"}, When(RECEIVED), RECEIVED, "li")


# --- what has to arrive, by hand -----------------------------------------------------------------------------------
REMINDED, OVERDUE, ESCALATED = at("09-22T09:00"), at("09-24T08:30"), at("10-29T09:00")


def told_by(moment: datetime) -> frozenset[Said]:
    """Everything that has to have been said once all is settled at `moment`."""
    return frozenset(said for since, said in _told() if since <= moment)


def _told() -> Iterator[tuple[datetime, Said]]:
    for place, title in enumerate(TITLES, start=1):
        # To the applicant, put in the outbox with the acceptance; the service runs on 09-22 for the first time.
        yield REMINDED, Said(APPLICANT, f"选字第2026{place:04}号", "", "accepted")
        # T-1 of the promise is 09-22 at 09:00, to the handler (M1). "due" is said by the digest of 09-23.
        yield REMINDED, Said("li", title, "promise", "T-1")
        # Overdue from 24:00 of 09-23 on, said when messages go out again, to the handler and the chief (M2).
        yield OVERDUE, Said("li", title, "promise", "overdue")
        yield OVERDUE, Said("wang", title, "promise", "overdue")
        # Nothing ran until 10-29: of +1 (head) and +3 (supervision) only +3 is said, to both (M5). T-5 of the statute
        # is 10-29 at 09:00 (11-04, 03, 02, 10-30, 10-29), to handler and chief; the chief is the head too: one bundle.
        yield ESCALATED, Said("wang", title, "promise", "+3")
        yield ESCALATED, Said("zhao", title, "promise", "+3")
        yield ESCALATED, Said("li", title, "statutory", "T-5")
        yield ESCALATED, Said("wang", title, "statutory", "T-5")
    # The digest of each working day on which anything ran: the handler with cases due within 3 working days or late,
    # the chief and the manager always. Of the last month, when there were cases in it: manager and head.
    for moment in (REMINDED, OVERDUE, ESCALATED):
        for person in STAFF:
            yield moment, Said(person, f"{moment:%Y-%m-%d}", "", "digest")
    for person in ("wang", "zhao"):
        yield ESCALATED, Said(person, "2026-09", "", "report")


def messages_by(moment: datetime) -> int:
    """How many messages the outbox holds then: one for each thing said, for a bundle's members are messages too."""
    return len(told_by(moment))


def deliveries_by(moment: datetime) -> int:
    """How many of them go out on their own: the chief's two of 10-29 are one delivery a case."""
    return messages_by(moment) - (len(TITLES) if moment >= ESCALATED else 0)
