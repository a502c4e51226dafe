"""What a dressed provider does over HTTP, and what its database holds: quirk by quirk, as profiles switch them on."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx2
import msgspec
import pytest

from partner_files import profile
from rest_side import a_district
from sis_connect.oneroster.operations import BASE_PATH, Scope
from sis_connect.sandbox.sis import SIS_CLIENT_ID, SIS_CLIENT_SECRET, load_package, start
from sis_connect.sandbox.sis.dress import dress
from sis_connect.sandbox.sis.school_days import Happening, live_through
from sis_connect.sandbox.sis.settings import TokenStyle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sis_connect.sandbox.sis import RunningSis

AT = datetime(2026, 9, 1, 3, tzinfo=UTC)
PAIR = (SIS_CLIENT_ID, SIS_CLIENT_SECRET)
#: Outside the service there are pages, which nothing can be sent to.
NOT_THERE = (404, 405)
WAYS = {"grant_type": "client_credentials"}


@dataclass
class Dressed:
    """A running provider and a client that is signed in to it with a token."""

    sis: RunningSis
    http: httpx2.Client

    def token(self, **form: str) -> httpx2.Response:
        """The answer of the token endpoint, the secret where it is taken."""
        if TokenStyle.BODY not in self.sis.settings.token_styles:
            return self.http.post(self.sis.token_url, data={**WAYS, **form}, auth=PAIR)
        pair = {"client_id": PAIR[0], "client_secret": PAIR[1]}
        return self.http.post(self.sis.token_url, data={**WAYS, **pair, **form})

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """The answer to a reading request with a token for everything."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, *, json: object = None, **headers: str) -> httpx2.Response:
        """The answer to a request with a token for everything."""
        scopes = " ".join(self.sis.settings.clients[0].scopes)
        token = self.token(scope=scopes).json()["access_token"]
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(
            method, f"{self.sis.url}{path}", json=json, headers={"Authorization": f"Bearer {token}", **names}
        )

    def rows(self, entity: str, where: str = "") -> list[dict[str, str | None]]:
        """Records of the database."""
        with self.sis.records.together() as writing:
            return writing.find(entity, where)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_district(tmp_path_factory.mktemp("district"), students=30)


@contextmanager
def dressed(package: Path, folder: Path, *quirks: str, of: str = "other") -> Iterator[Dressed]:
    """A provider in the dress of a partner with these quirks besides its own."""
    one = profile(of)
    one = msgspec.structs.replace(one, quirks={**one.quirks, **dict.fromkeys(quirks, ("here",))})
    look = dress(one)
    load_package(package, folder / "sis.sqlite", at=AT)
    look.fit(folder / "sis.sqlite", at=AT)
    with start(look.settings, folder / "sis.sqlite") as sis, httpx2.Client() as http:
        yield Dressed(sis, http)


def test_token_is_given_at_exactly_the_address_of_the_dress(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        assert one.token().status_code == 200
        cut = one.sis.token_url.partition("?")[0]
        assert one.http.post(cut, data=WAYS).status_code in NOT_THERE
        assert one.http.post(f"{cut}/?appName=sandbox", data=WAYS).status_code in NOT_THERE


def test_service_is_below_the_root_of_the_dress_and_below_the_one_given_up(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        assert one.get("/orgs").status_code == 200
        token = one.token().json()["access_token"]
        origin = one.sis.web_url.rstrip("/")
        for path, status in ((f"/campus/api{BASE_PATH}", 200), (BASE_PATH, 404)):
            reply = one.http.get(f"{origin}{path}/orgs", headers={"Authorization": f"Bearer {token}"})
            assert reply.status_code == status


def test_secret_is_taken_in_the_place_of_this_installation_only(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        assert one.http.post(one.sis.token_url, data=WAYS, auth=PAIR).status_code == 401


def test_without_oauth2_nothing_gives_tokens(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="focus") as one:
        assert one.token().status_code == 401
        assert "access_token" not in one.token().text


def test_scope_is_mandatory_and_the_small_one_does_not_open_enrollments(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="aeries") as one:
        assert one.token().json()["error"] == "invalid_scope"
        core = one.token(scope=Scope.ROSTER_CORE).json()["access_token"]
        statuses = [
            one.http.get(f"{one.sis.url}{path}", headers={"Authorization": f"Bearer {core}"}).status_code
            for path in ("/orgs", "/enrollments")
        ]
        assert statuses == [200, 403]
        assert one.get("/enrollments").status_code == 200


def test_scopes_beyond_what_the_client_has_are_refused_altogether(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="skyward-qmlativ") as one:
        assert one.token(scope=Scope.ROSTER).status_code == 200
        assert one.token(scope=f"{Scope.ROSTER} {Scope.GRADEBOOK}").json()["error"] == "invalid_scope"


def test_token_needs_its_cookie_and_every_request_says_that_it_is_a_form(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="synergy") as one:
        reply = one.http.post(one.sis.token_url, data=WAYS, auth=PAIR)
        cookie = reply.headers["set-cookie"].partition(";")[0]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        bearer = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        one.http.cookies.clear()
        url = f"{one.sis.url}/orgs"
        assert httpx2.get(url, headers=bearer | form).status_code == 401
        assert httpx2.get(url, headers=bearer | {"Cookie": cookie}).status_code == 415
        assert httpx2.get(url, headers=bearer | form | {"Cookie": cookie}).status_code == 200


def test_gradebook_wants_the_vendors_header_and_rosters_do_not(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        assert one.get("/users").status_code == 200
        assert one.get("/lineItems").status_code == 401
        assert one.get("/lineItems", x_vendor_authorization="vendor_key:vendor_secret").status_code == 200


def test_what_is_switched_off_is_forbidden_and_what_is_not_shared_is_empty(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="aeries") as one:
        assert one.get("/demographics").status_code == 403
        assert one.get("/resources").json() == {"resources": []}


def test_endpoints_that_the_vendor_does_not_have_are_not_there(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="aeries") as one:
        school = one.rows("orgs", "type = 'school'")[0]["sourced_id"]
        assert one.get(f"/schools/{school}/classes").status_code == 404
        assert one.get(f"/schools/{school}/students").status_code == 200


def test_single_records_come_under_their_own_names_with_relative_links(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="aeries") as one:
        school = one.rows("orgs", "type = 'school'")[0]["sourced_id"]
        record = one.get(f"/schools/{school}").json()["school"]
        assert record["parent"]["href"].startswith(f"~{BASE_PATH}/orgs/")


def test_pages_are_clamped_and_empty_fields_are_null(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="powerschool") as one:
        users = one.get("/enrollments?limit=1000").json()["enrollments"]
        assert len(users) == 100
        assert users[0]["beginDate"] is None or "beginDate" in users[0]
        assert any(user["sourcedId"] != user["sourcedId"].strip() for user in users)


def test_heavy_pages_take_too_long(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        assert one.get("/enrollments?limit=1000").status_code == 504
        assert one.get("/enrollments?limit=200").status_code == 200


@pytest.mark.parametrize(
    ("of", "entity", "where", "shape"),
    [
        ("infinite-campus", "enrollments", "role = 'student'", r"s\d+"),
        ("infinite-campus", "enrollments", "role = 'teacher'", r"t\d+"),
        ("infinite-campus", "classes", "", r"\d+"),
        ("aeries", "users", "role = 'teacher'", r"TCH_\d+"),
        ("aeries", "users", "role = 'student'", r"\d+"),
        ("aeries", "classes", "", r"\d+_\d+"),
        ("aeries", "academicSessions", "", r"\d+_\d+"),
        ("aspen", "orgs", "type = 'school'", r"SKL[0-9A-F]{11}"),
    ],
)
def test_ids_have_the_vendors_shape_on_the_first_day_and_later(  # noqa: PLR0917  # rows of a table
    package: Path, tmp_path: Path, of: str, entity: str, where: str, shape: str
) -> None:
    with dressed(package, tmp_path, of=of) as one:
        live_through(one.sis.records, (Happening.STUDENT_JOINED, Happening.STUDENT_ENROLLED, Happening.TEACHER_JOINED))
        ids = [str(row["sourced_id"]) for row in one.rows(entity, where)]
    assert ids
    assert [id_ for id_ in ids if re.fullmatch(shape, id_) is None] == []


def test_every_reference_has_its_target_under_the_new_ids(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="aeries") as one:
        known = {name: {str(row["sourced_id"]) for row in one.rows(name)} for name in ("classes", "users", "orgs")}
        for place in one.rows("enrollments"):
            assert place["class_sourced_id"] in known["classes"]
            assert place["user_sourced_id"] in known["users"]
            assert place["school_sourced_id"] in known["orgs"]


def test_same_district_gets_the_same_ids(package: Path, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with dressed(package, tmp_path / name, of="aeries") as one:
            found.append(one.rows("enrollments"))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("quirk", "entity", "where", "most"),
    [
        ("blank-class-title", "classes", "title IS NULL", 9),
        ("several-teachers", "enrollments", "role = 'teacher' AND \"primary\" = 'false'", 20),
        ("missing-identifier", "users", "role = 'teacher' AND identifier IS NULL", 5),
        ("nameless-users", "users", "family_name IS NULL", 1),
        (
            "highest-profile-role",
            "users",
            "role = 'administrator' AND sourced_id IN (SELECT user_sourced_id FROM enrollments)",
            1,
        ),
        ("relative-not-guardian", "users", "role = 'relative'", 1),
        ("username-spaces", "users", "username LIKE '% %'", 2),
        ("odd-characters", "classes", "title LIKE '%<>%'", 9),
        ("dangling-refs", "users", "agent_sourced_ids IS NOT NULL", 2),
        ("term-type-only", "academicSessions", "type = 'term'", 2),
        ("departments-as-schools", "orgs", "type = 'department'", 9),
    ],
)
def test_database_holds_what_the_quirk_says(  # noqa: PLR0917  # rows of a table
    package: Path, tmp_path: Path, quirk: str, entity: str, where: str, most: int
) -> None:
    """Few records are struck, at least one, and none in a plain district."""
    with dressed(package, tmp_path, quirk) as one:
        assert 0 < len(one.rows(entity, where)) <= most
    (tmp_path / "plain").mkdir()
    with dressed(package, tmp_path / "plain") as plain:
        assert len(plain.rows(entity, where)) < most


def test_each_school_has_sessions_of_its_own(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, "terms-per-school") as one:
        schools = {str(row["school_sourced_id"]) for row in one.rows("classes")}
        assert len(one.rows("academicSessions")) == 7 * len(schools)


@pytest.mark.parametrize(
    ("quirk", "gone", "marked"),
    [("no-tombstones", ("users", "enrollments"), ()), ("tobedeleted-uneven", ("users",), ("enrollments",))],
)
def test_records_vanish_where_the_quirk_says_so(
    package: Path, tmp_path: Path, quirk: str, gone: tuple[str, ...], marked: tuple[str, ...]
) -> None:
    with dressed(package, tmp_path, quirk) as one:
        live_through(one.sis.records, (Happening.STUDENT_LEFT,))
        assert [name for name in (*gone, *marked) if one.rows(name, "status = 'tobedeleted'")] == list(marked)


@pytest.mark.parametrize(
    ("of", "change", "status"),
    [
        ("infinite-campus", {"title": "x" * 31}, 422),
        ("infinite-campus", {"resultValueMax": 10.5}, 422),
        ("infinite-campus", {"dueDate": "2020-01-01T00:00:00.000Z"}, 422),
        ("infinite-campus", {}, 201),
        ("other", {"resultValueMax": 10.5, "title": "x" * 31}, 201),
    ],
)
def test_gradebook_takes_what_the_vendor_takes(
    package: Path, tmp_path: Path, of: str, change: dict[str, object], status: int
) -> None:
    with dressed(package, tmp_path, of=of) as one:
        header = {"x_vendor_authorization": "vendor_key:vendor_secret"}
        put, sent = _put_line_item(one, "item-1", **change, **header)
        assert put == status, sent


def test_titles_differ_within_a_class_and_nothing_is_deleted(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="infinite-campus") as one:
        header = {"x_vendor_authorization": "vendor_key:vendor_secret"}
        assert _put_line_item(one, "item-1", **header)[0] == 201
        assert _put_line_item(one, "item-2", **header)[0] == 422
        assert _put_line_item(one, "item-2", title="Another", **header)[0] == 201
        assert one.send("DELETE", "/lineItems/item-1", **header).status_code == 405


def test_categories_are_the_sis_own(package: Path, tmp_path: Path) -> None:
    with dressed(package, tmp_path, of="schooltool") as one:
        for title, status in (("Homework", 201), ("Invented", 422)):
            body = {"category": {"sourcedId": f"c-{title}", "title": title}}
            assert one.send("PUT", f"/categories/c-{title}", json=body).status_code == status


def _put_line_item(one: Dressed, id_: str, **changes: object) -> tuple[int, object]:
    """Status and answer of a line item for some class, due in its term unless told otherwise."""
    headers = {name: str(changes.pop(name)) for name in list(changes) if name.startswith("x_")}
    [class_, *_] = one.rows("classes")
    term = str(class_["term_sourced_ids"]).split(",")[0]
    [first, *_] = one.rows("academicSessions", f"sourced_id = '{term}'")
    record = {
        "sourcedId": id_,
        "title": "Quiz",
        "assignDate": f"{first['start_date']}T00:00:00.000Z",
        "dueDate": f"{first['start_date']}T12:00:00.000Z",
        "class": {"sourcedId": class_["sourced_id"], "type": "class"},
        "resultValueMin": 0,
        "resultValueMax": 10,
    }
    if not one.sis.settings.lenient_line_items:
        with one.sis.records.together() as writing:
            writing.put("categories", {"sourced_id": "some", "title": "Some"})
            [period, *_] = writing.find("academicSessions", "type = 'gradingPeriod'")
        record["category"] = {"sourcedId": "some", "type": "category"}
        record["gradingPeriod"] = {"sourcedId": period["sourced_id"], "type": "academicSession"}
    reply = one.send("PUT", f"/lineItems/{id_}", json={"lineItem": {**record, **changes}}, **headers)
    return reply.status_code, reply.text
