"""A whole roster, from the ways to have each collection to sealed files.

    derived ──ways──▶ collection ──listings──▶ fetching ──pages──▶ (paging) ──rows──▶ finishing ──▶ sealing

`pull` is the order of things; `delta` asks for changes alone, and `honesty` proves by a full pull what they are worth.
Not here: one listing (`paging`), and how the service is reached (`connection`, `client`).
"""
