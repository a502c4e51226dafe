"""Whether a pull that went on with kept pages still tells of one moment, by the references between its collections.

What was received before an interruption may be older than the rest by hours. Somebody who was renumbered meanwhile is
then enrolled under an id that no user has, and would be taken for gone. Not here: what is done about it (`pull`), and
references that lead nowhere in a pull from one moment, which are findings (`sync.check`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.frames import count, identifier
from sis_connect.oneroster.schema import ENTITIES
from sis_connect.oneroster.snapshot import Mode
from sis_connect.oneroster.values import parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sis_connect.frames import Frames
    from sis_connect.oneroster.snapshot import SealedFile

#: What decides who is in which class; other references may lead nowhere without anybody being dropped.
_LEADING = {
    "enrollments": ("users", "classes"),
    "classes": ("courses", "orgs", "academicSessions"),
}


class MixedMomentsError(Exception):
    """What was received tells of more than one moment, or it cannot be told whether it does."""


def check_moment(files: Mapping[str, SealedFile], resumed: Collection[str], frames: Frames) -> None:
    """MixedMomentsError when a reference to or from one of the collections `resumed` leads nowhere.

    Of changes alone it cannot be told where references lead, and they are few: they raise it, too.
    """
    if not resumed:
        return
    if any(sealed.mode is Mode.DELTA for sealed in files.values()):
        raise MixedMomentsError
    for name, targets in _LEADING.items():
        for target in targets:
            is_affected = name in resumed or target in resumed
            if is_affected and {name, target} <= files.keys() and _dangles(files[name], files[target], frames):
                raise MixedMomentsError


def _dangles(sealed: SealedFile, target: SealedFile, frames: Frames) -> bool:
    fields = [field for field in ENTITIES[sealed.entity].references if field.refers_to == target.entity]
    for field in fields:
        value = parsed(field, identifier(field.column))
        ids = f"unnest({value})" if field.type.is_list else value
        named = f"SELECT DISTINCT {ids} AS id FROM ({sealed.relation})"
        known = f"SELECT sourced_id FROM ({target.relation})"
        if count(frames, f"({named}) AS n ANTI JOIN ({known}) AS k ON k.sourced_id = n.id WHERE n.id IS NOT NULL"):
            return True
    return False
