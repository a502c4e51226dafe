"""The partner program: applications, the states with their evidence, pilots, escalations, and what is published. Pure.

Everything that happens is an event; what is so follows from the events in their order. Not here: where events are kept
(`store.program`), and who calls all of this together (`runs.partner_program`).
"""
