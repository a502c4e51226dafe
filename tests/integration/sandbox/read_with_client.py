"""Reads a district with a public client and prints what it read as JSON; run in the clients' own environment.

usage: read_with_client.py schoolopy|edfi API_URL KEY SECRET
"""

from __future__ import annotations

import json
import sys
from typing import Any

Read = dict[str, list[dict[str, Any]]]


def read_with_schoolopy(api_url: str, key: str, secret: str) -> Read:
    """Schoolopy asks for one page of whatever length; ours is the longest the service gives."""
    import schoolopy

    client = schoolopy.Schoology(schoolopy.Auth(key, secret), api_host=f"{api_url}/")
    read: Read = {"first_users": client.get_users()}
    client.limit = 200
    read["schools"] = client.get_schools()
    read["users"] = client.get_users()
    read["inactive"] = client.get_users(inactive=True)
    read["courses"] = client.get_courses()
    read["sections"] = [section for course in read["courses"] for section in client.get_course_sections(course["id"])]
    read["enrollments"] = [entry for section in read["sections"] for entry in client.get_enrollments(section["id"])]
    first = read["sections"][0]["id"]
    student = next(entry["uid"] for entry in read["enrollments"] if not entry["admin"])
    read["periods"] = client.get_grading_periods()
    read["assignments"] = client.get_assignments(first)
    read["assignment"] = [client.get_assignment(first, read["assignments"][0]["id"])]
    read["categories"] = client.get_grading_categories(first)
    read["category"] = [client.get_grading_category(read["categories"][0]["id"], first)]
    read["scales"] = client.get_grading_scale(first)["grading_scale"]
    read["grades"] = client.get_user_grades_by_section(student, first)
    return read


def read_with_edfi(api_url: str, key: str, secret: str) -> Read:
    """edfi-schoology-extractor follows the links from page to page, twenty objects at a time."""
    from edfi_schoology_extractor.api.request_client import RequestClient

    client = RequestClient(key, secret, f"{api_url}/")
    read: Read = {
        "roles": client.get_roles().get_all_pages(),
        "users": client.get_users().get_all_pages(),
        "courses": client.get_courses().get_all_pages(),
        "sections": [],
        "enrollments": [],
        "coursework": [],
    }
    for course in read["courses"]:
        read["sections"] += client.get_section_by_course_id(course["id"]).get_all_pages()
    for section in read["sections"]:
        read["enrollments"] += client.get_enrollments(section["id"]).get_all_pages()
    first = read["sections"][0]["id"]
    read["assignments"] = client.get_assignments(first).get_all_pages()
    read["coursework"] += client.get_discussions(first) + client.get_attendance(first)
    read["coursework"] += client.get_section_updates(first).get_all_pages()
    read["coursework"] += client.get_submissions_by_section_id_and_grade_item_id(
        first, read["assignments"][0]["id"]
    ).get_all_pages()
    return read


def main() -> None:
    """The client named first reads; the rest is where and who."""
    client, *place = sys.argv[1:]
    read = {"schoolopy": read_with_schoolopy, "edfi": read_with_edfi}[client]
    json.dump(read(*place), sys.stdout)


if __name__ == "__main__":
    main()
