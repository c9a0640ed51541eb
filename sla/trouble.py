"""What keeps a node from working: said in the log once, in one line without values, and once that it goes on."""

import logging
from threading import Lock

logger = logging.getLogger("sla.trouble")


class Trouble:
    """What stands against the work of a process; its jobs run side by side."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._why: dict[str, str] = {}

    def befell(self, job: str, why: str) -> None:
        """A job could not do its work."""
        with self._lock:
            known = why in self._why.values()
            self._why[job] = why
        if not known:
            logger.error("nothing is done until this is mended: %s", why)

    def passed(self, job: str) -> None:
        """A job has done its work."""
        with self._lock:
            last = self._why.pop(job, None) is not None and not self._why
        if last:
            logger.warning("it goes on: nothing stands against it any more")
