"""Roster sense: rules about what records mean together, one module an entity.

Each module names its rules as queries over the clean views; a query returns `row` and `detail` of what breaks
it. Rules that take records out run before whatever refers to those records is judged; the others run last.
"""
