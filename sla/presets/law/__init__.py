"""The days and the law a policy counts by: its own, and what a country's law says of counting at large (CN.toml)."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from sla.policies import SOURCES, DaysOff
from sla.presets.fields import Fields


@lru_cache(maxsize=64)
def country_law(country: str) -> Mapping[str, str]:
    """What a country's law says of counting, by SOURCES; nothing where none is written down."""
    law = resources.files(__name__).joinpath(f"{country}.toml")
    return tomllib.loads(law.read_text("utf-8")) if re.fullmatch("[A-Z]{2}", country) and law.is_file() else {}


def sources_of(entry: Fields) -> dict[str, str]:
    """The law behind each rule of counting, as a policy or one of its clocks names it."""
    named = entry.table("sources").only(set(SOURCES))
    return {rule: named.text(rule) for rule in named if rule in SOURCES}


def subdivs_of(head: Fields) -> tuple[str, ...]:
    """One subdivision or several; of several, a day off in any of them is off."""
    one = head.values.get("subdiv")
    return (one,) if isinstance(one, str) else tuple(head.texts("subdiv"))


def days_off(entry: Fields) -> DaysOff:
    """Days the law takes off beside what is announced for the country (R3)."""
    entry.only({"names", "source", "dated", "yearly"})
    dated, yearly = entry.items("dated"), entry.items("yearly")
    if not (dated or yearly) and not entry.lost:
        entry.wrong("", 'must name days: dated = [2027-05-07], or yearly = ["05-05"]')
    return DaysOff(
        entry.names(),
        entry.text("source"),
        tuple(day for day in dated if _is_date(entry, day)),
        tuple(found for found in (_month_and_day(entry, text) for text in yearly) if found),
    )


def _is_date(entry: Fields, day: Any) -> bool:
    if type(day) is date:
        return True
    entry.wrong("dated", "must be a date such as 2026-01-01")
    return False


def _month_and_day(entry: Fields, text: Any) -> tuple[int, int] | None:
    try:
        day = date.fromisoformat(f"2023-{text}")  # no leap year: 29 February does not come yearly
    except ValueError:
        entry.wrong("yearly", '%(text)r is no day of every year; write "05-05" for 5 May', text=text)
        return None
    return day.month, day.day
