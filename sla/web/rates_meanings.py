"""What the sets behind the figures are called, and what is in them."""

from collections.abc import Mapping

from sla.reports import Cut
from sla.service.offices import Office
from sla.service.report_asked import ground_names
from sla.service.report_facts import LIGHTS
from sla.service.report_tables import age_text
from sla.words import Words


def meaning(cut: Cut, value: str, office: Office, said: Words) -> tuple[str, str]:
    """The name of a set, and its definition."""
    if cut is Cut.USED:
        return said.gettext("Used %(days)s", days=said.days(int(value))), _in_days(said)
    if cut is Cut.PAUSED:
        names = ground_names(office)
        ground = said.joined(said.name(names[one]) if one in names else one for one in value.split("+"))
        return said.gettext("Paused: %(ground)s", ground=ground), _in_days(said)
    if cut is Cut.WAITING:
        return said.gettext("Open cases"), _waiting(value, said)
    return _named(said)[cut]


def _in_days(said: Words) -> str:
    return said.gettext("completed in the period under a limit in working days, immediate items left out")


def _waiting(value: str, said: Words) -> str:
    age, _, light = value.partition("-")
    parts = [said.gettext("not decided today")]
    if age:
        parts.append(said.gettext("begun %(age)s ago", age=age_text(int(age), said)))
    if light:
        parts.append(_lights(said)[light])
    return said.joined(parts)


def _lights(said: Words) -> Mapping[str, str]:
    words = (
        said.gettext("past the limit"), said.gettext("close to the limit, by the threshold of the newest policy"),
        said.gettext("within the limit"), said.gettext("paused"),
    )  # fmt: skip
    return dict(zip(LIGHTS, words, strict=True))


def _named(said: Words) -> Mapping[Cut, tuple[str, str]]:
    completed = said.gettext("completed in the period")
    overdue = said.gettext("not decided, and past the limit now; due on or before the last day")
    return {
        Cut.COUNTED: (
            said.gettext("Completed, or open and overdue"),
            said.gettext(
                "completed in the period, or not decided, past the limit now and due on or before the last day"
            ),
        ),
        Cut.COMPLETED: (said.gettext("Completed"), completed),
        Cut.ON_TIME: (
            said.gettext("Completed on time"),
            said.gettext("completed in the period within the limit, early ones included"),
        ),
        Cut.LATE: (
            said.gettext("Completed late"),
            said.gettext("completed in the period after the limit had passed"),
        ),
        Cut.EARLY: (
            said.gettext("Completed early"),
            said.gettext("completed on a date before the due date, immediate items left out"),
        ),
        Cut.COMMITTED: (
            said.gettext("Completed, without immediate items"),
            said.gettext("completed in the period, immediate items left out: they cannot be early"),
        ),
        Cut.IMMEDIATE: (
            said.gettext("Immediate items"),
            said.gettext("completed in the period, due the day they came in"),
        ),
        Cut.OVERDUE: (said.gettext("Open and overdue"), overdue),
        Cut.MEASURED: (said.gettext("Measured in working days"), _in_days(said)),
    }
