"""Writing into the program's log for a command, whatever people typed without the secrets that this process knows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from sis_connect.partners.program.striking import strike_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.cli.program_options import ProgramOptions
    from sis_connect.partners.program.events import Event
    from sis_connect.runs.partner_program import PartnerProgram

#: Variables whose values nobody may be told: with these beginnings, but for these names.
_SECRETS: Final = ("SIS_CONNECT_SIS_", "SIS_CONNECT_SCHOOLOGY_")
_NO_SECRETS: Final = ("SIS_CONNECT_SCHOOLOGY_URL",)
#: Fields of events that hold what a person typed.
_TYPED: Final = frozenset(("what", "answer", "solution", "note"))


def known_secrets(headers: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What the environment holds and nobody may be told; `headers` names further variables, as `[sis.headers]` does."""
    names = [name for name in os.environ if name.startswith(_SECRETS) and name not in _NO_SECRETS]
    return tuple(os.environ.get(name, "") for name in (*names, *(headers or {}).values()))


def keep(options: ProgramOptions, program: PartnerProgram, event: Event, *kept: bytes) -> None:
    """The event is written down, by whoever gave the command: what is in the log stays there, so no secret gets in."""
    secrets = known_secrets()
    typed = {name: strike_secrets(getattr(event, name), secrets) for name in event.__struct_fields__ if name in _TYPED}
    clean: Event = msgspec.structs.replace(event, **typed)
    program.write(clean, by=options.by, because=strike_secrets(options.because, secrets), kept=kept)
