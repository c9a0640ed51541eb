"""For whoever watches the service: is it up, can it work, and what does it have to do."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sla.access.visitors import LOOPBACK, allow, visitor_of
from sla.rights import Right
from sla.service.health import Health, health
from sla.web.frame import App

Answer = Callable[[Request], Response]


def healthz(_: Request) -> Response:
    """It runs and answers."""
    return PlainTextResponse("ok")


def readyz_of(app: App) -> Answer:
    """It can work: its database answers and has this version's tables."""

    def answer(_: Request) -> Response:
        why = app.unready()
        return PlainTextResponse(f"not ready: {why}", 503) if why else PlainTextResponse("ready")

    return answer


def metrics_of(app: App) -> Answer:
    """Figures in the text format of Prometheus: those of the database, and this process's own. They name nobody, so
    that a program on this machine needs no key."""

    def answer(request: Request) -> Response:
        with app.reading() as session:
            now = app.now(session)
            if request.client is None or request.client.host not in LOOPBACK:
                allow(visitor_of(app, session, request, now), Right.READ)
            stored = CollectorRegistry()
            stored.register(_Stored(health(session, now), now))
        return Response(
            generate_latest(stored) + generate_latest(app.measures.registry), media_type=CONTENT_TYPE_LATEST
        )

    return answer


class _Stored(Collector):
    """What the database says, as gauges."""

    def __init__(self, found: Health, now: datetime) -> None:
        self._found, self._now = found, now

    def collect(self) -> Iterable[Metric]:
        found, oldest = self._found, "For how long the first of these is due."
        yield from _gauges(
            ("shixian_cases_waiting", "Cases with an alarm or a deadline before them.", found.waiting),
            ("shixian_cases_due", "Cases whose alarm or deadline has come and was not looked at.", found.due),
            (
                "shixian_cases_oldest_due_seconds",
                "For how long the first of these is due.",
                self._age(found.oldest_due),
            ),
            ("shixian_messages_pending", "Messages in the outbox that wait to be sent.", found.outbox.pending),
            ("shixian_messages_due", "Messages whose time to be sent has come.", found.outbox.due),
            ("shixian_messages_oldest_due_seconds", oldest, self._age(found.outbox.oldest_next_at)),
            ("shixian_messages_dead", "Messages that were given up.", found.outbox.dead),
        )
        horizon = GaugeMetricFamily(
            "shixian_calendar_horizon_days", "Days until the last announced day of a calendar.", labels=["office"]
        )
        for slug, days in found.horizon.items():
            horizon.add_metric([slug], days)
        yield horizon

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._now - since).total_seconds()) if since else 0.0


def _gauges(*told: tuple[str, str, float]) -> Iterator[Any]:
    for name, help_text, value in told:
        yield GaugeMetricFamily(name, help_text, value=value)
