"""Adapter: a student information system read over the OneRoster 1.1 REST binding."""
