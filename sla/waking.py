"""The heartbeat of a node, woken ahead of its time where the database can say that there is something to do."""

import logging
import threading

from schedules.scheduler import Heartbeat
from sla.store.engine import Engine
from sla.store.wakes import listen

logger = logging.getLogger(__name__)


class Wakeful:
    """Runs the heartbeat, and its job `name` at once whenever the database says so. `over` is set when it stops."""

    def __init__(self, heartbeat: Heartbeat, engine: Engine, name: str, over: threading.Event | None = None) -> None:
        self._heartbeat = heartbeat
        self._over = over or threading.Event()
        self._thread = threading.Thread(
            target=listen, args=(engine, lambda: heartbeat.run_soon(name), self._over), name="wakes", daemon=True
        )

    def start(self) -> None:
        self._heartbeat.start()
        self._thread.start()

    def stop(self) -> None:
        """Wait for what is under way (a message that is being sent, a step of the sweep), then stop."""
        self._over.set()
        logger.info("stopping: what is under way is finished first")
        self._thread.join()
        self._heartbeat.stop()
