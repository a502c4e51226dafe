"""How findings, plans and reports look in a terminal. Values in, tables and sentences out; nothing is decided here."""
