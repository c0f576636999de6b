"""What leaves this machine by HTTP: guarded addresses, limits, and failures that say whether to try again."""
