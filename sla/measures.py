"""What a process counts of its own work, for `/metrics`: how long sweeps took, and what became of deliveries.

Names and endpoints only, no case and no person.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Summary

from notifiers.entries import Outcome


class Measures:
    """One a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._sweeps = Summary("shixian_sweep_seconds", "How long a sweep's steps took.", registry=self.registry)
        self._deliveries = Counter(
            "shixian_deliveries",
            "Attempts of this process since it was started, by endpoint and how they ended.",
            ("endpoint", "outcome"),
            registry=self.registry,
        )

    @contextmanager
    def sweep(self) -> Iterator[None]:
        """Measures what is done within, in seconds, unless it fails."""
        begun = monotonic()
        yield
        self._sweeps.observe(monotonic() - begun)

    def delivered(self, outcomes: Iterable[Outcome]) -> None:
        """Counts attempts that were settled; what was put back was none."""
        for outcome in outcomes:
            if outcome.result is not None:
                self._deliveries.labels(outcome.claimed.endpoint, outcome.result.value).inc()
