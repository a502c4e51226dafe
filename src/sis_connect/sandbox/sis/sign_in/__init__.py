"""Who sends a request: signed requests, tokens and static bearers (security of the standard)."""
