"""Everything of the office as a file, for auditors and administrators: what `sla export lines` writes, packed.

It is written out before its first byte is sent, as every file is: a slow reader keeps no transaction open.
"""

from dataclasses import replace
from tempfile import SpooledTemporaryFile

from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from sla.formats.whole import packed
from sla.rights import Right
from sla.service.exporting import LEVEL, exported_beside
from sla.web.files import IN_MEMORY, pieces
from sla.web.frame import App, Visit
from sla.web.routes import Route, shown

PATH = "/audit/office.jsonl.gz"


def routes(app: App) -> list[Route]:
    return [replace(shown(app, PATH, Right.AUDIT, _file), waits=True)]  # a large office takes a while


def _file(app: App, visit: Visit) -> Response:  # noqa: ARG001 - as every page
    out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed once it was sent
    try:
        with packed(out, LEVEL) as lines:
            lines.writelines(exported_beside(visit.session, visit.office.id))
    except BaseException:
        out.close()
        raise
    name = f"{visit.office.slug}-{visit.office.today(visit.now)}.jsonl.gz"
    headers = {"Content-Length": str(out.seek(0, 2)), "Content-Disposition": f'attachment; filename="{name}"'}
    out.seek(0)
    return StreamingResponse(pieces(out), 200, headers, "application/gzip", BackgroundTask(out.close))
