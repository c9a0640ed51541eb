"""Days, as forms and commands give them."""

from datetime import date

from sla.service.errors import ServiceError


def day_of(text: str, field: str) -> date:
    """A day between 1901 and 2187, written like 2026-09-18. Raises ServiceError."""
    wrong = ServiceError(field, "%(text)r is no date; write 2026-09-18", text=text[:40])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if not 1900 < day.year < 2188 or len(text) != len("2026-09-18"):
        raise wrong
    return day
