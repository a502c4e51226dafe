"""What a OneRoster 1.1 service does right and wrong, for its vendor to act on: the conformance report and `doctor`.

`catalogue` is the table of checks; each is a small function over a `Probe`, which asks the service and remembers every
answer. `running` carries them out, `report` seals what came of it, `page` shows it. Nothing is written to the service
except in a class that was set aside for it. Not here: pulling a roster (`sis.rest`), and the command line.
"""
