"""The figures: fixed formulas over verdicts, in exact fractions."""
