"""What most commands need: the app, the office, the time of the step."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
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
    """One transaction of a command, and the settings it was started with."""

    settings: Any
    session: Any
    office: Any
    now: datetime


@contextmanager
def step(office: str, *, writes: bool = False) -> Iterator[Step]:
    """Open the database of the settings, choose the office, and read the time once.

    What was written stays when nobody reads on what is printed of it (`sla case receive ... | head -1`).
    """
    from sla.app import build
    from sla.service.offices import office_named

    app, unread = build(), None
    try:
        with app.writing() if writes else app.reading() as session:
            chosen = office_named(session, office or app.settings.office)
            try:
                yield Step(app.settings, session, chosen, app.now(session))
            except BrokenPipeError as error:
                unread = error
        if unread:
            raise unread
    finally:
        app.close()


def text_of(file: Path) -> str:
    """What a file says. Raises ServiceError for one that cannot be read."""
    from sla.service.errors import ServiceError

    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise ServiceError("file", "%(file)s cannot be read: %(why)s", file=file, why=error.strerror) from None
    except UnicodeDecodeError:
        raise ServiceError("file", "%(file)s is not UTF-8; save it as UTF-8", file=file) from None


def asked(question: str) -> bool:
    """Whether whoever sits at the terminal says yes."""
    return typer.confirm(question)


def at_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def print_rows(value: Mapping[str, object], name: str, rows: Iterable[object]) -> None:
    """The value as JSON with one more field: its rows, each on a line of its own, however many there are."""
    head = json.dumps(value, ensure_ascii=False, indent=2, default=str).removesuffix("\n}")
    print(f"{head},\n  {json.dumps(name)}: [", end="")
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    ahead = "\n    "
    for row in rows:
        sys.stdout.write(ahead + encode(row))
        ahead = ",\n    "
    print("\n  ]\n}")


def print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    print()
