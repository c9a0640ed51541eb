"""What lies on the desks on the day: one open case of each kind there is something to say about.

All of it happened before the day began, so that the hour of the day changes nothing. On a day off nothing can be due
today: what would be is due on the next working day, and the overdue ones stand as they stood on the last one.
"""

from collections.abc import Iterator
from datetime import date

from schedules.calendars import WorkingCalendar
from sla.demo.titles import Titles
from sla.demo.told import Told, moment
from sla.policies import Basis, Policy


def desk_of(policy: Policy, calendar: WorkingCalendar, day: date, titles: Titles) -> list[Told]:
    """The open cases of the day in the order they came in. They have no areas: the totals stay the article's."""
    desk = _Desk(policy, calendar, day, titles)
    return sorted((*desk.running(), *desk.overdue(), *desk.special()), key=lambda case: case.began)


class _Desk:
    def __init__(self, policy: Policy, calendar: WorkingCalendar, day: date, titles: Titles) -> None:
        self.policy, self.calendar, self.day, self.titles = policy, calendar, day, titles
        self.last = calendar.nth_working_day(
            calendar.nth_working_day(day, 1), -1
        )  # the day itself, or the last that works

    def running(self) -> Iterator[Told]:
        """Due today, and on each of the next three working days."""
        yield self._accepted("site_selection", "li", due_in=0)
        yield self._accepted("construction_works", "wang", due_in=0)
        yield self._accepted("verification_opinion", "zhou", due_in=0)
        yield self._after_closing("planning_condition_notice", "li")
        yield self._accepted("land_use", "wang", due_in=1)
        yield self._accepted("acceptance_notice", "li", due_in=2)
        yield self._accepted("rural_construction", "zhou", due_in=3)
        yield self._with_papers_owed("construction_works", "li", due_in=5)

    def overdue(self) -> Iterator[Told]:
        """One at each level of the chain: handler and chief, head of the centre (+1), supervision (+3)."""
        yield self._late("land_use", "li", by=1)
        yield self._late("site_selection", "zhou", by=2)
        yield self._late("acceptance_notice", "wang", by=4)

    def special(self) -> Iterator[Told]:
        """Paused, entered late, in correction, and awaiting acceptance."""
        yield self._in_review("construction_works", "zhou")
        yield self._entered_late("site_selection", "wang")
        yield self._in_correction("land_use", "zhou")
        yield self._received("rural_construction", "li", self._back(3), "15:10")
        yield self._received("site_selection", "wang", self._back(1), "10:40")

    def _accepted(self, permit: str, handler: str, due_in: int) -> Told:
        """Due so many working days after the day."""
        begun = self._back(self._promise(permit) - due_in)
        return self._received(permit, handler, begun, "09:20").then("accepted", moment(begun, "09:50"))

    def _with_papers_owed(self, permit: str, handler: str, due_in: int) -> Told:
        """Accepted although two papers are still to come (容缺受理), within two working days."""
        begun, owed = self._back(self._promise(permit) - due_in), [p.id for p in self.policy.permit(permit).papers[-2:]]
        told = Told(self.policy.permit(permit), handler)
        told.received(moment(begun, "09:20"), self.titles.of(permit), owed)
        owed_by = self.calendar.nth_working_day(self.day, 2).isoformat()
        return told.then("accepted", moment(begun, "09:50"), owed=owed, owed_by=owed_by)

    def _late(self, permit: str, handler: str, by: int) -> Told:
        """So many working days overdue on the last working day."""
        begun = self.calendar.nth_working_day(self.last, -self._promise(permit) - by)
        return self._received(permit, handler, begun, "14:05").then("accepted", moment(begun, "14:40"))

    def _after_closing(self, permit: str, handler: str) -> Told:
        """An immediate item that came in after the last closing (延时服务): due on the next working day (R8)."""
        begun = self._back(1)
        return self._received(permit, handler, begun, "17:10").then("accepted", moment(begun, "17:20"))

    def _in_review(self, permit: str, handler: str) -> Told:
        told = self._received(permit, handler, self._back(5), "09:05").then("accepted", moment(self._back(5), "10:30"))
        notice, end = f"云规特〔{self.day.year}〕101号", self.calendar.nth_working_day(self.day, 6)
        return told.then(
            "paused",
            moment(self._back(3), "15:30"),
            ground="expert_review",
            notice=notice,
            expected_end=end.isoformat(),
        )

    def _entered_late(self, permit: str, handler: str) -> Told:
        """Done on paper, and keyed in two working days later (R13)."""
        entered = moment(self._back(1), "16:30")
        told = Told(self.policy.permit(permit), handler)
        told.received(moment(self._back(3), "10:00"), self.titles.of(permit), recorded_at=entered)
        return told.then("accepted", moment(self._back(3), "10:20"), entered)

    def _in_correction(self, permit: str, handler: str) -> Told:
        missing = [paper.id for paper in self.policy.permit(permit).papers[1:3]]
        told = Told(self.policy.permit(permit), handler)
        told.received(moment(self._back(4), "11:15"), self.titles.of(permit), missing)
        notice = f"云规补〔{self.day.year}〕58号"
        return told.then("correction_requested", moment(self._back(3), "09:40"), papers=missing, notice=notice)

    def _received(self, permit: str, handler: str, on: date, clock: str) -> Told:
        return Told(self.policy.permit(permit), handler).received(moment(on, clock), self.titles.of(permit))

    def _back(self, days: int) -> date:
        """So many working days before the day, which is not counted."""
        return self.calendar.nth_working_day(self.day, -days)

    def _promise(self, permit: str) -> int:
        return next(rule.limit.amount for rule in self.policy.rules(permit) if rule.basis is Basis.PROMISE)
