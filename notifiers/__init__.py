"""Durable delivery: an outbox of messages, each sent at least once under one key. Nothing here knows what a case is."""
