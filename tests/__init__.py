"""What the packages promise, tested on real parts: a real database, a real server, a real browser."""
