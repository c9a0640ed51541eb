"""A trial of a channel: to see whether it arrives."""

from datetime import datetime

from notifiers.message import Message
from sla.messages.making import Content, clipped, message
from sla.people import Person
from sla.words import words


def trial_message(key: str, endpoint: str, office: str, person: Person, now: datetime, source: str) -> Message:
    """`now` is aware."""
    said = words(person.language)
    text = said.gettext(
        "This is a trial of the channel %(endpoint)s of %(office)s. Nothing is due because of it.",
        endpoint=clipped(endpoint), office=clipped(office),
    )  # fmt: skip
    content = Content(
        template="notice",
        kind="channel.trial",
        subject=said.gettext("A trial of %(endpoint)s", endpoint=clipped(endpoint)),
        about=clipped(endpoint),
        values={
            "paragraphs": [text],
            "items": [],
            "more": 0,
            "link": "",
            "why": said.gettext("You get this because somebody tries the channel out."),
        },
        data={"endpoint": clipped(endpoint)},
    )
    return message(key, content, said, now, source)
