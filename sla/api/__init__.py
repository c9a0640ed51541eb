"""The API under /api/v1: JSON for other programs, by the same rights as the pages."""
