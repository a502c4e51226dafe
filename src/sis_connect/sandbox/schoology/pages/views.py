"""The pages: addresses, and what each shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from sis_connect.sandbox.schoology.pages import queries
from sis_connect.sandbox.schoology.pages.gradebook import read_table
from sis_connect.sandbox.schoology.records import schools
from sis_connect.sandbox.schoology.records.fields import BY_HAND
from sis_connect.sandbox.web.pages import asked_number, asset_routes, build_templates, page_of, page_route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sis_connect.sandbox.schoology.service import Service
    from sis_connect.sandbox.schoology.storage import Row
    from sis_connect.sandbox.web.pages import Context, Page


class _Pages:
    """The content of each page of one sandbox."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._storage = service.storage

    def home(self, request: Request) -> Context | None:
        page = queries.read_schools(self._storage, asked_number(request))
        return {"page": page, "totals": queries.read_totals(self._storage)}

    def school_courses(self, request: Request) -> Context | None:
        return self._school(request, "courses", queries.read_courses)

    def school_sections(self, request: Request) -> Context | None:
        return self._school(request, "sections", queries.read_sections_of_school)

    def school_people(self, request: Request) -> Context | None:
        return self._school(request, "people", queries.read_people_of_school)

    def course(self, request: Request) -> Context | None:
        course = queries.read_course(self._storage, request.path_params["id"])
        if course is None:
            return None
        page = queries.read_sections_of_course(self._storage, course["id"], asked_number(request))
        return {"course": course, "page": page}

    def section(self, request: Request) -> Context | None:
        today = self._service.today.isoformat()
        section = queries.read_section(self._storage, request.path_params["id"], today)
        if section is None:
            return None
        return {
            "section": section,
            "periods": queries.read_periods_of_section(self._storage, section["id"]),
            "teachers": queries.read_roster(self._storage, section["id"], 1, teachers=True),
            "page": queries.read_roster(self._storage, section["id"], asked_number(request), teachers=False),
            "by_hand": queries.count_by_hand(self._storage, section["id"]),
        }

    def gradebook(self, request: Request) -> Context | None:
        section = queries.read_section(self._storage, request.path_params["id"], self._service.today.isoformat())
        if section is None:
            return None
        students, items = asked_number(request), asked_number(request, "items")
        manners = self._service.settings.grades
        table = read_table(self._storage, section, manners, students=students, items=items)
        return {
            "section": section,
            "table": table,
            "link_to_items": lambda number: f"?page={table.students.number}&items={number}",
        }

    def people(self, request: Request) -> Context | None:
        search = request.query_params.get("q", "").strip()
        role_id = request.query_params.get("role", "")
        state = request.query_params.get("state", "")
        return {
            "search": search,
            "role_id": role_id,
            "state": state,
            "roles": queries.read_roles(self._storage),
            "page": queries.read_people(self._storage, search, role_id, state, asked_number(request)),
        }

    def person(self, request: Request) -> Context | None:
        person = queries.read_person(self._storage, request.path_params["id"])
        if person is None:
            return None
        return {
            "person": person,
            "other_schools": queries.read_other_schools(self._storage, person["id"]),
            "parents": queries.read_relatives(self._storage, person["id"], "student"),
            "children": queries.read_relatives(self._storage, person["id"], "parent"),
            "page": queries.read_memberships(self._storage, person["id"], asked_number(request)),
        }

    def periods(self, request: Request) -> Context | None:
        return {
            "page": queries.read_periods(self._storage, asked_number(request)),
            "today": self._service.today.isoformat(),
        }

    def calls(self, request: Request) -> Context | None:
        page = page_of(list(reversed(self._service.log)), asked_number(request))
        return {"page": page, "statistics": self._service.tally.statistics()}

    def _school(self, request: Request, tab: str, read: Callable[..., Page[Row]]) -> Context | None:
        school = schools.find(self._storage, request.path_params["id"])
        if school is None:
            return None
        return {"school": school, "tab": tab, "page": read(self._storage, school["id"], asked_number(request))}


def page_routes(service: Service) -> list[BaseRoute]:
    """All pages, their style sheet and icon, and a page for addresses nobody knows."""
    pages = _Pages(service)
    templates = build_templates(__package__, by_hand_mark=BY_HAND, district_title=service.settings.district_title)
    templates.filters["address"] = _address
    route = partial(page_route, templates)
    return [
        route("/", "home.html", pages.home),
        route("/schools/{id:int}", "school.html", pages.school_courses),
        route("/schools/{id:int}/sections", "school.html", pages.school_sections),
        route("/schools/{id:int}/people", "school.html", pages.school_people),
        route("/courses/{id:int}", "course.html", pages.course),
        route("/sections/{id:int}", "section.html", pages.section),
        route("/sections/{id:int}/gradebook", "gradebook.html", pages.gradebook),
        route("/people", "people.html", pages.people),
        route("/people/{id:int}", "person.html", pages.person),
        route("/grading-periods", "periods.html", pages.periods),
        route("/calls", "calls.html", pages.calls),
        *asset_routes(__package__),
        route("/{rest:path}", "missing.html", lambda _: None),
    ]


def _address(value: object) -> str:
    """An e-mail address or user name that may be broken after its @."""
    return Markup("@<wbr>").join(escape(part) for part in str(value or "").split("@"))
