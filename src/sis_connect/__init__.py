"""SIS Connect keeps a district's SIS and Schoology in step over OneRoster 1.1."""

__version__ = "0.1.0"
