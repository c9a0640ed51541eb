"""What most commands need: the app, the office, the time of the step."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

OfficeOption = Annotated[str, typer.Option("--office", help="which office, where there are several (SLA_OFFICE)")]
JsonOption = Annotated[bool, typer.Option("--json", help="as JSON")]
ActorOption = Annotated[
    str, typer.Option("--by", help="who records it: a person's id (SLA_PERSON)", envvar="SLA_PERSON")
]
AtOption = Annotated[
    str, typer.Option("--at", help="when it happened: 2026-09-18 or 2026-09-18T15:00+08:00; now if left out")
]


@dataclass(frozen=True)
class Step:
    """One transaction of a command."""

    session: Any
    office: Any
    now: datetime


@contextmanager
def step(office: str, *, writes: bool = False) -> Iterator[Step]:
    """Open the database of the settings, choose the office, and read the time once."""
    from sla.app import build
    from sla.service.offices import office_named

    app = build()
    try:
        with app.writing() if writes else app.reading() as session:
            yield Step(session, office_named(session, office or app.settings.office), app.now(session))
    finally:
        app.close()


def print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()
