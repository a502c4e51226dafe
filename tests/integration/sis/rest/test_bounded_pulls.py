"""What a provider says beside its records, and without end, is told in a few words and costs little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rest_side import Puller, a_connection, a_district, a_provider, codes_of
from sis_connect.oneroster.status_info import CodeMajor, CodeMinor, Severity, StatusInfo
from sis_connect.sis.rest.connection import PullSettings
from sis_connect.sis.rest.paging.metadata import MOST_NAMES
from sis_connect.sis.rest.paging.noticing import MOST_PROPERTIES
from sis_deviations import changing, on_pages, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rest_side import Rows
    from sis_connect.oneroster.snapshot import Snapshot
    from sis_connect.sandbox.sis.exchange import Answer, Exchange, Layer

SETTINGS = PullSettings(page_size=100)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_district(tmp_path_factory.mktemp("district"), students=40)


@pytest.fixture(scope="module")
def honest(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What an honest provider gives."""
    return pulled(package, tmp_path_factory.mktemp("honest"))[1]


def pulled(package: Path, folder: Path, *layers: Layer, settings: PullSettings = SETTINGS) -> tuple[Snapshot, Rows]:
    """A pull from a provider behind these layers."""
    with a_provider(package, folder / "sis.sqlite", *layers) as provider:
        return Puller(folder).pull(a_connection(provider.url, settings))


def noticing(*notices: StatusInfo, on: str = "getAllCourses") -> Layer:
    """A layer that adds notices to the pages of an operation."""

    def changed(exchange: Exchange, answer: Answer) -> Answer:
        if exchange.operation is not None and exchange.operation.id == on:
            answer.notices += notices
        return answer

    return changing(changed)


@pytest.mark.parametrize(
    ("minor", "code"),
    [
        (CodeMinor.INVALID_SORT_FIELD, "rest.sort_unsupported"),
        (CodeMinor.INVALID_SELECTION_FIELD, "rest.fields_unsupported"),
        (None, "rest.warning_given"),
    ],
)
def test_what_the_service_says_that_it_cannot_do_is_told(
    package: Path, tmp_path: Path, honest: Rows, minor: CodeMinor | None, code: str
) -> None:
    notice = StatusInfo(CodeMajor.SUCCESS, Severity.WARNING, minor, "sourcedId")
    snapshot, rows = pulled(package, tmp_path, noticing(notice))
    assert rows == honest
    assert {finding.file for finding in snapshot.findings if finding.code == code} == {"/courses"}


def test_a_notice_of_success_is_none(package: Path, tmp_path: Path) -> None:
    notice = StatusInfo(CodeMajor.SUCCESS, Severity.STATUS, CodeMinor.FULL_SUCCESS)
    snapshot, _ = pulled(package, tmp_path, noticing(notice))
    assert not codes_of(snapshot) & {"rest.warning_given", "rest.sort_unsupported", "rest.fields_unsupported"}


def with_metadata(names: Callable[[int], Iterable[str]]) -> Layer:
    """A layer that gives each org on a page metadata with these names."""

    def changed(exchange: Exchange, answer: Answer) -> None:
        if exchange.operation is not None and exchange.operation.id == "getAllOrgs":
            for number, record in enumerate(answer.records):
                record["metadata"] = dict.fromkeys(names(number), "x")

    return on_pages(changed)


def test_names_of_metadata_do_not_become_columns_without_end(package: Path, tmp_path: Path) -> None:
    """The first in alphabetical order are kept, whatever the order of pages; each would be a column."""
    layer = with_metadata(lambda number: [f"k{number:03}.{place:04}" for place in range(1_000)])
    snapshot, rows = pulled(package, tmp_path, layer, settings=PullSettings(page_size=2))
    columns = snapshot.files["orgs"].metadata_columns
    assert len(columns) == MOST_NAMES
    assert list(columns) == [f"metadata.k000.{place:04}" for place in range(MOST_NAMES)]
    assert "rest.too_much_metadata" in codes_of(snapshot)
    assert len(rows["orgs"]) == len({row[0] for row in rows["orgs"]}) > 1


def test_as_many_names_of_metadata_as_are_allowed_are_kept_without_a_word(package: Path, tmp_path: Path) -> None:
    layer = with_metadata(lambda _: [f"k{place:04}" for place in range(MOST_NAMES)])
    snapshot, _ = pulled(package, tmp_path, layer)
    assert len(snapshot.files["orgs"].metadata_columns) == MOST_NAMES
    assert "rest.too_much_metadata" not in codes_of(snapshot)


def test_what_is_too_long_for_a_name_is_no_metadata(package: Path, tmp_path: Path) -> None:
    snapshot, _ = pulled(package, tmp_path, with_metadata(lambda _: ["k" * 100_000, "kind"]))
    assert list(snapshot.files["orgs"].metadata_columns) == ["metadata.kind"]
    assert "rest.metadata_dropped" in codes_of(snapshot)


def test_properties_invented_for_every_record_do_not_fill_the_findings(
    package: Path, tmp_path: Path, honest: Rows
) -> None:
    """Some are told by name, the rest by their number; a name that may be somebody's is told by its shape."""

    def invent(record: dict[str, object]) -> None:
        record[f"x{record['sourcedId']}"] = record[f"Maria Lopez {record['sourcedId']}"] = 1

    snapshot, rows = pulled(package, tmp_path, records(invent, "users"))
    assert rows == honest
    told = [finding for finding in snapshot.findings if finding.code == "json.unknown_property"]
    assert len(told) <= MOST_PROPERTIES + 1
    assert sum(finding.occurrences for finding in told) >= 2 * len(honest["users"])
    assert not any("Maria" in (finding.column or "") for finding in told)


def test_a_link_header_of_megabytes_is_left_alone(package: Path, tmp_path: Path, honest: Rows) -> None:
    def lengthen(exchange: Exchange, answer: Answer) -> None:
        answer.links.clear()
        answer.headers["Link"] = "<https://sis.example.org/users?x=1>;" * 1_000 + 'rel="next"'

    snapshot, rows = pulled(package, tmp_path, on_pages(lengthen))
    assert rows == honest
    assert "rest.link_too_long" in codes_of(snapshot)
