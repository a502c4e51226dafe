"""What is said under the names of other versions, in the words of 1.1.

Here: properties named as in OneRoster 1.0 or in CSV, and the `roles` of users of 1.2, which some services send from
paths of 1.1. Pure: decoded records in, decoded values out; what is counted is for `json_tolerant` to say.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sis_connect.oneroster.csv_headers import OLD_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity, Field

#: Roles of 1.2 that 1.1 does not have.
_ROLES = MappingProxyType(
    {
        "districtAdministrator": "administrator",
        "siteAdministrator": "administrator",
        "systemAdministrator": "administrator",
        "principal": "administrator",
        "counselor": "aide",
    }
)
#: Which of several roles a user has, where 1.1 knows one only: the one that comes first here.
_RANKS = ("administrator", "teacher", "proctor", "student", "aide", "guardian", "parent", "relative")


@cache
def other_names(entity: Entity) -> Mapping[str, Field]:
    """Lower-case names that mean a field of the entity: any case, the name in CSV, the name in 1.0."""
    by_csv_name = {field.csv_name: field for field in entity.fields}
    old = {name: by_csv_name[csv_name] for name, csv_name in OLD_NAMES.get(entity.name, {}).items()}
    csv = {name.lower(): field for name, field in by_csv_name.items()}
    return MappingProxyType(old | csv | {field.name.lower(): field for field in entity.fields})


def user_of_1_2(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """`role` and `orgs` of a user whose `roles` say them, as 1.1 would; None when there is nothing to take.

    The role is the primary one; of several, the one of highest rank (administrators, then teachers, and so on).
    """
    roles = record.get("roles")
    if record.get("role") or not isinstance(roles, list):
        return None
    known = [item for item in roles if isinstance(item, dict) and isinstance(item.get("role"), str)]
    if not known or len(known) < len(roles):
        return None
    primary = [item for item in known if item.get("roleType") == "primary"]
    role = min((_ROLES.get(item["role"], item["role"]) for item in primary or known), key=_rank)
    orgs: list[Any] = []
    for item in known:
        if item.get("org") and item["org"] not in orgs:
            orgs.append(item["org"])
    return {"role": role, "orgs": record.get("orgs") or orgs}


def _rank(role: str) -> tuple[int, str]:
    return (_RANKS.index(role) if role in _RANKS else len(_RANKS)), role
