"""The OneRoster 1.1 standard, and nothing of ours: its data model, its values and its two bindings, CSV and REST."""
