"""Which endpoint a path means: one table of all of them, and the service's tolerance of how paths are written.

Names in paths may be in any case and in singular, and slashes may be doubled; ids and codes are taken as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from sis_connect.sandbox.schoology.api import (
    courses,
    enrollments,
    grade_items,
    grades,
    grading,
    multiget,
    schools,
    sections,
    triggers,
    user_grades,
    users,
)
from sis_connect.sandbox.schoology.api.calls import Call, CallRefusedError, Reply

Endpoint = Callable[[Call], Reply]

_GET_NOTHING: dict[str, Endpoint] = {"GET": sections.list_nothing}


def _get_many(call: Call) -> Reply:
    return multiget.get_many(call, _get_one)


def _get_one(call: Call) -> Reply:
    route = find_route(call.path)
    return answer(route, "GET", replace(call, parts=route.parts))


#: Template, then the endpoint of each method. Literal names stand before placeholders at the same place.
ENDPOINTS: tuple[tuple[str, dict[str, Endpoint]], ...] = (
    ("app-user-info", {"GET": users.get_app_user_info}),
    ("schools", {"GET": schools.list_schools, "POST": schools.create_school}),
    (
        "schools/{school_id}",
        {"GET": schools.get_school, "PUT": schools.update_school, "DELETE": schools.delete_school},
    ),
    ("schools/{school_id}/buildings", {"GET": schools.list_buildings, "POST": schools.create_building}),
    ("roles", {"GET": schools.list_roles}),
    ("roles/{role_id}", {"GET": schools.get_role}),
    ("gradingperiods", {"GET": schools.list_periods, "POST": schools.create_period}),
    (
        "gradingperiods/{period_id}",
        {"GET": schools.get_period, "PUT": schools.update_period, "DELETE": schools.delete_period},
    ),
    (
        "users",
        {
            "GET": users.list_users,
            "POST": users.create_users,
            "PUT": users.update_users,
            "DELETE": users.delete_users,
        },
    ),
    ("users/me", {"GET": users.get_me}),
    ("users/languages", {"GET": users.list_languages}),
    ("users/inactive", {"GET": users.list_inactive}),
    ("users/inactive/{user_id}", {"GET": users.get_inactive}),
    ("users/reactivate", {"PUT": users.reactivate_users}),
    ("users/import/associations/parents", {"POST": users.import_parents}),
    ("users/ext/{school_uid}", {"GET": users.get_external}),
    ("users/{user_id}", {"GET": users.get_user, "PUT": users.update_user, "DELETE": users.delete_user}),
    ("users/{user_id}/sections", {"GET": sections.list_of_user}),
    ("users/{user_id}/grades", {"GET": user_grades.list_grades}),
    ("csvexport/users", {"GET": users.export_csv}),
    (
        "courses",
        {
            "GET": courses.list_courses,
            "POST": courses.create_courses,
            "PUT": courses.update_courses,
            "DELETE": courses.delete_courses,
        },
    ),
    (
        "courses/{course_id}",
        {"GET": courses.get_course, "PUT": courses.update_course, "DELETE": courses.delete_course},
    ),
    ("courses/{course_id}/sections", {"GET": sections.list_of_course, "POST": sections.create_sections}),
    (
        "sections",
        {"GET": sections.list_by_codes, "PUT": sections.update_sections, "DELETE": sections.delete_sections},
    ),
    ("sections/ext/{section_school_code}", {"GET": sections.get_external}),
    (
        "sections/{section_id}",
        {"GET": sections.get_section, "PUT": sections.update_section, "DELETE": sections.delete_section},
    ),
    ("sections/{section_id}/grading_periods", {"GET": sections.list_periods}),
    (
        "sections/{section_id}/enrollments",
        {
            "GET": enrollments.list_of_section,
            "POST": enrollments.create_enrollments,
            "PUT": enrollments.update_enrollments,
        },
    ),
    (
        "sections/{section_id}/enrollments/{enrollment_id}",
        {
            "GET": enrollments.get_enrollment,
            "PUT": enrollments.update_enrollment,
            "DELETE": enrollments.delete_enrollment,
        },
    ),
    (
        "sections/{section_id}/grading_categories",
        {"GET": grading.list_categories, "POST": grading.create_categories, "PUT": grading.update_categories},
    ),
    (
        "sections/{section_id}/grading_categories/{category_id}",
        {"GET": grading.get_category, "PUT": grading.update_category, "DELETE": grading.delete_category},
    ),
    ("sections/{section_id}/grading_scales", {"GET": grading.list_scales}),
    (
        "sections/{section_id}/assignments",
        {"GET": grade_items.list_assignments, "POST": grade_items.create_assignment},
    ),
    (
        "sections/{section_id}/assignments/{item_id}",
        {
            "GET": grade_items.get_assignment,
            "PUT": grade_items.update_assignment,
            "DELETE": grade_items.delete_assignment,
        },
    ),
    ("sections/{section_id}/grade_items", {"GET": grade_items.list_grade_items}),
    ("sections/{section_id}/grade_items/{item_id}", {"GET": grade_items.get_grade_item}),
    ("sections/{section_id}/grades", {"GET": grades.list_grades, "PUT": grades.write_grades}),
    ("enrollments", {"POST": enrollments.create_over_realms, "DELETE": enrollments.delete_enrollments}),
    ("enrollments/import/course", {"POST": enrollments.import_by_codes}),
    ("enrollments/import/course/{period_ids}", {"POST": enrollments.import_by_period}),
    *[(f"sections/{{section_id}}/{path}", _GET_NOTHING) for path in sections.EMPTY_LISTS],
    ("triggers/targets", {"GET": triggers.list_targets, "POST": triggers.create_target}),
    ("triggers/targets/{target_id}", {"PUT": triggers.update_target, "DELETE": triggers.delete_target}),
    ("triggers/subscriptions", {"GET": triggers.list_subscriptions, "PUT": triggers.write_subscriptions}),
    ("multiget", {"POST": _get_many}),
)

#: Paths below one of these answer with the object itself when nobody knows them.
_PARENTS = ("schools/{school_id}", "courses/{course_id}", "sections/{section_id}")

_PLURALS = {
    name.removesuffix("s"): name
    for name in ("users", "courses", "sections", "schools", "buildings", "roles", "enrollments", "gradingperiods")
}


@dataclass(frozen=True, slots=True)
class Route:
    """What a path means, whatever the method."""

    template: str
    parts: dict[str, str]
    endpoints: dict[str, Endpoint]

    @property
    def log_path(self) -> str:
        """The path with its ids; codes and unique ids, which may be personal, are left out."""
        return self.template.format(**{name: text if text.isdigit() else "…" for name, text in self.parts.items()})


#: Stands in the log and the statistics for every path nobody knows.
UNKNOWN = Route("(unknown path)", {}, {})


def find_route(path: str) -> Route:
    """What a path after `/v1`, still percent-encoded, means; `UNKNOWN` when nothing."""
    segments = [segment for segment in path.split("/") if segment]
    return next((route for entry in _TABLE if (route := _match(entry, segments)) is not None), UNKNOWN)


def answer(route: Route, method: str, call: Call) -> Reply:
    """The endpoint's reply; raises CallRefusedError."""
    if method == "OPTIONS" and route is not UNKNOWN:
        return Reply(200, {}, headers={"Allow": ", ".join(route.endpoints)})
    if method in route.endpoints:
        return route.endpoints[method](call)
    if route is not UNKNOWN:
        raise CallRefusedError(405, "This method is not offered.")
    segments = [segment for segment in call.path.split("/") if segment]
    if method == "GET" and call.settings.strictness.parent_for_unknown_path:
        for entry in _TABLE:
            parent = _match(entry, segments[:2]) if entry[0] in _PARENTS and len(segments) > 2 else None
            if parent is not None:
                return parent.endpoints["GET"](replace(call, parts=parent.parts))
    known = {template.split("/")[0] for template, _, _ in _TABLE}
    if not segments or _normal(segments[0]) not in known:
        raise CallRefusedError(403, "Unknown realm.")
    raise CallRefusedError(404, "Unknown path.")


def _normal(segment: str) -> str:
    name = unquote(segment).lower()
    return _PLURALS.get(name, name)


def _match(entry: tuple[str, list[str], dict[str, Endpoint]], segments: list[str]) -> Route | None:
    template, names, endpoints = entry
    if len(names) != len(segments):
        return None
    parts = {}
    for name, segment in zip(names, segments, strict=True):
        if not name.startswith("{"):
            if _normal(segment) != _normal(name):
                return None
            continue
        value = unquote(segment)
        if name.endswith("_id}") and not (value.isascii() and value.isdigit() and len(value) < 19):
            return None
        parts[name[1:-1]] = value
    return Route(template, parts, endpoints)


_TABLE = [(template, template.split("/"), endpoints) for template, endpoints in ENDPOINTS]
