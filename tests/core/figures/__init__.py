"""Tests of the figures: formulas worked out on paper, and a plain twin that counts by hand."""
