"""How a text is made fit for a place that reads markup, mentions people, and counts its bytes.

Titles of cases come from outside. What a dialect would read as a mention, a link, an image or HTML is shown in the wide
form that Chinese type has for each of these signs: every client shows it, and none acts on it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from notifiers.message import Message, Recipient

BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]+")
HALF_A_LINK = re.compile(r"\S*://\S*\Z")
IN_A_LINK = "[A-Za-z0-9/._~%?=&#:+-]*"

PLAIN = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "@<>"})
MARKDOWN = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "@<>[]*_`#!|~\\"})

MAINLAND = re.compile(r"(?:\+?86[ -]?)?(1\d{10})")
ABROAD = re.compile(r"\+\d{1,3}[ -]?\d{5,14}")
USER_ID = re.compile(r"[A-Za-z0-9._@-]{1,64}")
EVERYBODY = {"all", "everyone", "here", "channel", "所有人"}


def one_line(text: str) -> str:
    """The text with every run of line breaks and control characters as one space: fit for a header."""
    return BREAKS.sub(" ", text).strip()


def seen(text: str) -> str:
    """The text without what no reader sees: control characters, half characters, and signs that turn its direction."""
    return UNSEEN.sub(" ", encodable(text).replace("\r\n", "\n"))


def encodable(text: str) -> str:
    """The text with "?" in place of half characters, which cannot be sent."""
    return text.encode("utf-8", errors="replace").decode()


def whole(message: Message, *, subject: bool = True) -> str:
    """What is said where there is no place for a subject, with a word before it if it may be a repeat."""
    head = one_line(message.subject) if subject else ""
    return "\n".join(part for part in (message.repeat_note, head, message.text.strip()) if part)


def cut(text: str, link: str, fits: Callable[[str], bool]) -> str:
    """The text, or as much of its beginning as fits with "…" and `link` after it.

    It is cut between characters, and never within an address: half of one leads somewhere else.
    """
    if fits(text):
        return text
    end = "…" + (f"\n{link}" if link else "")
    longest = bisect_right(range(len(text)), 0, key=lambda length: 0 if fits(text[:length] + end) else 1) - 1
    kept = text[: max(longest, 0)]
    if not text[len(kept)].isspace():
        kept = HALF_A_LINK.sub("", kept)
    return kept.rstrip() + end


def with_links(text: str, link: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, each with whether it is an address of the same site as `link`; other addresses are text."""
    site = urlsplit(link)
    if not site.scheme or not site.netloc:
        yield text, False
        return
    own = re.compile(f"({re.escape(f'{site.scheme}://{site.netloc}')}(?:/{IN_A_LINK})?)")
    for place, part in enumerate(own.split(text)):
        if part:
            yield part, place % 2 == 1


@dataclass(frozen=True)
class Mention:
    """Whom a message is addressed to in a group: by user id, or by mobile number, or by nothing but the name."""

    user_id: str = ""
    mobile: str = ""


def mention_of(recipient: Recipient) -> Mention:
    """The addressee, if the address is a mobile number or a user id; never everybody."""
    address = recipient.address.strip()
    number = mobile(address)
    if number:
        return Mention(mobile=number)
    if USER_ID.fullmatch(address) and address.lower().strip("@") not in EVERYBODY:
        return Mention(user_id=address)
    return Mention()


def mobile(address: str) -> str:
    """A number of the mainland as its 11 digits, one from abroad as "+" and digits; "" if it is none."""
    found = MAINLAND.fullmatch(address.strip())
    if found:
        return found[1]
    return re.sub("[ -]", "", address.strip()) if ABROAD.fullmatch(address.strip()) else ""
