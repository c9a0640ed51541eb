"""Days, as forms give them."""

from datetime import date

from sla.service.errors import ServiceError


def day_of(text: str, field: str) -> date:
    """The day of a form's field. Raises ServiceError."""
    try:
        day = date.fromisoformat(text)
        if 1900 < day.year < 2188 and len(text) == len("2026-09-18"):
            return day
    except ValueError:
        pass
    raise ServiceError(field, f"{text[:40]!r} is no date; write 2026-09-18")
