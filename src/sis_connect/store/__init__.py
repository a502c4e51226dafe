"""The data folder: snapshots, what the LMS is believed to hold, plans, the journal and runs."""
