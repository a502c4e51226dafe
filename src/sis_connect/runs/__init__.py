"""The flow: the steps of a run in order, and what is kept of it."""
