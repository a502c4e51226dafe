"""Adapter: the student information system. Reads what a SIS hands over into a snapshot."""
