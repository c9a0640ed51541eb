"""PostgreSQL's word that a message is due (LISTEN/NOTIFY). It may be lost with a connection: polling finds what it
missed."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from notifiers.outbox import WAKE
from sla.store.engine import Engine

LOOKS = 1.0  # seconds between two looks whether to stop
AGAIN = 5.0  # seconds before a lost connection is opened again

logger = logging.getLogger(__name__)


def listen(engine: Engine, wake: Callable[[], None], over: threading.Event) -> None:
    """Call `wake` whenever a message was put in the outbox that is due at once, by any node, until `over`.

    Returns at once on another database than PostgreSQL. A lost connection is opened again; it is not an error.
    """
    if engine.dialect.name != "postgresql":
        return
    driver_error = engine.dialect.loaded_dbapi.Error
    while not over.is_set():
        try:
            _listen(engine, wake, over)
        except (driver_error, sa.exc.DBAPIError) as error:
            logger.info("not woken by the database for now (%s); polling goes on", type(error).__name__)
            over.wait(AGAIN)


def _listen(engine: Engine, wake: Callable[[], None], over: threading.Event) -> None:
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection  # psycopg's own, which is not imported where SQLite is used
    pooled.detach()  # it is never given to anybody else
    try:
        driver.autocommit = True
        driver.execute(f"LISTEN {WAKE}".encode())
        wake()  # what came before we listened
        while not over.is_set():
            for _ in driver.notifies(timeout=LOOKS, stop_after=1):
                wake()
    finally:
        driver.close()
