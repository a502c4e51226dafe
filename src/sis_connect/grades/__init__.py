"""The grades path: check, shape, plan, (hold), apply, read back; grades flow from the LMS to the SIS.

Pure: no network, no database, no clock. What the LMS said comes in as `observed`, what the roster says as `roster`,
what the SIS takes as `manners`, what the district decided as `rules`; what the SIS should hold goes out as `wanted`.
"""
