"""Every manner of Schoology that can be left out makes a difference that a caller sees."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import codes, get
from sis_connect.sandbox.schoology import Strictness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integration.sandbox.caller import Caller

#: Seconds since 1970 of a request that was signed by hand.
_SIGNED_AT = 1_790_000_000


def by_hand(caller: Caller, *, signature: str = "sandbox-secret%26", nonce: str = "n1", at: int = _SIGNED_AT) -> int:
    """The status of a request whose header a person wrote; the right PLAINTEXT signature is the secret itself."""
    values = {
        "oauth_consumer_key": "sandbox-key",
        "oauth_signature_method": "PLAINTEXT",
        "oauth_signature": signature,
        "oauth_timestamp": str(at),
        "oauth_nonce": nonce,
        "oauth_version": "1.0",
    }
    header = "OAuth " + ", ".join(f'{name}="{value}"' for name, value in values.items())
    return get(f"{caller.sandbox.api_url}/users", {"Authorization": header}).status_code


def a_user(uid: str) -> dict[str, object]:
    """Somebody whose account can be made."""
    return {"school_uid": uid, "name_first": "Ada", "name_last": "Quill", "role_id": 796383, "username": uid}


def posted(caller: Caller, *items: Mapping[str, object], flags: str = "") -> list[int]:
    """Results of a post of users."""
    return codes(caller.bulk("POST", f"users?{flags}", {"users": {"user": list(items)}}))


def replayed(caller: Caller) -> object:
    return [by_hand(caller, nonce="same") for _ in range(2)]


def late(caller: Caller) -> object:
    return by_hand(caller, nonce="a"), by_hand(caller, nonce="b", at=_SIGNED_AT - 600)


def kinds_of_ids(caller: Caller) -> object:
    [shown] = caller.get("users")["user"]
    return {name: type(value) for name, value in shown.items() if name.endswith("id")}


def of_51(caller: Caller) -> object:
    items = [a_user(f"u{number}") for number in range(51)]
    return caller.send("POST", "users", {"users": {"user": items}}).status_code


def revived(caller: Caller) -> object:
    id_ = caller.sandbox.seed().user("u1", "Ada", "Quill")
    caller.expect(204, "DELETE", f"users/{id_}")
    return posted(caller, a_user("u1"), flags="update_existing=1")


def in_another_period(caller: Caller) -> object:
    seed = caller.sandbox.seed()
    course = seed.course("Art", "art")
    fall, spring = (seed.grading_period(title, "2026-08-01", "2027-06-01") for title in ("Fall", "Spring"))
    made = seed.section(course, "A", grading_periods=[fall], section_school_code="art-a")
    item = {"title": "A", "section_code": "a", "section_school_code": "art-a", "grading_periods": [spring]}
    body = {"sections": {"section": [item]}}
    [result] = caller.bulk("POST", f"courses/{course}/sections?update_existing=1", body)
    return result.get("id") == str(made)


def of_the_past(caller: Caller) -> object:
    seed = caller.sandbox.seed()
    course, past = seed.course("Art", "art"), seed.grading_period("Past", "2020-01-01", "2020-02-01")
    seed.section(course, "Old", grading_periods=[past])
    return caller.get(f"courses/{course}/sections")["total"]


def used_period(caller: Caller) -> object:
    seed = caller.sandbox.seed()
    period = seed.grading_period("Fall", "2026-08-15", "2026-12-20")
    seed.section(seed.course("Algebra", "alg"), "Period 1", grading_periods=[period])
    return caller.send("DELETE", f"gradingperiods/{period}").status_code


def unknown_path(caller: Caller) -> object:
    course = caller.sandbox.seed().course("Algebra", "alg")
    return caller.send("GET", f"courses/{course}/section_list").status_code


#: What a caller sees of each manner.
SEEN: dict[str, Callable[[Caller], Any]] = {
    "signatures": lambda caller: by_hand(caller, signature="wrong"),
    "replays": replayed,
    "timestamp_order": late,
    "sparse_pages": lambda caller: sorted(caller.get("gradingperiods")),
    "mixed_types": kinds_of_ids,
    "redirects": lambda caller: caller.send("GET", "users/me").status_code,
    "object_cap": of_51,
    "unique_keys": lambda caller: posted(caller, a_user("u1"), a_user("u1")),
    "section_match_by_periods": in_another_period,
    "hide_past_sections": of_the_past,
    "keep_used_periods": used_period,
    "inactive_stays_inactive": revived,
    "parent_for_unknown_path": unknown_path,
    "empty_errors": lambda caller: caller.send("GET", "sections").text,
}


def test_every_manner_is_looked_at() -> None:
    assert list(SEEN) == [field.name for field in fields(Strictness)]


@pytest.mark.parametrize("name", SEEN)
def test_manner_that_is_left_out_makes_a_difference(caller: Caller, lax: Callable[..., Caller], name: str) -> None:
    assert SEEN[name](caller) != SEEN[name](lax(**{name: False}))
