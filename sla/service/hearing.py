"""What became of the messages of a case's alarms: whether those they told can have read them (M6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from notifiers.endpoints import names_of
from notifiers.entries import Fate
from notifiers.outbox import fates
from sla.alarms import Alarm, AlarmKey
from sla.service.bringing import Amendment
from sla.service.offices import Office
from sla.service.telling import message_key
from sla.store.engine import Session

Place = tuple[UUID, AlarmKey, str]  # a case, an alarm of it, and a person whom that told
Heard = Mapping[Place, Fate]  # whether they can have read it


@dataclass(frozen=True)
class StoredAlarms:
    """The stored alarms of a case, and who of those they told can have read it."""

    alarms: list[Alarm]
    case_id: UUID
    heard: Heard

    def fates(self, alarm: Alarm) -> list[Fate]:
        found = (self.heard.get((self.case_id, alarm.key, person)) for person in alarm.told)
        return [fate for fate in found if fate is not None]

    def unsaid(self, alarm: Alarm) -> bool:
        """Whether none of its messages can have been read."""
        return bool(self.fates(alarm)) and Fate.TRIED not in self.fates(alarm)

    def lost(self, alarm: Alarm) -> bool:
        """Whether all of its messages were dropped unsaid: it is as if it had never been raised."""
        return bool(alarm.told) and set(self.fates(alarm)) == {Fate.LOST}

    def really_told(self, alarm: Alarm) -> Alarm:
        """The alarm with just those whose message has gone out, or may have."""
        tried = [p for p in alarm.told if self.heard.get((self.case_id, alarm.key, p)) is Fate.TRIED]
        return replace(alarm, told=tuple(tried))


def heard_of(
    session: Session, office: Office, stored: Mapping[UUID, Sequence[Alarm]], amendments: Sequence[Amendment]
) -> Heard:
    """What became of the messages of the alarms that were raised: of all the cases in one question, or in two.

    Of messages that are kept no longer the alarm itself knows. The digest of a change that is not finished is still to
    come: nobody can have read it.
    """
    to_come = {amendment.seq for amendment in amendments if not amendment.finished}
    heard: dict[Place, Fate] = {}
    asked: dict[Place, Alarm] = {}
    for case_id, alarms in stored.items():
        for alarm in alarms:
            kept = dict(alarm.fates)
            for person in alarm.told:
                place = (case_id, alarm.key, person)
                if alarm.change in to_come:
                    heard[place] = Fate.WAITING
                elif person in office.people:
                    if person in kept:
                        heard[place] = Fate(kept[person])
                    if heard.get(place) is not Fate.TRIED:
                        asked[place] = alarm
    _ask(session, office, asked, heard, lambda person: office.people[person].addresses)
    missing = {place: alarm for place, alarm in asked.items() if place not in heard}
    if missing:  # they were told by a channel that reaches them no longer
        names = names_of(session, office.id)
        _ask(session, office, missing, heard, lambda _: names)
    return heard


def _ask(
    session: Session,
    office: Office,
    asked: Mapping[Place, Alarm],
    heard: dict[Place, Fate],
    channels: Callable[[str], Iterable[str]],
) -> None:
    """Look for each message by each of the channels. By one it may have been given up, by the next it waits: whatever
    has gone out counts."""
    keys: dict[str, list[Place]] = {}
    for place, alarm in asked.items():
        case_id, _, person = place
        for channel in channels(person):
            keys.setdefault(message_key(office, case_id, alarm, office.people[person], channel), []).append(place)
    found = fates(session, office.id, keys) if keys else {}
    for key, fate in found.items():
        for place in keys[key]:
            heard[place] = max(heard.get(place, fate), fate, key=SURELY.index)


SURELY = (Fate.LOST, Fate.WAITING, Fate.TRIED)
