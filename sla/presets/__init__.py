"""Policy packs as TOML, and the reader that turns one into a checked Policy with errors that name the field."""

import tomllib
from functools import lru_cache
from importlib import resources

from sla.policies import Policy, PolicyError
from sla.presets.reader import Reading, policy_of, reading_of

__all__ = ["Reading", "names", "policy_of", "preset", "read", "reading", "text_of"]


def names() -> tuple[str, ...]:
    """The packs that are shipped."""
    return tuple(
        sorted(
            item.name.removesuffix(".toml")
            for item in resources.files(__name__).iterdir()
            if item.name.endswith(".toml")
        )
    )


@lru_cache(maxsize=16)
def preset(name: str) -> Policy:
    """A shipped pack by name. Raises PolicyError if there is none of that name."""
    return read(text_of(name))


def text_of(name: str) -> str:
    """A shipped pack as it was written. Raises PolicyError if there is none of that name."""
    if name not in names():
        raise PolicyError("policy", "%(name)r is no preset; shipped are: %(names)s", name=name, names=names())
    return resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")


def read(text: str) -> Policy:
    """A policy from its TOML. Raises PolicyError naming the field or the line."""
    found = reading(text)
    for problem in (*found.problems, *found.gaps):
        raise problem
    assert found.policy is not None
    return found.policy


def reading(text: str) -> Reading:
    """All that a TOML text says, and all that is wrong with it."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Reading(None, (PolicyError("policy", "is no TOML: %(error)s", error=error),), ())
    return reading_of(table, text)
