"""Tests of the desk: what events, policy and targets come to."""
