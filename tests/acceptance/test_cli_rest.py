"""`check`, `plan` and `sync` without a package ask the SIS of the rules over REST; a failure says whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from command_line import FAST_RULES, CommandLine
from sis_connect.cli.documents import CheckDocument, PlanDocument, ReportDocument
from sis_connect.cli.exits import ExitCode
from sis_connect.cli.failure import ErrorDocument
from sis_connect.sandbox.schoology import Fault, FaultPlan, FaultRule
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, Client, SisSettings, load_package, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from command_line import Ended, Town
    from sis_connect.sandbox.sis import RunningSis

TOKEN = "invented-token"


@dataclass(frozen=True, slots=True)
class Rest:
    """A town whose SIS is asked over REST."""

    town: Town
    sis: RunningSis

    def set(self, *lines: str, sign_in: str = "oauth2-basic", url: str = "") -> None:
        """The rules name the SIS, with these lines besides."""
        table = (f'url = "{url or self.sis.url}"', f'sign_in = "{sign_in}"', "allow_loopback = true", "rate = 10000")
        text = "\n".join((FAST_RULES, "[sis]", *table, *lines, ""))
        (self.town.data / "rules.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str, **environment: str) -> Ended:
        """A command with everything that signs in."""
        known = {
            "SIS_CONNECT_SIS_KEY": SIS_CLIENT_ID,
            "SIS_CONNECT_SIS_SECRET": SIS_CLIENT_SECRET,
            "SIS_CONNECT_SIS_TOKEN": TOKEN,
        }
        return self.town.run(*words, **{**known, **environment})

    def error(self, *words: str, **environment: str) -> tuple[ExitCode, dict[str, str]]:
        """How a command failed."""
        ended = self.run(*words, "--json", **environment)
        return ended.code, ended.document(ErrorDocument)["error"]


@pytest.fixture
def rest(new_town: Town) -> Iterator[Rest]:
    """The district before its first sync, with a SIS that serves its package."""
    database = new_town.folder / "sis.sqlite"
    load_package(new_town.package, database, stamps=False)
    with start(SisSettings(clients=(Client(bearer=TOKEN),)), database) as sis:
        town = Rest(new_town, sis)
        town.set()
        yield town


def changes_of(document: dict[str, list[dict[str, object]]]) -> list[tuple[object, ...]]:
    """What a plan would do, in counts."""
    return [tuple(counts.values()) for counts in document["counts"]]


def test_sync_without_a_package_pulls_and_a_second_one_writes_nothing(rest: Rest) -> None:
    first = rest.run("sync", "--json")
    assert (first.code, first.document(ReportDocument)["adds_up"]) == (ExitCode.OK, True)
    rest.town.sandbox.reset_statistics()
    second = rest.run("sync", "--json").document(ReportDocument)
    assert sum(counts["applied"] for counts in second["changes"]) == 0
    assert rest.town.sandbox.statistics().write_calls == 0
    assert not any((rest.town.data / "pulls").iterdir())


def test_plan_is_the_same_whether_the_roster_came_as_a_package_or_over_rest(rest: Rest) -> None:
    pulled = rest.run("plan", "--offline", "--json").document(PlanDocument)
    read = rest.run("plan", "district", "--offline", "--json").document(PlanDocument)
    assert changes_of(pulled) == changes_of(read)
    assert pulled["records"] == read["records"]


def test_latest_plan_is_shown_again_without_asking_the_sis(rest: Rest) -> None:
    made = rest.run("plan", "--offline", "--json").document(PlanDocument)
    rest.sis.reset_statistics()
    again = rest.run("plan", "--latest", "--json").document(PlanDocument)
    assert again["plan"] == made["plan"]
    assert rest.sis.statistics().requests == 0


@pytest.mark.parametrize("sign_in", ["bearer", "oauth1-sha1", "oauth1-sha256", "oauth2-basic", "oauth2-body"])
def test_check_asks_the_sis_with_every_way_to_sign_in(rest: Rest, sign_in: str) -> None:
    rest.set("page_size = 50", "concurrency = 1", sign_in=sign_in)
    document = rest.run("check", "--json").document(CheckDocument)
    assert (document["exit_code"], document["package"]) == (ExitCode.OK, rest.sis.url)
    assert document["received"] == rest.run("check", "district", "--json").document()["received"]


def test_demographics_are_asked_for_only_when_the_rules_do(rest: Rest) -> None:
    rest.run("check")
    assert rest.sis.statistics().operations["getAllUsers"] > 0
    assert "getAllDemographics" not in rest.sis.statistics().operations
    rest.set('extras = ["demographics"]')
    assert "demographics" in rest.run("check", "--json").document(CheckDocument)["received"]


def test_findings_of_a_pull_name_the_record_and_not_a_line(rest: Rest) -> None:
    with rest.sis.records.together() as writing:
        [student] = writing.find("users", "role = 'student'")[:1]
        writing.change("users", [str(student["sourced_id"])], email="no address", org_sourced_ids="nowhere")
    told = " ".join(rest.run("check").out.split())
    assert re.search(r"/users, record \d+ email", told)
    assert re.search(r"/users, record \d+ orgs", told)
    assert "users.csv" not in told


@pytest.mark.parametrize(
    ("environment", "code", "says"),
    [
        ({"SIS_CONNECT_SIS_SECRET": "another"}, ExitCode.CONFIGURATION, "token service does not accept"),
        ({"SIS_CONNECT_SIS_SECRET": ""}, ExitCode.CONFIGURATION, "SIS_CONNECT_SIS_SECRET is not set"),
        ({"SIS_CONNECT_SCHOOLOGY_SECRET": "another"}, ExitCode.LMS, "Schoology does not accept"),
        ({"SIS_CONNECT_SCHOOLOGY_SECRET": ""}, ExitCode.CONFIGURATION, "SIS_CONNECT_SCHOOLOGY_SECRET is not set"),
    ],
)
def test_failure_says_whether_the_sis_or_schoology_is_meant(
    rest: Rest, environment: dict[str, str], code: ExitCode, says: str
) -> None:
    ended, error = rest.error("sync", **environment)
    assert (ended, error["kind"]) == (code, code.name.lower())
    assert says in error["what"]
    assert "another" not in str(error)


def test_sis_that_does_not_answer_ends_with_its_own_code(rest: Rest) -> None:
    rest.sis.close()
    code, error = rest.error("plan", "--offline")
    assert (code, error["remedy"]) == (ExitCode.SIS, "retry")
    assert rest.sis.url.split("/ims")[0] in error["where"]


def test_interrupted_pull_goes_on_where_it_stopped(rest: Rest) -> None:
    """What was received is kept until its snapshot is sealed: the second attempt asks for no page again."""
    rest.set("page_size = 20", "concurrency = 1")
    rest.sis.hostility.choose("connection_cut")
    assert rest.error("plan", "--offline")[0] in {ExitCode.SIS, ExitCode.PACKAGE_REFUSED}
    kept = rest.sis.statistics()
    rest.sis.hostility.choose(None)
    rest.sis.reset_statistics()
    assert rest.run("plan", "--offline").code is ExitCode.OK
    received = sum(rest.sis.statistics().records.values())
    rest.sis.reset_statistics()
    rest.run("check")
    assert sum(kept.records.values()) > 0
    assert received < sum(rest.sis.statistics().records.values())


def test_pull_that_cannot_be_proven_whole_is_refused_by_name_and_drops_nobody(rest: Rest) -> None:
    rest.run("sync", "--quiet")
    before = rest.town.sandbox.contents()
    rest.set("page_size = 20")
    rest.sis.hostility.choose("page_empty")
    code, error = rest.error("sync")
    assert code is ExitCode.PACKAGE_REFUSED
    assert error["code"].startswith("rest.")
    assert rest.town.sandbox.contents() == before


def test_page_that_is_no_page_is_refused_with_its_code(rest: Rest) -> None:
    rest.sis.hostility.choose("null_root")
    code, error = rest.error("check")
    assert (code, error["code"]) == (ExitCode.PACKAGE_REFUSED, "page.null_root")
    assert error["where"].startswith("/")


def test_schoology_failing_after_a_pull_is_not_blamed_on_the_sis(rest: Rest) -> None:
    rest.town.sandbox.set_faults(FaultPlan((FaultRule(Fault.FORBIDDEN, count=None),)))
    assert rest.error("sync")[0] is ExitCode.LMS


def test_without_a_package_and_without_a_sis_the_setting_is_named(run: CommandLine) -> None:
    ended = run("check", "--json")
    error = ended.document(ErrorDocument)["error"]
    assert (ended.code, error["where"]) == (ExitCode.CONFIGURATION, "sis.url")


def test_header_is_sent_with_the_value_of_its_variable(rest: Rest) -> None:
    rest.set("[sis.headers]", '"X-Sandbox-Scenario" = "SCENARIO_OF_TODAY"')
    assert rest.error("check", SCENARIO_OF_TODAY="null_root")[1]["code"] == "page.null_root"
    code, error = rest.error("check")
    assert (code, error["what"]) == (ExitCode.CONFIGURATION, "SCENARIO_OF_TODAY is not set.")


def test_value_in_the_place_of_a_variable_is_never_shown(rest: Rest) -> None:
    rest.set("[sis.headers]", '"X-Key" = "hunter2-secret"')
    code, error = rest.error("check")
    assert (code, error["where"].endswith("sis.headers.X-Key")) == (ExitCode.CONFIGURATION, True)
    assert "hunter2" not in str(error)
    told = rest.run("doctor", rest.sis.url, "--header", "X-Key=hunter2-secret")
    assert (told.code, "--header X-Key" in told.err, "hunter2" in told.err) == (ExitCode.USAGE, True, False)


def test_doctor_takes_the_sis_of_the_rules_and_failed_pulls_name_it(rest: Rest) -> None:
    rest.set(f'token_url = "{rest.sis.token_url}"')
    assert "✓ sign-in" in rest.run("doctor").out
    fix = rest.error("check", SIS_CONNECT_SIS_SECRET="another")[1]["fix"]
    assert "sis-connect doctor" in fix
    assert 'sis.sign_in = "oauth2-body"' in fix


def test_address_without_the_path_of_oneroster_is_told_so(rest: Rest) -> None:
    url = rest.sis.url.removesuffix("/ims/oneroster/v1p1")
    rest.set(url=url, sign_in="bearer")
    assert "usually end with /ims/oneroster/v1p1" in rest.error("check")[1]["what"]
    rest.set(url=url)
    assert f"No sis.token_url was set, so {url}/token was tried." in rest.error("check")[1]["what"]


def test_quiet_run_in_which_nothing_happened_says_its_totals_alone(rest: Rest) -> None:
    rest.run("sync")
    assert len(rest.run("sync", "--quiet").out.splitlines()) <= 4


def test_marks_that_a_service_has_to_fill_in_are_no_finding(rest: Rest) -> None:
    with rest.sis.records.together() as writing:
        [student] = writing.find("users", "role = 'student'")[:1]
        writing.change("users", [str(student["sourced_id"])], status="active")
    assert "record.status_in_bulk" not in rest.run("check", "--json").out
