"""All checks against the reference provider, as it is and with one thing wrong at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance_side import FAULTS, KEY, a_run, a_service, sign_ins_of
from integration.sandbox.sis.sis_world import USERS
from integration.sis.conformance.deviations import DEVIATIONS
from sis_connect.oneroster.operations import OPERATIONS, Scope
from sis_connect.sandbox.sis import Answer
from sis_connect.sis.conformance.catalogue import CHECKS
from sis_connect.sis.conformance.checking import Coping, Outcome
from sis_connect.sis.conformance.marks import mark
from sis_deviations import Switch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.responses import Response

    from sis_connect.sandbox.sis import Exchange, Proceed, RunningSis

#: Deviations that need a provider of their own.
LASTING = [name for name, (_, settings, _) in DEVIATIONS.items() if settings or name == "no deletion"]

#: What cannot be said of a small provider on this machine in one run.
UNSAID = {
    "reach.tls",
    "reach.tls_version",
    "reach.certificate",
    "paging.default",
    "delta.honest",
    "delta.deleted_kept",
    "load.limit",
}


def test_reference_provider_passes_every_check_in_every_way_to_sign_in(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        run = a_run(sis, first="oauth2-basic", sign_ins=sign_ins_of(sis), gradebook_class="c1", demographics=True)
        assert run.of(Outcome.FAILED) == FAULTS
        assert run.of(Outcome.SKIPPED) == UNSAID
        assert set(sis.statistics().operations) >= set(OPERATIONS)


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSis, Switch]]:
    """One provider for all deviations that leave no trace in its data."""
    switch = Switch()
    with a_service(tmp_path_factory.mktemp("service"), switch) as sis:
        yield sis, switch


@pytest.mark.parametrize("name", [name for name in DEVIATIONS if name not in LASTING])
def test_deviation_fails_the_checks_that_are_about_it_and_no_others(
    name: str, switched: tuple[RunningSis, Switch]
) -> None:
    sis, switch = switched
    switch.layer, _, expected = DEVIATIONS[name]
    assert a_run(sis, gradebook_class="c1").failed == expected


@pytest.mark.parametrize("name", LASTING)
def test_setting_that_deviates_fails_the_checks_that_are_about_it(name: str, tmp_path: Path) -> None:
    layer, settings, expected = DEVIATIONS[name]
    with a_service(tmp_path, *([layer] if layer else []), **settings) as sis:
        assert a_run(sis, gradebook_class="c1").failed == expected


def test_nothing_is_written_unless_a_class_was_set_aside(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        run = a_run(sis)
        asked = sis.statistics().operations
    assert not [name for name in asked if name.startswith(("put", "delete"))]
    assert {id_ for id_ in run.verdicts if id_.startswith("gradebook.")} <= run.of(Outcome.SKIPPED)


def test_demographics_are_not_read_unless_that_is_asked_for(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        a_run(sis)
        assert not [name for name in sis.statistics().operations if "Demographics" in name]


def test_what_was_written_is_gone_also_when_reading_it_back_fails(tmp_path: Path) -> None:
    layer, settings, _ = DEVIATIONS["scores that are rounded"]
    assert layer is not None
    with a_service(tmp_path, layer, **settings) as sis:
        a_run(sis, gradebook_class="c1", only=("gradebook",))
        gone = a_run(sis, only=("operation.getAllLineItems", "derived.getLineItemsForClass"))
    assert gone.verdicts["operation.getAllLineItems"].seen == "2 records were read."


@pytest.mark.parametrize("totals", [True, False], ids=["total told", "no total"])
def test_collection_larger_than_what_is_read_of_it_fails_nothing(tmp_path: Path, totals: bool) -> None:
    """What lies beyond the sample is not missing, and pages that end with the sample are not short."""
    rows = [f"u{number:03},,,true,s1,student,u{number},,Invented,Student,,,,,,,,," for number in range(10, 60)]
    users = USERS + ("\r\n".join(rows) + "\r\n").encode()
    layers = () if totals else (without_totals,)
    with a_service(tmp_path, *layers, package={"users": users}) as sis:
        # Six pages of seven are more than 40.
        run = a_run(sis, page_size=20, most_records=40)
    assert run.failed - {"paging.total"} == set()
    assert {"paging.gap", "paging.stable", "paging.short", "paging.repeats"} <= run.of(Outcome.PASSED)
    if totals:
        assert {"references.enrollment.user", "derived.getAllStudents"} <= run.of(Outcome.SKIPPED)


async def without_totals(exchange: Exchange, proceed: Proceed) -> Answer | Response:
    answer = await proceed(exchange)
    if isinstance(answer, Answer):
        answer.total = None
    return answer


@pytest.mark.parametrize(
    ("old", "new", "check", "place"),
    [
        (b"u3,,,true,s2,student", b"u3,,,true,s2,Student", "records.words", "first “Aaaaaaa” at /users, record 5"),
        (b"u3,,,true,s2,student", b"u3,,,true,s2,Student", "derived.getAllStudents", "first at /users, record 5"),
        (b"u3,,,true,s2,", b"u3,,,true,s9,", "references.user.orgs", "first at /users, record 5"),
    ],
)
def test_record_at_fault_is_named_by_its_place_and_shown(
    old: bytes, new: bytes, check: str, place: str, tmp_path: Path
) -> None:
    """Ids of people are masked, so only the place tells a vendor which of ten thousand records is meant."""
    with a_service(tmp_path, package={"users": USERS.replace(old, new)}) as sis:
        verdict = a_run(sis, page_size=3, only=(check,)).verdicts[check]
    assert verdict.outcome is Outcome.FAILED
    assert place in verdict.seen
    [page, *_] = verdict.evidence
    assert (page.asked.parameters["offset"], page.shown) == (3, 1)


def test_collections_that_end_before_their_total_accuse_no_others(tmp_path: Path) -> None:
    """A page that is empty before the end is one fault; that references lead nowhere then is no other."""

    async def ends_early(exchange: Exchange, proceed: Proceed) -> Answer | Response:
        answer = await proceed(exchange)
        is_users = exchange.operation is not None and exchange.operation.id == "getAllUsers"
        if is_users and isinstance(answer, Answer) and int(exchange.parameter("offset") or 0) >= 2:
            answer.content = []
        return answer

    with a_service(tmp_path, ends_early) as sis:
        run = a_run(sis, page_size=2, only=("references.", "derived."))
    assert run.failed == set()
    assert "references.enrollment.user" in run.of(Outcome.SKIPPED)


def test_what_needs_a_scope_that_was_not_asked_for_is_skipped(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        run = a_run(sis, first="oauth2-basic", scopes=(Scope.ROSTER_CORE,))
    assert run.failed == set()
    reason = "No scope for it was asked for: add --scope roster.readonly."
    assert run.verdicts["operation.getStudentsForSchool"].seen == reason


def test_scope_that_was_asked_for_and_opens_nothing_is_a_failure(tmp_path: Path) -> None:
    layer, _, _ = DEVIATIONS["no scope for courses"]
    assert layer is not None
    with a_service(tmp_path, layer) as sis:
        run = a_run(sis, first="oauth2-basic", scopes=(Scope.ROSTER_CORE,), only=("operation.getAllCourses",))
    assert run.failed == {"operation.getAllCourses"}


def test_wrong_credentials_leave_nothing_to_look_at(tmp_path: Path) -> None:
    layer, settings, _ = DEVIATIONS["bearer tokens not taken"]
    assert layer is None
    with a_service(tmp_path, **settings) as sis:
        run = a_run(sis)
    others = {check.id for check in CHECKS if not check.id.startswith(("reach", "clock", "sign_in", "scope"))}
    assert others <= run.of(Outcome.SKIPPED)
    assert run.verdicts["operation.getAllOrgs"].seen == "Nobody was let in."


def test_server_that_is_not_there_fails_one_check_and_skips_the_rest(tmp_path: Path) -> None:
    with a_service(tmp_path) as sis:
        pass
    run = a_run(sis)
    assert run.of(Outcome.FAILED) == {"reach.connection"}
    assert run.of(Outcome.PASSED) == {"reach.name"}


def test_two_runs_tell_whether_changes_and_deletions_were_told(tmp_path: Path) -> None:
    """What changed must have a later dateLastModified, and what was deleted must still be shown (delta over REST)."""
    with a_service(tmp_path) as sis:
        rows = {"orgs": a_rows("s1", "2026-09-15"), "courses": a_rows("k9", "2026-09-15")}
        run = a_run(sis, only=("delta",), earlier=mark(rows, ("orgs", "courses"), KEY))
    assert run.failed == {"delta.honest", "delta.deleted_kept"}
    assert run.verdicts["delta.deleted_kept"].seen == (
        "Records are gone without having been marked as deleted: 1 courses."
    )
    assert run.verdicts["delta.honest"].figures == (("honesty of changes", 0.0),)


def a_rows(sourced_id: str, day: str) -> list[dict[str, str | None]]:
    """A record that a service had earlier, with other content and a later moment than it has now."""
    return [{"sourced_id": sourced_id, "status": "active", "date_last_modified": f"{day}T23:00:00.000Z"}]


def test_earlier_report_of_another_key_is_not_compared(tmp_path: Path) -> None:
    earlier = mark({"orgs": a_rows("s1", "2026-09-15")}, (), b"another key")
    with a_service(tmp_path) as sis:
        run = a_run(sis, only=("delta.honest",), earlier=earlier)
    assert "another key" in run.verdicts["delta.honest"].seen


@pytest.mark.parametrize(
    ("deviation", "check", "coping"),
    [
        ("404 at the end", "paging.beyond", Coping.YES),
        ("the first page again at the end", "paging.beyond", Coping.NO),
        ("booleans", "records.texts", Coping.YES),
        ("a root key of nobody", "operation.getAllCourses", Coping.NO),
        ("200 for what was created", "operation.putResult", Coping.YES),
    ],
)
def test_report_says_what_can_be_lived_with(deviation: str, check: str, coping: Coping, tmp_path: Path) -> None:
    layer, settings, _ = DEVIATIONS[deviation]
    with a_service(tmp_path, *([layer] if layer else []), **settings) as sis:
        verdict = a_run(sis, gradebook_class="c1").verdicts[check]
    [row] = [one for one in CHECKS if one.id == check]
    assert (verdict.coping or row.coping) is coping
