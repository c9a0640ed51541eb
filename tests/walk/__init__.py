"""An independent oracle of deadlines: it walks the calendar day by day, and service minute by minute, as a clerk would.

It knows only what the rules say (R1-R11, R21) and the format of a request. It imports nothing of the engine, shares no
code with it, and keeps no table: slow, and meant to be.
"""

from tests.walk.answers import Answer, answer
from tests.walk.calendars import Calendar

__all__ = ["Answer", "Calendar", "answer"]
