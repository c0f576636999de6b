"""Benchmarks: each prints figures of one run as ratios against a named peer or limit, beside the goal it was set."""
