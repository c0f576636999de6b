"""Tests of the flows: journeys from end to end."""
