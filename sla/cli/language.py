"""The language the command line speaks: SLA_LANGUAGE, or else that of the terminal."""

import os


def spoken() -> str:
    """`zh` or `en`."""
    for name in ("SLA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"
