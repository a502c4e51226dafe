"""The SIS side of `sandbox`: the reference provider, filled, and a rules file that names it."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sis_connect.cli.documents import SandboxSis
from sis_connect.errors import ConfigurationError
from sis_connect.partners.directory import find_profile
from sis_connect.partners.fields import API_URL, SIGN_IN, SIGNATURE, TOKEN_URL
from sis_connect.sandbox.sis import (
    SIS_CLIENT_ID,
    SIS_CLIENT_SECRET,
    SignIn,
    SisSettings,
    load_district,
    load_package,
    start,
)
from sis_connect.sandbox.sis.dress import dress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sis_connect.sandbox.sis import Loaded, RunningSis
    from sis_connect.sandbox.sis.dress import Dress

#: In the folder of the command; renewed each time, for ports change.
_RULES = Path("sandbox-rules.toml")


@dataclass(frozen=True, slots=True)
class SisRequest:
    """What was said about the SIS."""

    #: What it serves; None for an invented district.
    package: Path | None
    #: 0 for a free one.
    port: int
    #: How it misbehaves, in the words of the provider; None for not at all.
    scenario: str | None
    #: Whose service it looks like, by id or name of the partner directory; None for the standard's own look.
    partner: str | None = None


@contextmanager
def started_sis(request: SisRequest, *, seed: int, school_year: int) -> Iterator[SandboxSis]:
    """A SIS that answers within the block; a rules file names it. ConfigurationError when it cannot start."""
    look = dress(find_profile(request.partner, "--partner")) if request.partner is not None else None
    with tempfile.TemporaryDirectory(prefix="sis-connect-sandbox-", ignore_cleanup_errors=True) as folder:
        database = Path(folder) / "sis.sqlite"
        loaded = _load(request, database, seed=seed, school_year=school_year)
        if look is not None:
            look.fit(database, at=datetime.now(UTC))
        with _start(request, look.settings if look else SisSettings(), database, seed=seed) as sis:
            _RULES.write_text(_rules(sis, look, request.partner or ""), encoding="utf-8")
            yield SandboxSis(
                url=sis.url,
                token_url=sis.token_url,
                web_url=sis.web_url,
                key=SIS_CLIENT_ID,
                secret=SIS_CLIENT_SECRET,
                rules=str(_RULES),
                rows=dict(loaded.rows),
            )


def _load(request: SisRequest, database: Path, *, seed: int, school_year: int) -> Loaded:
    if request.package is not None:
        return load_package(request.package, database)
    return load_district(database, seed=seed, school_year=school_year, blemishes=True)


def _start(request: SisRequest, settings: SisSettings, database: Path, *, seed: int) -> RunningSis:
    scenario = request.scenario
    if scenario is not None and "seed" not in scenario:
        scenario = f"{scenario}; seed={seed}"
    try:
        return start(replace(settings, scenario=scenario), database, request.port)
    except OSError as error:
        raise ConfigurationError(
            f"The SIS cannot listen on port {request.port}: {error.strerror}.",
            where="--sis-port",
            fix="Name another port, or none to take a free one.",
        ) from error
    except ValueError as error:
        raise ConfigurationError(
            f"The scenario cannot be played: {error}.",
            where="--scenario",
            fix="docs/hostile-sis.md lists all scenarios.",
        ) from error


def _rules(sis: RunningSis, look: Dress | None, partner: str) -> str:
    said = {"url": sis.url, "token_url": sis.token_url} if look is None else _entered(sis, look, partner)
    settings = "\n".join(f"{key} = {json.dumps(value)}" for key, value in said.items())
    return f"""# The SIS of `sis-connect sandbox`, until it ends.
[sis]
{settings}
allow_loopback = true
rate = 1000
"""


def _entered(sis: RunningSis, look: Dress, partner: str) -> dict[str, str]:
    """What a district would enter for this partner, as a rules file says it; secrets are in the environment."""
    entries = look.entries(sis)
    said = {"partner": partner if partner.endswith(".toml") else look.profile.id, "url": entries[API_URL]}
    if TOKEN_URL in entries:
        said["token_url"] = entries[TOKEN_URL]
    if entries.get(SIGN_IN) == SignIn.OAUTH1 or SIGNATURE in entries:
        said["sign_in"] = f"oauth1-{min(sis.settings.signatures).removeprefix('HMAC-').lower()}"
    return said
