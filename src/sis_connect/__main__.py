"""The entry point of the command `sis-connect` and of `python -m sis_connect`."""

import sys

from sis_connect.cli.run import run


def main() -> None:
    """Carry out what the command line says and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
