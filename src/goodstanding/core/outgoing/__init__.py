"""What goes out: how long it is tried, what travels together, and when."""
