"""One file a channel; none knows another."""
