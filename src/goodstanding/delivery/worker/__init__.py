"""The worker: it does what is due, again and again."""
