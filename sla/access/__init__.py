"""Who asks, and whether they may: what the pages and the API share."""
