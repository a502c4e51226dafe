"""What the service keeps, and the rules it keeps it by: one module a kind, over `storage`, without HTTP."""
