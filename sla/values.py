"""How values that are made by the thousand are declared: frozen to the type checker, plain when the program runs.

Freezing a dataclass at run time makes it take three times as long to make, which for a clock is more than to work it
out.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, **options: Any) -> Any:
        """`dataclass`, but that nothing is frozen; it has the hash of one that is."""
        return dataclass(unsafe_hash=frozen, **options)


__all__ = ["value"]
