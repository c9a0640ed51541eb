"""How long to wait before the next try: eight attempts over about eighteen hours, then a person decides."""

from datetime import datetime, timedelta

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
STRETCH = 0.1


def next_attempt_at(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` failed attempts (1 or more), or None: it is a dead letter.

    `jitter`, in [0, 1), stretches the pause by up to 10 %, so that many failures do not come back together.
    Source: CHANNELS.md, Retry. Raises ValueError for a number out of range.
    """
    if attempts < 1:
        raise ValueError(f"attempts is {attempts}; there is no next attempt before the first")
    if not 0 <= jitter < 1:
        raise ValueError(f"jitter is {jitter}; it lies in [0, 1)")
    if attempts > len(PAUSES):
        return None
    return now + PAUSES[attempts - 1] * (1 + STRETCH * jitter)
