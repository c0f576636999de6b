"""The desk's memory: what is promised to whom, and how every ticket stands."""
