"""Tests of reading letters and mailboxes."""
