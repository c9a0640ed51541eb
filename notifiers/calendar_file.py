"""Deadlines for calendars (iCalendar, RFC 5545): as a file that is sent (method PUBLISH, RFC 5546), and as a calendar
that is subscribed to. A deadline is the same event in both."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDuration

from notifiers.message import Deadline
from notifiers.wording import seen


def calendar_file(deadlines: Sequence[Deadline], organizer: str, now: datetime) -> bytes:
    """One all-day event a deadline, on its day, published by `organizer` (a mail address). `now` is aware.

    Its UID is the deadline's id and its SEQUENCE the revision: what is sent later takes the place of what was sent
    before. There is no alarm in it: the reminders are ours.
    """
    calendar = _calendar(method="PUBLISH")
    for deadline in deadlines:
        event = _event(deadline, now)
        event.add("organizer", f"mailto:{organizer}")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def subscribed_calendar(deadlines: Sequence[Deadline], name: str, look_again: timedelta) -> bytes:
    """A calendar that is called `name` and is to be read again after a while; what is no longer in it is over.

    The same deadlines make the same bytes: an event's stamp is when it was last changed (RFC 5545, 3.8.7.2), which each
    deadline must say (ValueError).
    """
    calendar = _calendar(name=seen(name))
    calendar.add("x-wr-calname", seen(name))  # for those that do not know RFC 7986
    calendar.add("refresh-interval", look_again, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(look_again))
    for deadline in deadlines:
        if deadline.changed_at is None:
            raise ValueError("a deadline of a subscription needs to know when it was changed")
        event = _event(deadline, deadline.changed_at)
        event.add("last-modified", deadline.changed_at)
        if deadline.warn_before is not None:
            event.add_component(_alarm(deadline, deadline.warn_before))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _calendar(**properties: str) -> Calendar:
    calendar = Calendar()
    for name, value in {"version": "2.0", "prodid": "-//Shixian//shixian//EN", **properties}.items():
        calendar.add(name, value)
    return calendar


def _alarm(deadline: Deadline, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", seen(deadline.title))
    alarm.add("trigger", -before)
    return alarm


def _event(deadline: Deadline, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", deadline.id)
    event.add("sequence", deadline.revision)
    event.add("dtstamp", stamp)
    event.add("dtstart", deadline.on)
    event.add("dtend", deadline.on + timedelta(days=1))  # the first day that is no longer part of it
    event.add("summary", seen(deadline.title))
    event.add("description", seen(deadline.text))
    event.add("status", "TENTATIVE" if deadline.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy all day
    if deadline.link:
        event.add("url", deadline.link)
    return event
