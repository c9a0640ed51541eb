"""To those who watch the office: messages that no channel could deliver."""

from dataclasses import dataclass
from datetime import datetime

from notifiers.message import Message
from sla.messages.making import MOST_LISTED, Content, clipped, linked, message, reason_data, why
from sla.people import Person, Role
from sla.words import words


@dataclass(frozen=True)
class Undelivered:
    """How many messages lie undelivered for a channel, for whom, and what the other side said last.

    `applicants_of`: the numbers of the cases whose applicants are among them.
    """

    endpoint: str
    count: int
    names: tuple[str, ...]
    said: str
    applicants_of: tuple[str, ...] = ()


def undelivered_message(
    key: str, lost: Undelivered, person: Person, reason: Role | str, now: datetime, source: str, *, link: str = ""
) -> Message:
    """`now` is aware. What was to be said stands on the pages and in the log of deliveries, not here."""
    said = words(person.language)
    endpoint = clipped(lost.endpoint)
    applicants = (said.gettext("the applicant of %(number)s", number=clipped(n)) for n in lost.applicants_of)
    names = [*(clipped(name) for name in lost.names), *applicants]
    text = said.ngettext(
        "%(n)s message by %(endpoint)s could not be delivered, and there was no other way. It was for: %(names)s.",
        "%(n)s messages by %(endpoint)s could not be delivered, and there was no other way. They were for: %(names)s.",
        lost.count, endpoint=endpoint, names=said.joined(names[:MOST_LISTED]),
    )  # fmt: skip
    content = Content(
        template="notice",
        kind="delivery.failed",
        subject=said.ngettext(
            "%(endpoint)s: %(n)s message could not be delivered", "%(endpoint)s: %(n)s messages could not be delivered",
            lost.count, endpoint=endpoint,
        ),
        about=endpoint,
        values={
            "paragraphs": [
                text,
                said.gettext("The other side said: %(what)s", what=clipped(lost.said, 200)),
                said.gettext(
                    "Mend the channel, then send them again with `sla deliveries retry`; until then tell these people "
                    "yourself what is due."
                ),
            ],
            "items": [],
            "more": 0,
            "link": linked(link),
            "why": why(reason, said),
        },
        data={"endpoint": endpoint, "count": lost.count, "reason": reason_data(reason)},
    )  # fmt: skip
    return message(key, content, said, now, source)
