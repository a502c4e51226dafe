"""Reads a provider with a public client and prints what it read as JSON; run in the clients' own environment.

Records are printed with the names that the standard gives their properties, whatever the client calls them.

usage: read_with_sis_client.py strongmind|platform|classlink|openlrw BASE_URL CLIENT_ID SECRET
"""

from __future__ import annotations

import collections
import collections.abc
import json
import sys
from typing import Any

Read = dict[str, list[dict[str, Any]]]

#: Records of a page; several pages of everything.
PAGE = 7


def read_with_strongmind(base_url: str, _: str, token: str) -> Read:
    """strongmind-oneroster-client makes typed records of pages that are asked for by limit and offset."""
    import oneroster_client as sdk

    configuration = sdk.Configuration()
    configuration.host, configuration.access_token = base_url, token
    client = sdk.ApiClient(configuration)
    lists = {
        "orgs": sdk.OrgsManagementApi(client).get_orgs,
        "schools": sdk.SchoolsManagementApi(client).get_schools,
        "academicSessions": sdk.AcademicSessionsManagementApi(client).get_academic_sessions,
        "terms": sdk.TermsManagementApi(client).get_terms,
        "gradingPeriods": sdk.GradingPeriodsManagementApi(client).get_grading_periods,
        "courses": sdk.CoursesManagementApi(client).get_courses,
        "classes": sdk.ClassesManagementApi(client).get_classes,
        "users": sdk.UsersManagementApi(client).get_users,
        "students": sdk.StudentsManagementApi(client).get_students,
        "teachers": sdk.TeachersManagementApi(client).get_teachers,
        "enrollments": sdk.EnrollmentsManagementApi(client).get_enrollments,
        "demographics": sdk.DemographicsManagementApi(client).get_demographics,
        "resources": sdk.ResourcesManagementApi(client).get_resources,
        "categories": sdk.CategoriesManagementApi(client).get_categories,
        "lineItems": sdk.LineItemsManagementApi(client).get_line_items,
        "results": sdk.ResultsManagementApi(client).get_results,
    }
    read: Read = {}
    for name, ask in lists.items():
        read[name] = []
        while page := records_of(client, ask(limit=PAGE, offset=len(read[name]))):
            read[name] += page
    return read


def records_of(client: Any, answer: Any) -> list[dict[str, Any]]:
    """The records of an answer, whichever property holds them."""
    [records] = client.sanitize_for_serialization(answer).values()
    return list(records)


def read_with_platform(base_url: str, client_id: str, secret: str) -> Read:
    """strongmind-platform-sdk fetches its own token and goes from an enrollment to all that it belongs to."""
    from platform_sdk.clients.oneroster_client import OneRosterClient
    from platform_sdk.helpers.link_header import links_from_header

    client = OneRosterClient(base_url, base_url, client_id, secret, raise_on_404=True)
    api = client.enrollments.api_client
    read: Read = {"enrollments": [], "walked": []}
    offset = 0
    while True:
        page, _, headers = client.enrollments.get_enrollments_with_http_info(limit=PAGE, offset=offset)
        read["enrollments"] += records_of(api, page)
        next_link = links_from_header(headers["Link"]).next_link
        if not next_link:
            break
        offset = int(next_link.rpartition("offset=")[2])
    for enrollment in read["enrollments"][:PAGE]:
        walked = client.get_enrollment_with_parents_and_course(enrollment["sourcedId"]).enrollment
        people = {"user": walked.user.username, "class": walked._class.title, "course": walked._class.course.title}
        read["walked"].append({"sourcedId": walked.sourced_id, "org": walked.org.name, **people})
    return read


def read_with_classlink(base_url: str, client_id: str, secret: str) -> Read:
    """`oneroster` signs with OAuth 1 and HMAC-SHA256, and follows the links from page to page."""
    # It was written for Pythons that had this name here.
    collections.MutableMapping = collections.abc.MutableMapping  # type: ignore[attr-defined]
    from oneroster import ClasslinkConnector

    client = ClasslinkConnector(f"{base_url}/", client_id, secret, page_size=PAGE)
    read: Read = {}
    for name in ("users", "students", "teachers", "classes", "courses", "schools"):
        read[name] = client.get_users(user_filter=name)
    school = read["schools"][0]["name"]
    read["students of a school"] = client.get_users("schools", school, "students", match_on="name")
    class_ = read["classes"][0]["sourcedId"]
    read["students of a class"] = client.get_users("classes", class_, "students", match_on="sourcedId")
    return read


def read_with_openlrw(base_url: str, client_id: str, token: str) -> Read:
    """OpenLRW asks for whole collections below `/api` and leaves paging to whoever uses it."""
    sys.argv = sys.argv[:1]
    from openlrw.client import OpenLRW

    client = OpenLRW(base_url.removesuffix("/api"), client_id, token)
    read: Read = {"users": json.loads(client.get_users(token))["users"]}
    for name in ("orgs", "classes", "enrollments", "results"):
        read[name] = []
        while page := json.loads(client.http_auth_get(f"/api/{name}?limit={PAGE}&offset={len(read[name])}", token))[
            name
        ]:
            read[name] += page
    read["one by one"] = [
        json.loads(client.get_user(user["sourcedId"], token))["user"] for user in read["users"][:PAGE]
    ]
    return read


def main() -> None:
    """The client named first reads; the rest is where and who."""
    client, *place = sys.argv[1:]
    readers = {
        "strongmind": read_with_strongmind,
        "platform": read_with_platform,
        "classlink": read_with_classlink,
        "openlrw": read_with_openlrw,
    }
    json.dump(readers[client](*place), sys.stdout)


if __name__ == "__main__":
    main()
