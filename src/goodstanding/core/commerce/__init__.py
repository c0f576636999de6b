"""Commerce: what is promised and what it costs to break it."""
