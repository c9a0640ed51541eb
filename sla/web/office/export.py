"""The office as files for auditors and administrators, packed: all of it, its event log, its supervision feed; what
`sla export` writes.

A file is written out before its first byte is sent, as every file is: a slow reader keeps no transaction open.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from sla.formats.as_csv import write_csv
from sla.formats.as_xes import write_xes
from sla.formats.whole import packed
from sla.presets import feeds
from sla.rights import Right
from sla.service.event_logs import event_log
from sla.service.exporting import LEVEL, exported_beside
from sla.service.feeds import feed
from sla.web.files import IN_MEMORY, ListError, pieces, refused
from sla.web.frame import App, Visit
from sla.web.periods import PeriodError, day_of
from sla.web.routes import Route, shown

WHOLE, LOG, FEED = "/audit/office.jsonl.gz", "/audit/log.xes.gz", "/audit/feed.csv.gz"
Days = tuple[date | None, date | None]


def routes(app: App) -> list[Route]:
    every = ((WHOLE, _whole), (LOG, _log), (FEED, _feed))
    return [  # a large office takes a while
        replace(shown(app, path, Right.AUDIT, partial(_file, path.partition(".")[2], write)), waits=True)
        for path, write in every
    ]


def _whole(visit: Visit, out: IO[bytes]) -> None:
    out.writelines(exported_beside(visit.session, visit.office.id))


def _log(visit: Visit, out: IO[bytes]) -> None:
    write_xes(event_log(visit.session, visit.office, *_days(visit), visit.said), out)


def _feed(visit: Visit, out: IO[bytes]) -> None:
    codes = feeds.mapping_of(feeds.shipped_text())
    write_csv(feed(visit.session, visit.office, codes, *_days(visit), visit.now, visit.said), out)


def _days(visit: Visit) -> Days:
    """The first and the last day that were asked for, None for an open end. Raises ListError."""
    try:
        first, last = (
            day_of(name, text, visit.said) if (text := visit.asked(name)) else None for name in ("from", "to")
        )
    except PeriodError as error:
        raise ListError(error.text) from None
    return first, last


def _file(ending: str, write: Callable[[Visit, IO[bytes]], None], app: App, visit: Visit) -> Response:
    out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed once it was sent
    try:
        with packed(out, LEVEL) as inner:
            write(visit, cast("IO[bytes]", inner))
    except ListError as error:
        out.close()
        return refused(app, visit, error.text)
    except BaseException:
        out.close()
        raise
    name = f"{visit.office.slug}-{visit.office.today(visit.now)}.{ending}"
    headers = {"Content-Length": str(out.seek(0, 2)), "Content-Disposition": f'attachment; filename="{name}"'}
    out.seek(0)
    return StreamingResponse(pieces(out), 200, headers, "application/gzip", BackgroundTask(out.close))
