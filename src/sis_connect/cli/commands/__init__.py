"""One module a command: its arguments, options and help. Nothing heavy is imported before a command runs."""
