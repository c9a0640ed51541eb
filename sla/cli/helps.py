"""The help of each command in the terminal's language. Its English stands at the commands and is the key."""

from collections.abc import Iterator
from typing import Any

from sla.words import Words


def help_texts(command: Any) -> Iterator[str]:
    """Every text of a command, of its parameters and of the commands in it."""
    for holder, name in _held(command):
        yield getattr(holder, name)


def translate(command: Any, said: Words) -> None:
    """Say all of it in a language, once and for all."""
    for holder, name in list(_held(command)):
        setattr(holder, name, said.gettext(getattr(holder, name)))


def _held(command: Any) -> Iterator[tuple[Any, str]]:
    for holder in (command, *command.params):
        for name in ("help", "short_help"):
            if getattr(holder, name, None):
                yield holder, name
    for inner in getattr(command, "commands", {}).values():
        yield from _held(inner)
