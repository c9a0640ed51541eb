"""The pages as a reader meets them, in a real browser."""
