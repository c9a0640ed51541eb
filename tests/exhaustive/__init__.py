"""The engine against a walk that shares no code with it (tests/walk), at length with `make exhaustive`."""
