"""The storey that serves: pages, commands and the worker; only here is the clock read."""
