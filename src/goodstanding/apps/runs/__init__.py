"""The ledger of runs: every piece of long work, its progress, result and errors, so that none is lost and none done twice."""
