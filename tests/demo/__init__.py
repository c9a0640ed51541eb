"""The demonstration: what it holds on any day, and that it comes up and goes away."""
