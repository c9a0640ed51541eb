"""Deadlines as a file for calendars (iCalendar, RFC 5545; method PUBLISH, RFC 5546)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from notifiers.message import Deadline
from notifiers.wording import seen


def calendar_file(deadlines: Sequence[Deadline], organizer: str, now: datetime) -> bytes:
    """One all-day event a deadline, on its day, published by `organizer` (a mail address). `now` is aware.

    Its UID is the deadline's id and its SEQUENCE the revision: what is sent later takes the place of what was sent
    before. There is no alarm in it: the reminders are ours.
    """
    calendar = Calendar()
    for name, value in (("version", "2.0"), ("prodid", "-//Shixian//shixian//EN"), ("method", "PUBLISH")):
        calendar.add(name, value)
    for deadline in deadlines:
        calendar.add_component(_event(deadline, organizer, now))
    content: bytes = calendar.to_ical()
    return content


def _event(deadline: Deadline, organizer: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", deadline.id)
    event.add("sequence", deadline.revision)
    event.add("dtstamp", now)
    event.add("dtstart", deadline.on)
    event.add("dtend", deadline.on + timedelta(days=1))  # the first day that is no longer part of it
    event.add("summary", seen(deadline.title))
    event.add("description", seen(deadline.text))
    event.add("organizer", f"mailto:{organizer}")
    event.add("status", "TENTATIVE" if deadline.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy all day
    if deadline.link:
        event.add("url", deadline.link)
    return event
