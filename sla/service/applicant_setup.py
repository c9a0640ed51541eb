"""What an office file says of its applicants: whether they are told anything, of what, and by which channels."""

from collections.abc import Mapping
from typing import Any

from sla.applicants import TELLABLE, ApplicantSettings, NotificationKind
from sla.service.errors import ServiceError

FIELDS = {"tell", "by", "inquiries"}
# By these kinds of channel just one person is reached; in a group everybody would read it.
REACHED_BY: Mapping[str, str] = {"email": "email", "sms": "mobile", "aliyun_sms": "mobile", "tencent_sms": "mobile"}
LONGEST = 100
_WHERE = "applicants"


def applicants_asked(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table `[applicants]` of an office file, checked but for its channels. Raises ServiceError naming the
    field."""
    if not entry:
        return {}
    tell = _texts(entry.get("tell", list(TELLABLE)), "tell")
    unknown = [name for name in tell if name not in TELLABLE]
    if unknown:
        raise ServiceError(
            f"{_WHERE}.tell", "%(value)r is unknown; known are: %(known)s", value=unknown[0], known=TELLABLE
        )
    by = _texts(entry.get("by", []), "by")
    if tell and not by:
        raise ServiceError(f"{_WHERE}.by", 'is missing: name the channels that lead to applicants; write ["sms"]')
    if len(set(by)) < len(by):
        raise ServiceError(f"{_WHERE}.by", "names a channel twice")
    inquiries = entry.get("inquiries", "")
    if not isinstance(inquiries, str) or len(inquiries) > LONGEST:
        raise ServiceError(f"{_WHERE}.inquiries", "must be a text of at most %(longest)s characters", longest=LONGEST)
    return {"tell": sorted(set(tell)), "by": by, "inquiries": " ".join(inquiries.split())}


def applicants_stored(asked: Mapping[str, Any], kinds: Mapping[str, str]) -> Mapping[str, Any]:
    """What is kept of it: each channel with what leads there. `kinds` are those of all channels there are."""
    if not asked:
        return {}
    for name in asked["by"]:
        if name not in kinds:
            known = ", ".join(sorted(kinds)) or "none"
            raise ServiceError(
                f"{_WHERE}.by", "%(name)r is no channel here; known are: %(known)s", name=name, known=known
            )
        if kinds[name] not in REACHED_BY:
            fit = ", ".join(REACHED_BY)
            raise ServiceError(
                f"{_WHERE}.by",
                "%(name)s is %(kinds)s, by which others read it too; fit are: %(fit)s",
                name=name,
                kinds=kinds[name],
                fit=fit,
            )
    return {**asked, "by": [(name, REACHED_BY[kinds[name]]) for name in asked["by"]]}


def applicants_read(stored: Mapping[str, Any]) -> ApplicantSettings:
    """The settings as they were kept; nothing is told where there are none."""
    return ApplicantSettings(
        tell=frozenset(NotificationKind(kind) for kind in stored.get("tell", ())),
        by=tuple((name, what) for name, what in stored.get("by", ())),
        inquiries=stored.get("inquiries", ""),
    )


def _texts(value: Any, field: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ServiceError(f"{_WHERE}.{field}", 'must be a list of texts; write %(field_)s = ["…"]', field_=field)
    return value
