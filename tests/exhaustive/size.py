"""How much is asked: a twentieth in `make test`, all of it with `make exhaustive`."""

import os

FULL = bool(os.environ.get("SLA_EXHAUSTIVE_FULL"))
EVERY = 1 if FULL else 20  # one start in so many
REQUESTS = 24_000 // EVERY
SEED = 20260918
