"""Collections that were read become sealed files, one after the other in a thread of its own, and then a snapshot.

What is read first is sealed while the rest is read. Here: when, and the judgement of the whole. Not here: how a file is
sealed (`sealing`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.findings import Finding
from sis_connect.oneroster.schema import ENTITIES, ROSTER_ENTITIES
from sis_connect.oneroster.snapshot import Mode, Snapshot
from sis_connect.sis.rest.pulling.moments import check_moment
from sis_connect.sis.rest.pulling.sealing import digest, outline, references_to, seal, seal_links, sealed_path
from sis_connect.sis.rest.rules import refusal

if TYPE_CHECKING:
    from collections.abc import Collection as Names
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile
    from sis_connect.sis.rest.pulling.collection import Collection


@dataclass(frozen=True, slots=True)
class _Finished:
    """One collection, sealed."""

    files: tuple[SealedFile, ...]
    #: By entity.
    outlines: dict[str, str]
    findings: tuple[Finding, ...]


class Finishing:
    """Made by `finishing`."""

    def __init__(self, into: Path, frames: Frames, pool: ThreadPoolExecutor) -> None:
        """Files go to the folder `into`."""
        self._into = into
        self._frames = frames
        self._pool = pool
        self._futures: list[Future[_Finished]] = []

    def finish(self, collection: Collection) -> None:
        """The collection is complete and will be sealed."""
        # A session serves one thread; its cursor is a session of the same engine.
        self._futures.append(self._pool.submit(self._seal, collection, self._frames.cursor()))

    def snapshot(self, resumed: Names[str]) -> Snapshot:
        """Everything, sealed; PullRefusedError when it cannot be a roster.

        MixedMomentsError when the collections `resumed` do not go with the others.
        """
        finished = [future.result() for future in self._futures]
        found = {file.entity: file for one in finished for file in one.files}
        files = MappingProxyType({name: found[name] for name in ENTITIES if name in found})
        check_moment(files, resumed, self._frames)
        outlines = {name: text for one in finished for name, text in one.outlines.items()}
        findings = sorted(
            (finding for one in finished for finding in one.findings), key=lambda each: (each.file or "", each.code)
        )
        findings += _judge_empty(files, self._frames)
        return Snapshot(digest(outlines), files, tuple(findings))

    def _seal(self, collection: Collection, frames: Frames) -> _Finished:
        findings = list(collection.findings(frames))
        if not collection.is_given:
            return _Finished((), {}, tuple(findings))
        received = collection.received
        sealed, noticed = seal(received, self._into, frames)
        files = [sealed]
        if received.has_links:
            files.append(seal_links(received, self._into, frames))
        return _Finished(tuple(files), {file.entity: outline(file, frames) for file in files}, (*findings, *noticed))


@contextmanager
def finishing(into: Path, frames: Frames) -> Iterator[Finishing]:
    """Seals into the folder `into`; nothing is left there when the block fails."""
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="seal") as pool:
            try:
                yield Finishing(into, frames, pool)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
    except BaseException:
        for entity in ENTITIES.values():
            sealed_path(into, entity).unlink(missing_ok=True)
        raise


def _judge_empty(files: MappingProxyType[str, SealedFile], frames: Frames) -> list[Finding]:
    """Nothing at all is no roster, and nothing where others refer to something is no collection."""
    whole = [sealed for sealed in files.values() if sealed.mode is Mode.BULK]
    if {sealed.entity for sealed in whole} >= set(ROSTER_ENTITIES) and not any(
        files[name].received for name in ROSTER_ENTITIES
    ):
        raise refusal("rest.nothing_given")
    empty = [sealed for sealed in whole if not sealed.received and sealed.file == f"/{sealed.entity}"]
    for sealed in empty:
        references = references_to(sealed.entity, files, frames)
        if references:
            raise refusal("rest.empty_but_referred_to", where=sealed.file, because=f"References found: {references}.")
    return [Finding("rest.collection_empty", file=sealed.file) for sealed in empty]
