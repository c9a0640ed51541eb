"""What every message has in common: the case, why its reader gets it, where to look, and how it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from notifiers.message import Deadline, Message
from sla.clock import Clock
from sla.people import Role
from sla.words import Words, days_until, one_line
from sla.words.templates import templates

LONGEST_TITLE = 80
MOST_LISTED = 50  # of one list; the rest is counted


@dataclass(frozen=True)
class CaseCard:
    """What a message tells of a case. `permit_names` by language; `link` is where to look, "" if nowhere.

    `revision`: how many events are on record. `permit` and `handler` are ids, for programs.
    """

    number: str
    title: str
    permit_names: Mapping[str, str]
    handler_name: str = ""
    link: str = ""
    revision: int = 0
    permit: str = ""
    handler: str = ""


@dataclass(frozen=True)
class Content:
    """What one kind of message brings: `values` for its two templates, `data` for programs, `link` to look at."""

    template: str
    kind: str
    subject: str
    about: str
    values: Mapping[str, object]
    data: Mapping[str, object]
    link: str = ""
    deadlines: tuple[Deadline, ...] = ()


def message(key: str, content: Content, said: Words, now: datetime, source: str) -> Message:
    """Rendered in one language as plain text and HTML. `now` is aware."""
    return Message(
        key=key,
        kind=content.kind,
        subject=content.subject,
        body=_Body(content.template, said.language, {"subject": content.subject, **content.values}),
        time=now,
        source=source,
        about=content.about,
        data=content.data,
        link=linked(content.link),
        deadlines=content.deadlines,
    )


@dataclass(frozen=True)
class _Body:
    """Rendered when a channel asks: a program takes the values alone, a robot no HTML."""

    template: str
    language: str
    values: Mapping[str, object]

    @cached_property
    def text(self) -> str:
        return self._rendered("txt")

    @cached_property
    def html(self) -> str:
        return self._rendered("html")

    def _rendered(self, form: str) -> str:
        written = templates("templates/messages", self.language).get_template(f"{self.template}.{form}")
        return written.render(self.values).strip() + "\n"


def repeated(message: Message, said: Words) -> Message:
    """The message with the word that it may have come already."""
    note = said.gettext("(Sent again: you may have it already)")
    return replace(message, repeat_note=note)


def why(reason: Role | str, said: Words) -> str:
    """Why the reader gets it: a role, the name of whom the reader stands in for, or "" for whoever was told before."""
    if isinstance(reason, Role):
        return said.gettext("You get this as %(role)s.", role=said.term(reason))
    if reason:
        return said.gettext("You get this as the stand-in for %(name)s.", name=clipped(reason))
    return said.gettext("You get this because you got the message that it corrects.")


def reason_data(reason: Role | str) -> str:
    if isinstance(reason, Role):
        return reason.value
    return "stand_in" if reason else "correction"


def clock_data(case: CaseCard, clock: Clock | None, now: datetime, said: Words) -> dict[str, object]:
    """`days`: working days until due, negative when past; null while there is no due date."""
    return {
        "case": one_line(case.number),
        "title": one_line(case.title),
        "permit": one_line(said.name(case.permit_names)),
        "link": linked(case.link),
        "clock": clock.id if clock else None,
        "state": clock.state.value if clock else None,
        "due_on": clock.due_on.isoformat() if clock and clock.due_on else None,
        "due_at": clock.due_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if clock and clock.due_at else None,
        "days": days_until(clock, clock.calendar.date_of(now)) if clock else None,
        "provisional": clock.provisional if clock else False,
        "capped": clock.capped if clock else False,
    }


def clipped(text: str, most: int = LONGEST_TITLE) -> str:
    """A text from outside on one line and of bounded length."""
    text = one_line(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def linked(link: str) -> str:
    """Only what leads to a page; nothing that would run."""
    return one_line(link) if link.lower().startswith(("http://", "https://")) else ""
