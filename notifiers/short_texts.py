"""What the services that send short messages (SMS) share: the number, and the few words there is room for."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifiers.channel import ChannelSettingsError
from notifiers.message import DeliveryError, Message, Recipient
from notifiers.wording import cut, mobile, one_line, seen

PLACES = ("subject", "link", "text", "about", "name", "mobile", "key", "password")
PLACE = re.compile(r"\{([^{}]*)\}")
NO_SIGNATURE = str.maketrans("【】", "［］")  # what stands in 【】 is read as who sends it
MAINLAND_CODE = "+86"


@dataclass(frozen=True)
class Template:
    """A text registered with a service, in the name of a registered signature.

    `params` are its variables, with {places} in them, each of at most `most_characters`. Raises ChannelSettingsError.
    """

    sign_name: str
    code: str
    params: Mapping[str, str] | Sequence[str]
    most_characters: int

    def __post_init__(self) -> None:
        checked("params", self.params)


def number_of(recipient: Recipient) -> str:
    """The recipient's number as "+" and digits. Raises DeliveryError, permanent, if the address is none."""
    number = mobile(recipient.address)
    if not number:
        raise DeliveryError(f"recipient {recipient.id} has no usable mobile number", permanent=True)
    return number if number.startswith("+") else MAINLAND_CODE + number


def words(message: Message, recipient: Recipient, most: int) -> dict[str, str]:
    """What may stand in each place of a template, of at most `most` characters each.

    `text` is what the message has for a telephone, or the subject, with the link; `subject` and `text` begin with the
    word that it may be a repeat. `key` is the same on every try.
    """
    subject = _plain(f"{message.repeat_note} {message.subject}")
    short = _plain(f"{message.repeat_note} {message.short or message.subject}")
    text = cut(f"{short} {message.link}".strip(), message.link, at_most(most)).replace("\n", " ")
    whole = {"subject": subject, "about": _plain(message.about), "name": _plain(recipient.name)}
    return {
        **{place: cut(value, "", at_most(most)) for place, value in whole.items()},
        "text": text,
        "link": message.link,
        "key": hashlib.sha256(message.key.encode()).hexdigest()[:32],
    }


def at_most(most: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= most


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """A template of texts, lists and tables with its {places} filled; everything else stays as it is."""
    if isinstance(template, str):
        return PLACE.sub(lambda place: values[place[1]], template)
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    if isinstance(template, dict):
        return {name: filled(part, values) for name, part in template.items()}
    return template


def checked(field: str, template: Any) -> Any:
    """The template. Raises ChannelSettingsError for a place that does not exist."""
    for text in _texts(template):
        for place in PLACE.findall(text):
            if place not in PLACES:
                raise ChannelSettingsError(
                    field, "{%(place)s} is unknown; known are: %(places)s", place=place, places=PLACES
                )
    return template


def _texts(template: Any) -> list[str]:
    if isinstance(template, str):
        return [template]
    parts = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return [text for part in parts for text in _texts(part)]


def _plain(text: str) -> str:
    return " ".join(seen(one_line(text)).translate(NO_SIGNATURE).split())
