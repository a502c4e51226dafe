"""One listing, from its first page to its proven end.

    listing ──ask──▶ page ──said──▶ machine ──step──▶ reading ──rows──▶ parts
       ▲                              │
       └──────────── ask ─────────────┘

`listing` asks for a page in the provider's `dialect` and decodes it, its next link judged by `links`. The `machine`,
fed with what the page said (`steps`), decides what comes next from where it is (`place`) and the order rows come in
(`ordering`), without I/O; `reading` keeps the rows that are new in `parts` on disk, and counts what was noticed
(`noticing`, `metadata`). Not here: which listings a pull needs, and what becomes of their rows (`pulling`).
"""
