"""Step check: what is wrong with a snapshot, as findings, and which records are quarantined for it."""
