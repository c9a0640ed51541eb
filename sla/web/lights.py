"""A clock's light and marks as they stand on a page: always a symbol, a word and a border, never colour alone."""

from dataclasses import dataclass
from enum import StrEnum

from sla.clock import Clock, Light, State
from sla.words import Words


class Sign(StrEnum):
    """What is drawn: a light, or that none is lit. The name is the style's and the symbol's."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True)
class Shown:
    """A light: which symbol, and its word."""

    sign: Sign
    word: str


@dataclass(frozen=True)
class Mark:
    """A short remark on a due date, and what it means."""

    word: str
    meaning: str


def light_of(clock: Clock, said: Words) -> Shown:
    """Paused, pending and cancelled clocks have no light of their own."""
    if clock.state is State.PAUSED:
        return Shown(Sign.PAUSED, said.term(State.PAUSED))
    if clock.state in (State.PENDING, State.CANCELLED):
        return Shown(Sign.NONE, said.term(clock.state))
    return Shown(
        {Light.GREEN: Sign.GREEN, Light.YELLOW: Sign.YELLOW, Light.RED: Sign.RED}[clock.light], said.term(clock.light)
    )


def marks_of(clock: Clock, said: Words) -> tuple[Mark, ...]:
    """A provisional due date (R15; of a paused clock the date if resumed says it), capped by the statute (R12), deemed
    accepted (R18), and what came too late (R21)."""
    marks = []
    if clock.provisional and clock.due_on:
        meaning = said.gettext("The date is provisional: the holidays of that time are not announced yet.")
        marks.append(Mark(said.gettext("provisional"), meaning))
    if clock.capped:
        marks.append(
            Mark(said.gettext("capped"), said.gettext("The promise is capped: it is due with the statutory limit."))
        )
    if clock.deemed:
        meaning = said.gettext(
            "Nobody answered within the limit, so the case counts as accepted from the day it came in."
        )
        marks.append(Mark(said.gettext("deemed accepted"), meaning))
    if clock.refused:
        meaning = said.gettext("A pause was recorded after the deadline; it does not stop this clock.")
        marks.append(Mark(said.gettext("late pause"), meaning))
    return tuple(marks)
