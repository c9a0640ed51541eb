"""What became of the messages of a case's alarms: whether those they told can have read them (M6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from notifiers.entries import Fate
from notifiers.outbox import fates
from sla.alarms import Alarm, AlarmKey
from sla.service.bringing import Amendment
from sla.service.offices import Office
from sla.service.telling import message_key
from sla.store.engine import Session

Heard = Mapping[tuple[UUID, AlarmKey, str], Fate]  # of case, alarm and person: whether they can have read it


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
    """One question for all the cases: what became of the messages of the alarms that were raised.

    The digest of a change that is not finished is still to come: nobody can have read it.
    """
    to_come = {amendment.seq for amendment in amendments if not amendment.finished}
    keys: dict[str, list[tuple[UUID, AlarmKey, str]]] = {}
    heard: dict[tuple[UUID, AlarmKey, str], Fate] = {}
    for case_id, alarms in stored.items():
        for alarm in alarms:
            for person in alarm.told:
                if alarm.change in to_come:
                    heard[case_id, alarm.key, person] = Fate.WAITING
                elif person in office.people:
                    for endpoint in office.people[person].addresses:
                        key = message_key(office, case_id, alarm, office.people[person], endpoint)
                        keys.setdefault(key, []).append((case_id, alarm.key, person))
    found = fates(session, office.id, keys) if keys else {}
    for key, fate in found.items():
        for place in keys[key]:  # by one channel it may have been given up, by the next it waits: whatever has gone out
            heard[place] = max(heard.get(place, fate), fate, key=_SURELY.index)
    return heard


_SURELY = (Fate.LOST, Fate.WAITING, Fate.TRIED)
