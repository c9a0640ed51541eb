"""What may follow what in a case; everything else is refused before it is written (R14)."""

import pytest

from sla.events import (
    CaseEvent,
    CorrectionRequested,
    Delivered,
    NotRequired,
    Refused,
    StageEntered,
    StageLeft,
    Withdrawn,
)
from sla.history import HistoryError, Phase
from tests.core.cast import accepted, case, decided, paused, received, when
from tests.core.test_deemed_acceptance import asked, completed

BEGUN = received("2026-09-18 09:00")
IN = accepted("2026-09-18 09:30")
OUT = decided("2026-09-21 10:00")
NOW = "2026-09-22 12:00"


def delivered(text: str) -> Delivered:
    return Delivered(**when(text), seq=30, method="by hand")


def withdrawn(text: str) -> Withdrawn:
    return Withdrawn(**when(text), seq=31)


def refused(text: str) -> Refused:
    return Refused(**when(text), seq=32, reason="not ours")


def stage(text: str, kind: type[StageEntered] | type[StageLeft], seq: int) -> CaseEvent:
    return kind(**when(text), seq=seq, stage="survey")


@pytest.mark.parametrize(
    ("events", "phase"),
    [
        ([BEGUN], Phase.RECEIVED),
        ([BEGUN, asked("2026-09-18 09:20")], Phase.CORRECTION),
        ([BEGUN, asked("2026-09-18 09:20"), completed("2026-09-18 09:25")], Phase.RECEIVED),
        ([BEGUN, IN], Phase.ACCEPTED),
        ([BEGUN, IN, OUT], Phase.DECIDED),
        ([BEGUN, IN, OUT, delivered("2026-09-21 11:00")], Phase.DELIVERED),
        ([BEGUN, IN, withdrawn("2026-09-21 11:00")], Phase.CLOSED),
        ([BEGUN, refused("2026-09-18 10:00")], Phase.CLOSED),
        ([BEGUN, NotRequired(**when("2026-09-18 10:00"), seq=2, reason="no permit is needed")], Phase.CLOSED),
    ],
)
def test_a_case_stands_where_its_events_lead(events: list[CaseEvent], phase: Phase) -> None:
    assert case(events, NOW).phase is phase


@pytest.mark.parametrize(
    ("events", "field"),
    [
        ([], "occurred_at"),
        ([IN], "occurred_at"),  # nothing was received
        ([BEGUN, received("2026-09-18 09:10", seq=5)], "kind"),  # received twice
        ([BEGUN, OUT], "kind"),  # decided before acceptance
        ([BEGUN, IN, accepted("2026-09-18 10:00", seq=6)], "kind"),
        ([BEGUN, IN, refused("2026-09-21 10:00")], "kind"),
        ([BEGUN, IN, asked("2026-09-21 10:00", seq=6)], "kind"),  # 补正 comes before acceptance
        ([BEGUN, asked("2026-09-18 09:20"), accepted("2026-09-18 09:40", seq=6)], "kind"),  # papers are still missing
        ([BEGUN, completed("2026-09-18 09:20")], "kind"),
        ([BEGUN, IN, delivered("2026-09-21 10:00")], "kind"),  # nothing was decided
        ([BEGUN, IN, OUT, decided("2026-09-22 10:00", seq=21)], "kind"),
        ([BEGUN, IN, OUT, withdrawn("2026-09-22 10:00")], "kind"),
        ([BEGUN, withdrawn("2026-09-18 10:00"), accepted("2026-09-18 11:00")], "kind"),
        ([BEGUN, paused("2026-09-18 10:00")], "kind"),
        ([BEGUN, asked("2026-09-18 09:20", "passport")], "papers"),  # no paper of this permit
        ([BEGUN, IN, stage("2026-09-18 10:00", StageEntered, 3)], "stage"),  # the policy has no such stage
        ([BEGUN, IN, stage("2026-09-18 10:00", StageLeft, 3)], "stage"),
    ],
)
def test_an_event_that_cannot_stand_where_it_stands_is_refused_by_field(events: list[CaseEvent], field: str) -> None:
    with pytest.raises(HistoryError) as caught:
        case(events, NOW)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


def test_a_request_for_papers_names_at_least_one() -> None:
    with pytest.raises(HistoryError, match="32") as caught:
        case([BEGUN, CorrectionRequested(**when("2026-09-18 10:00"), seq=2, papers=())], NOW)
    assert caught.value.field == "papers"


def test_a_case_of_an_unknown_permit_is_refused() -> None:
    with pytest.raises(ValueError, match="is unknown in cn_planning; known are: site_selection") as caught:
        case([received("2026-09-18 09:00", "fishing")], NOW)
    assert getattr(caught.value, "field", None) == "permit"
