"""What an office file says of looking up: whether applicants may, and at which address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sla.service.errors import ServiceError

FIELDS = {"on", "link"}
LONGEST = 200
_WHERE = "lookup"


@dataclass(frozen=True)
class LookUpSettings:
    """Whether applicants look up their cases: not unless the office says so. `link`: where, if not where the pages
    are."""

    on: bool = False
    link: str = ""


def lookup_asked(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table `[lookup]` of an office file, checked. Raises ServiceError naming the field."""
    on, link = entry.get("on", False), entry.get("link", "")
    if not isinstance(on, bool):
        raise ServiceError(f"{_WHERE}.on", "%(on)r must be true or false", on=on)
    parts = urlsplit(link) if isinstance(link, str) and link.isprintable() and len(link) <= LONGEST else None
    if link and (parts is None or parts.scheme not in ("http", "https") or not parts.netloc or " " in link):
        raise ServiceError(f"{_WHERE}.link", "must be an address; write https://look.office.example")
    return {"on": on, "link": str(link).rstrip("/")}


def lookup_read(stored: Mapping[str, Any]) -> LookUpSettings:
    return LookUpSettings(stored.get("on", False), stored.get("link", ""))
