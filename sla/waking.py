"""The heartbeat of a node, woken ahead of its time where the database can say that there is something to do."""

import threading

from schedules.scheduler import Heartbeat
from sla.store.engine import Engine
from sla.store.wakes import listen


class Wakeful:
    """Runs the heartbeat, and its job `name` at once whenever the database says so."""

    def __init__(self, heartbeat: Heartbeat, engine: Engine, name: str) -> None:
        self._heartbeat = heartbeat
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=listen, args=(engine, lambda: heartbeat.run_soon(name), self._over), name="wakes", daemon=True
        )

    def start(self) -> None:
        self._heartbeat.start()
        self._thread.start()

    def stop(self) -> None:
        """Wait for the jobs that run, then stop."""
        self._over.set()
        self._thread.join()
        self._heartbeat.stop()
