"""Adapter: Schoology, the LMS. The only package that says section, building and grading period."""
