"""One module a command: the work behind it, from options to an exit code."""
