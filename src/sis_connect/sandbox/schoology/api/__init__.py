"""The REST API v1 as clients see it: one module a kind, over `records`."""
