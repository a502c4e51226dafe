"""Users of the Schoology look-alike: reading, writing, conflicts, deactivation, parents and the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integration.sandbox.caller import Caller, codes, get
from sis_connect.sandbox.schoology import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integration.sandbox.conftest import Launch, World


def user(uid: str, **fields: object) -> dict[str, object]:
    return {"school_uid": uid, "name_first": "Ada", "name_last": uid, "username": uid, "role_id": 796383, **fields}


def create(caller: Caller, *users: dict[str, object], flags: str = "") -> list[dict[str, Any]]:
    return caller.bulk("POST", f"users?{flags}", {"users": {"user": list(users)}})


def by_uid(caller: Caller, uid: str) -> dict[str, Any]:
    [found] = caller.get(f"users?school_uids={uid}")["user"]
    return dict(found)


class TestReading:
    def test_ids_and_flags_mix_numbers_and_texts(self, caller: Caller, world: World) -> None:
        shown = caller.get(f"users/{world.student}")
        assert (shown["uid"], shown["id"]) == (str(world.student), world.student)
        assert (shown["building_id"], shown["synced"], shown["use_preferred_first_name"]) == (world.school, 0, "1")

    def test_with_plain_types_every_id_is_a_text(self, lax: Callable[..., Caller]) -> None:
        [shown] = lax(mixed_types=False).get("users")["user"]
        assert (shown["id"], shown["building_id"], shown["role_id"]) == ("1000001", "10001", "796380")

    def test_users_are_filtered_by_building_role_and_unique_id(self, caller: Caller, world: World) -> None:
        assert caller.get(f"users?building_id={world.school}")["total"] == 2
        assert caller.get("users?role_ids=796382,796383")["total"] == 2
        assert [shown["school_uid"] for shown in caller.get("users?school_uids=s1,nobody")["user"]] == ["s1"]

    def test_at_most_fifty_unique_ids_may_be_asked_for(self, caller: Caller) -> None:
        uids = ",".join(f"u{number}" for number in range(51))
        assert caller.send("GET", f"users?school_uids={uids}").status_code == 400

    def test_me_and_external_ids_redirect_and_the_same_header_is_a_replay(self, caller: Caller, world: World) -> None:
        answer = caller.send("GET", "users/ext/s1")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"{caller.sandbox.api_url}/users/{world.student}",
        )
        assert get(answer.headers["Location"], headers=answer.request.headers).status_code == 401
        assert caller.get(answer.headers["Location"])["school_uid"] == "s1"
        assert caller.get(caller.send("GET", "users/me").headers["Location"])["role_id"] == 796380
        assert caller.send("GET", "users/ext/nobody").status_code == 404

    def test_without_redirects_they_answer_directly(self, lax: Callable[..., Caller]) -> None:
        assert lax(redirects=False).get("users/me")["name_last"] == "Administrator"

    def test_a_key_can_be_tried_without_a_redirect(self, caller: Caller) -> None:
        assert caller.get("app-user-info")["api_uid"] == 1_000_001
        assert caller.get("users/languages")["language"]


class TestCreating:
    def test_one_user_is_answered_with_the_object(self, caller: Caller) -> None:
        made = caller.expect(201, "POST", "users", user("u1", name_middle="B.", grad_year=2030, gender="F"))
        assert made["links"]["self"] == f"{caller.sandbox.api_url}/users/{made['uid']}"
        assert (made["name_middle"], made["grad_year"], made["gender"]) == ("B.", "2030", "F")

    def test_bulk_results_carry_code_id_location_and_unique_id(self, caller: Caller) -> None:
        [result] = create(caller, user("u1"))
        id_ = result["id"]
        location = f"{caller.sandbox.api_url}/users/{id_}"
        assert result == {"response_code": 200, "school_uid": "u1", "id": id_, "location": location}

    @pytest.mark.parametrize(
        "fields",
        [
            {"school_uid": " "},
            {"name_first": ""},
            {"name_last": None},
            {"role_id": 1},
            {"role_id": "teacher"},
            {"username": ""},
            {"building_id": 99},
            {"gender": "x"},
            {"name_title": "Sir"},
            {"birthday_date": "yesterday"},
            {"primary_email": "nobody"},
            {"synced": 2},
            {"additional_buildings": "10001,99"},
            {"name_first": {"is": "no text"}},
            {"name_first": "\ud800"},
        ],
    )
    def test_a_wrong_field_fails_its_user_alone(self, caller: Caller, fields: dict[str, object]) -> None:
        results = create(caller, {**user("u1"), **fields}, user("u2"))
        assert codes(results)[0] in (400, 404)
        assert results[0]["message"]
        assert codes(results)[1] == 200
        assert caller.get("users")["total"] == 2

    def test_unique_ids_names_and_addresses_are_unique_over_the_organisation(
        self, caller: Caller, world: World
    ) -> None:
        results = create(
            caller,
            user("s1"),
            user("u2", username="T1"),
            user("u3", primary_email="ADA@district.example"),
            user("u4"),
            user("u4", username="other"),
        )
        assert codes(results) == [400, 400, 400, 200, 400]

    def test_unless_that_is_switched_off(self, lax: Callable[..., Caller]) -> None:
        assert codes(create(lax(unique_keys=False), user("u1"), user("u1"))) == [200, 200]

    def test_update_existing_updates_by_unique_id_and_leaves_other_fields(self, caller: Caller) -> None:
        create(caller, user("u1", position="Captain"))
        results = create(caller, {"school_uid": "u1", "name_first": "Eve"}, user("u2"), flags="update_existing=1")
        assert codes(results) == [200, 200]
        shown = by_uid(caller, "u1")
        assert (shown["name_first"], shown["position"], shown["id"]) == ("Eve", "Captain", results[0]["id"])

    def test_writing_what_is_there_already_is_counted_as_such(self, caller: Caller) -> None:
        for _ in range(3):
            create(caller, user("u1", additional_buildings="10001"), flags="update_existing=1")
        objects = caller.sandbox.statistics().objects
        assert objects == {("users", Effect.CREATED): 1, ("users", Effect.UNCHANGED): 2}

    def test_other_buildings_are_a_text_with_commas(self, caller: Caller, world: World) -> None:
        create(caller, user("u1", additional_buildings=f"{world.school},10001"))
        assert by_uid(caller, "u1")["additional_buildings"] == f"10001,{world.school}"


class TestEmailConflicts:
    @pytest.fixture
    def caller(self, launch: Launch) -> Caller:
        return launch(
            emails_elsewhere=frozenset({"ada@elsewhere.example", "ada@claimed.example"}),
            claimed_domains=frozenset({"claimed.example"}),
        )

    @pytest.mark.parametrize(
        ("flags", "email", "name", "expected"),
        [
            ("", "ada@elsewhere.example", "", None),
            ("ignore_email_conflicts=1", "ada@elsewhere.example", "", ("u1", "")),
            ("ignore_email_conflicts=1", "ada@elsewhere.example", "own", ("own", "")),
            ("email_conflict_resolution=1", "Ada@Elsewhere.example", "", ("ada", "")),
            ("email_conflict_resolution=2", "ada@elsewhere.example", "own", ("own", "")),
            ("email_conflict_resolution=2", "ada@claimed.example", "", ("", "ada@claimed.example")),
            ("", "ada@free.example", "", ("", "ada@free.example")),
        ],
    )
    def test_an_address_in_use_elsewhere(
        self, caller: Caller, flags: str, email: str, name: str, expected: tuple[str, str] | None
    ) -> None:
        [result] = create(caller, user("u1", username=name, primary_email=email), flags=flags)
        if expected is None:
            assert result["response_code"] == 400
            return
        shown = by_uid(caller, "u1")
        assert (shown["username"], shown["primary_email"]) == expected

    def test_an_address_in_use_here_is_an_error_whatever_the_flags(self, caller: Caller) -> None:
        create(caller, user("u1", primary_email="eve@district.example"))
        flags = "ignore_email_conflicts=1&email_conflict_resolution=1"
        assert codes(create(caller, user("u2", primary_email="eve@district.example"), flags=flags)) == [400]

    def test_an_update_cannot_take_an_address_in_use_elsewhere(self, caller: Caller) -> None:
        [made] = create(caller, user("u1"))
        body = {"primary_email": "ada@elsewhere.example"}
        assert caller.send("PUT", f"users/{made['id']}", body).status_code == 400


class TestUpdating:
    def test_one_user_is_answered_with_nothing(self, caller: Caller, world: World) -> None:
        assert caller.expect(204, "PUT", f"users/{world.student}", {"name_last": "Silva"}) is None
        assert caller.get(f"users/{world.student}")["name_last"] == "Silva"

    def test_bulk_updates_go_by_id(self, caller: Caller, world: World) -> None:
        items = [{"id": str(world.student), "school_uid": "s9"}, {"id": 99, "name_first": "x"}, {"name_first": "x"}]
        results = caller.bulk("PUT", "users", {"users": {"user": items}})
        assert codes(results) == [200, 404, 400]
        assert by_uid(caller, "s9")["id"] == world.student

    def test_nobody_can_be_left_without_name_and_address(self, caller: Caller, world: World) -> None:
        assert caller.send("PUT", f"users/{world.teacher}", {"username": ""}).status_code == 400
        assert caller.send("PUT", f"users/{world.student}", {"username": ""}).status_code == 204


class TestDeactivating:
    def test_a_deleted_user_is_inactive(self, caller: Caller, world: World) -> None:
        results = caller.bulk(
            "DELETE", f"users?uids={world.student},99&option_keep_enrollments=1&email_notification=0", None
        )
        assert codes(results) == [200, 404]
        assert caller.send("GET", f"users/{world.student}").status_code == 404
        [inactive] = caller.get("users/inactive")["user"]
        assert (inactive["school_uid"], inactive["name"]) == ("s1", "Ada Moreno")
        assert caller.get(f"users/inactive/{world.student}") == inactive
        assert caller.get(f"sections/{world.section}/enrollments") == {"total": "0"}
        statistics = caller.sandbox.statistics()
        assert (statistics.mails, statistics.histories_lost) == (0, 0)

    def test_unless_told_otherwise_history_is_lost_and_the_person_is_mailed(self, caller: Caller, world: World) -> None:
        caller.expect(204, "DELETE", f"users/{world.student}")
        statistics = caller.sandbox.statistics()
        assert (statistics.mails, statistics.histories_lost) == (1, 1)
        caller.bulk("PUT", "users/reactivate", {"user": [{"uid": world.student, "option_reenroll": 1}]})
        assert caller.get(f"sections/{world.section}/enrollments") == {"total": "0"}

    @pytest.mark.parametrize(("reenrolls", "status"), [(1, "1"), (0, "5")])
    def test_a_reactivated_user_gets_kept_enrollments_back(
        self, caller: Caller, world: World, reenrolls: int, status: str
    ) -> None:
        caller.expect(204, "DELETE", f"users/{world.student}?option_keep_enrollments=1&email_notification=0")
        items = [{"uid": world.student, "option_reenroll": reenrolls}, {"uid": world.teacher}]
        assert codes(caller.bulk("PUT", "users/reactivate", {"user": items})) == [200, 404]
        [enrollment] = caller.get(f"sections/{world.section}/enrollments")["enrollment"]
        assert enrollment["status"] == status

    def test_an_inactive_account_keeps_its_unique_id_and_is_not_revived_by_an_upsert(
        self, caller: Caller, world: World
    ) -> None:
        caller.expect(204, "DELETE", f"users/{world.student}")
        assert codes(create(caller, user("s1"))) == [400]
        assert codes(create(caller, user("s1"), flags="update_existing=1")) == [400]
        assert codes(create(caller, user("u2", primary_email="ada@district.example"))) == [200]

    def test_unless_that_is_switched_off(self, lax: Callable[..., Caller]) -> None:
        caller = lax(inactive_stays_inactive=False)
        [made] = create(caller, user("u1"))
        caller.expect(204, "DELETE", f"users/{made['id']}")
        [again] = create(caller, user("u1", name_first="Eve"), flags="update_existing=1")
        assert again["id"] == made["id"]
        assert by_uid(caller, "u1")["name_first"] == "Eve"

    def test_a_bulk_deletion_may_answer_204(self, launch: Launch) -> None:
        caller = launch(bulk_delete_status=204)
        id_ = caller.sandbox.seed().user("u1", "Ada", "Vega")
        caller.expect(204, "DELETE", f"users?uids={id_}")
        assert caller.get("users/inactive")["total"] == "1"


class TestParents:
    def associate(self, caller: Caller, *items: Mapping[str, object]) -> list[dict[str, Any]]:
        return caller.bulk("POST", "users/import/associations/parents", {"associations": {"association": list(items)}})

    def test_parents_are_linked_and_unlinked_by_unique_ids(self, caller: Caller, world: World) -> None:
        parent = caller.sandbox.seed().user("p1", "Rosa", "Moreno", role="Parent")
        pair = {"student_school_uid": "s1", "parent_school_uid": "p1"}
        assert self.associate(caller, pair, pair) == [{"response_code": 200, **pair}] * 2
        assert caller.get(f"users/{world.student}")["parent_uids"] == str(parent)
        assert caller.get(f"users/{parent}")["child_uids"] == str(world.student)
        assert codes(self.associate(caller, {**pair, "delete": 1})) == [200]
        assert caller.get(f"users/{world.student}")["parent_uids"] == ""

    def test_both_must_exist_and_differ(self, caller: Caller, world: World) -> None:
        results = self.associate(
            caller,
            {"student_school_uid": "s1", "parent_school_uid": "nobody"},
            {"student_school_uid": "nobody", "parent_school_uid": "s1"},
            {"student_school_uid": "s1", "parent_school_uid": "s1"},
        )
        assert codes(results) == [404, 404, 400]


class TestExport:
    def test_all_active_users_come_as_csv_with_the_columns_asked_for(self, caller: Caller, world: World) -> None:
        caller.sandbox.seed().user("x", "Zoë", 'Vega, "Z"', bio="likes chess")
        answer = caller.send("GET", "csvexport/users?fields=school_uid,uid,role_name,name_last,bio")
        assert answer.headers["Content-Type"].startswith("text/csv")
        lines = answer.text.splitlines()
        assert lines[0] == "school_uid,uid,role_name,name_last,bio"
        assert lines[2] == f"s1,{world.student},Student,Moreno,"
        assert lines[4].startswith("x,")
        assert lines[4].endswith('"Vega, ""Z""",likes chess')

    def test_unknown_columns_are_refused(self, caller: Caller) -> None:
        for query in ("", "?fields=password", "?fields=uid,';--"):
            assert caller.send("GET", f"csvexport/users{query}").status_code == 400
