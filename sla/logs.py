"""Log lines as JSON objects: `timestamp` (UTC), `level`, `logger`, `event`, and `exception` where there was one."""

import logging

import structlog

SECURITY = ("security", "who", "why", "by", "route", "network")  # what sla/access/security_log.py tells


def as_json() -> logging.Formatter:
    """A formatter for the standard handlers: whatever is logged becomes one line, without line breaks in it."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=SECURITY),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
