"""How groups of commands list themselves."""

from __future__ import annotations

import click


class InOrder(click.Group):
    """A group whose help lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        """Names in the order in which they are used."""
        return list(self.commands)
