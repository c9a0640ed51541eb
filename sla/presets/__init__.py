"""Policy packs as TOML, and the reader that turns one into a checked Policy with errors that name the field."""

import tomllib
from functools import lru_cache
from importlib import resources

from sla.policies import Policy, PolicyError
from sla.presets.reader import policy_of

__all__ = ["names", "policy_of", "preset"]


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
    if name not in names():
        raise PolicyError("policy", f"{name!r} is no preset; shipped are: {', '.join(names())}")
    return read(resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))


def read(text: str) -> Policy:
    """A policy from its TOML. Raises PolicyError naming the field or the line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError("policy", f"is no TOML: {error}") from None
    return policy_of(table, text)
