"""`sla serve | worker | migrate | doctor | demo`: the service itself."""

import signal
import threading
from typing import Annotated, Any

import typer

from sla.cli.context import JsonOption, print_json


def serve(
    port: Annotated[int, typer.Option(help="which port; SLA_PORT or 8000 if left out", min=0, max=65_535)] = 0,
) -> None:
    from sla.app import build, configure_logging
    from sla.serving import serve_app, stoppable
    from sla.settings import Settings

    settings = Settings()
    configure_logging(settings)
    app = build(settings)
    with stoppable():
        serve_app(app, port or settings.port, heartbeat=not settings.public_only)


def worker() -> None:
    from sla.app import build, configure_logging
    from sla.settings import Settings

    settings = Settings()
    configure_logging(settings)
    app = build(settings)
    heartbeat = app.heartbeat()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    heartbeat.start()
    stopped.wait()
    heartbeat.stop()
    app.close()


def migrate() -> None:
    from sla.app import migrated
    from sla.settings import Settings

    before, after, where = migrated(Settings())
    done = "is up to date" if before == after else f"{before or 'empty'} → {after}"
    print(f"{where}: {done}")


def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="rebuild clocks and alarms from the events, and list what differed")
    ] = False,
    keep: Annotated[
        str, typer.Option("--retention", help="count what would be removed of messages kept so long, such as '2 years'")
    ] = "",
    trust_clock: Annotated[
        bool, typer.Option("--trust-clock", help="what the clock says now is right, whatever is on record")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    from sla.app import build
    from sla.service import doctor as service
    from sla.service.audit import audited

    app = build()
    try:
        if trust_clock:
            app.trust_clock()
        with app.writing() if rebuild else app.reading() as session:
            now = app.now(session)
            findings = [
                *app.of_clock(session), *service.examined(session, now, app.environment, keep), *audited(session),
            ]  # fmt: skip
            if rebuild:
                findings += service.rebuilt(session, now)
    finally:
        app.close()
    if as_json:
        print_json([finding.__dict__ for finding in findings])
    else:
        _print(findings)
    if any(finding.serious for finding in findings):
        raise typer.Exit(1)


def demo(
    port: Annotated[
        int, typer.Option(help="which port; the next free one from 8000 if left out", min=0, max=65_535)
    ] = 0,
    on: Annotated[str, typer.Option(help="the day it plays on, such as 2026-09-18; today if left out")] = "",
    folder: Annotated[str, typer.Option(help="keep the database in this folder; a throw-away one if left out")] = "",
    prepare: Annotated[bool, typer.Option("--prepare", help="make the database, say where it is, and stop")] = False,
) -> None:
    from sla.demo import run

    run(port=port, on=on, folder=folder, prepare=prepare)


def _print(findings: list[Any]) -> None:
    for finding in findings:
        print(f"{'!' if finding.serious else '·'} {finding.where}: {finding.what} — {finding.mend}")
    if not findings:
        print("all is well")
