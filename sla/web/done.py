"""What was recorded last, said once on the page that comes next, wherever that is: with its paper, and a way back."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from sla.access.cookies import cookie, give, take
from sla.events import KINDS, CaseEvent

DONE = "shixian-done"
LONGEST = 80  # of a case's number


@dataclass(frozen=True)
class Done:
    """The event that was recorded last in this browser."""

    kind: str
    seq: int
    number: str


def remember_done(request: HTTPConnection, response: Response, number: str, event: CaseEvent) -> None:
    """Let the next page say that an event of a case was recorded."""
    give(request, response, DONE, f"{event.kind}.{event.seq}.{quote(number, safe='')}")


def done_of(request: HTTPConnection) -> Done | None:
    """What the next page is to say. A browser may send anything: what we did not write says nothing."""
    kind, _, rest = cookie(request, DONE).partition(".")
    seq, _, quoted = rest.partition(".")
    number = unquote(quoted)
    written = kind in KINDS and seq.isascii() and seq.isdigit() and len(seq) < 9
    return Done(kind, int(seq), number) if written and 0 < len(number) <= LONGEST and number.isprintable() else None


def forget_done(request: HTTPConnection, response: Response) -> None:
    take(request, response, DONE)
