"""What each figure of a report is called, and its definition: said here once, shown beside the figure everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.words.language import Words


@dataclass(frozen=True)
class Meaning:
    """`brief` is a name for the head of a column."""

    name: str
    definition: str
    brief: str = ""


def meanings(said: Words) -> Mapping[str, Meaning]:
    """By the name a program knows a figure by, in the order in which a report has them."""
    return {**_rates(said), **_days(said), **_conduct(said), **_saved(said)}


def _rates(said: Words) -> Mapping[str, Meaning]:
    return {
        "on_time": Meaning(
            said.gettext("On-time rate"),
            said.gettext("completed on time (early included) ÷ (completed + open and already overdue)"),
        ),
        "closed_only": Meaning(
            said.gettext("On-time rate, closed cases only"),
            said.gettext("completed on time (early included) ÷ completed"),
            said.gettext("Closed cases only"),
        ),
        "early": Meaning(
            said.gettext("Early rate"),
            said.gettext("completed on a date before the due date ÷ completed, immediate items left out"),
        ),
        "immediate": Meaning(said.gettext("Immediate rate"), said.gettext("immediate items ÷ completed")),
        "completed": Meaning(said.gettext("Completed"), said.gettext("cases completed in the period")),
        "open_overdue": Meaning(
            said.gettext("Open and overdue"),
            said.gettext("cases not decided that are past their limit, and were due on or before the last day"),
        ),
    }


def _days(said: Words) -> Mapping[str, Meaning]:
    of = said.gettext("completed in the period under a limit in working days, immediate items left out")
    return {
        "used_mean": Meaning(
            said.gettext("Working days used, mean"), said.gettext("working days used ÷ cases %(of)s", of=of)
        ),
        "used_median": Meaning(
            said.gettext("Half were done within"),
            said.gettext("the fewest working days within which half of them were done, of cases %(of)s", of=of),
        ),
        "used_p90": Meaning(
            said.gettext("Nine of ten were done within"),
            said.gettext("the fewest working days within which nine tenths were done, of cases %(of)s", of=of),
        ),
        "speed_up": Meaning(
            said.gettext("Speed-up"), said.gettext("(statutory − used) ÷ statutory, as the law counts the days")
        ),
        "paused": Meaning(
            said.gettext("Time not counted"),
            said.gettext("working days paused ÷ (working days used + working days paused)"),
        ),
    }


def _conduct(said: Words) -> Mapping[str, Meaning]:
    return {
        "extended": Meaning(
            said.gettext("Extended"),
            said.gettext("cases that were given more time ÷ cases completed under a limit in working days"),
        ),
        "extension_days": Meaning(
            said.gettext("Days of extension"), said.gettext("working days they were given more, all together")
        ),
        "late_entries": Meaning(
            said.gettext("Late entries"),
            said.gettext(
                "entries made more than one working day after what they tell of ÷ all entries of the cases completed"
            ),
        ),
        "free_days": Meaning(
            said.gettext("Days without anything overdue"),
            said.gettext("working days on which no case was past its due date ÷ working days of the period up to now"),
        ),
        "free_running": Meaning(
            said.gettext("Of these in a row at the end"),
            said.gettext("working days since the last one on which a case was past its due date"),
        ),
    }


def _saved(said: Words) -> Mapping[str, Meaning]:
    return {
        "compression": Meaning(
            said.gettext("Compression"), said.gettext("(statutory − promised) ÷ statutory, summed over the permits")
        ),
        "saved_per_item": Meaning(
            said.gettext("Days saved an item"),
            said.gettext("statutory − promised working days, summed over the permits"),
        ),
        "saved_over_cases": Meaning(
            said.gettext("Days saved by the promise"),
            said.gettext("days saved an item × cases completed in the period"),
        ),
        "saved_really": Meaning(
            said.gettext("Days really saved"),
            said.gettext("statutory days of the completed cases − working days they really used"),
        ),
    }
