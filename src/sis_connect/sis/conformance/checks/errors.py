"""How the service says no, and what kind of answer it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.status_info import STATUS_KEY, CodeMinor
from sis_connect.sis.conformance.checking import CannotTellError, Check, Coping, Group, Level, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from sis_connect.sis.conformance.asking import Answered
    from sis_connect.sis.conformance.checking import Verdict
    from sis_connect.sis.conformance.probe import Probe

_NOBODY = "sis-connect-conformance-no-such-record"


def _unknown_id(probe: Probe) -> Answered:
    return probe.ask("getOrg", ids={"id": _NOBODY})


def _unknown_parent(probe: Probe) -> Answered:
    return probe.ask("getClassesForSchool", {"limit": 1}, ids={"school_id": _NOBODY})


def _not_found(ask: Callable[[Probe], Answered]) -> Callable[[Probe], Verdict]:
    def judge(probe: Probe) -> Verdict:
        taken = ask(probe)
        return passed("", taken) if taken.status == 404 else failed(f"It was answered with {taken.ending}.", taken)

    return judge


def _is_served(probe: Probe) -> None:
    """CannotTellError when the derived path is not served at all: then 404 says nothing about the record."""
    school = probe.cast.ids.get("school_id")
    if school is None:
        raise CannotTellError("The data holds no school to ask about.")
    taken = probe.ask("getClassesForSchool", {"limit": 1}, ids={"school_id": school})
    if taken.status != 200:
        raise CannotTellError(f"The classes of a school that is there were answered with {taken.ending}.")


def _parent(probe: Probe) -> Verdict:
    _is_served(probe)
    return _not_found(_unknown_parent)(probe)


def _payload(probe: Probe) -> Verdict:
    taken = _unknown_id(probe)
    if taken.status != 404:
        return skipped("An unknown id was not answered with 404.")
    document = taken.document
    if not isinstance(document, dict) or not isinstance(document.get(STATUS_KEY), list):
        return failed("The answer holds no list under statusInfoSet.", taken)
    if not any(notice.is_failure for notice in taken.notices):
        return failed("The answer does not say that it is a failure.", taken)
    if not taken.says(CodeMinor.UNKNOWN_OBJECT):
        return failed("The answer does not say “unknown object”.", taken)
    return passed("", taken)


def _is_json(taken: Answered) -> bool:
    return taken.header("Content-Type").partition(";")[0].strip().lower() == "application/json"


def _json(probe: Probe) -> Verdict:
    taken = probe.ask("getAllOrgs", {"limit": 1})
    if taken.status != 200:
        return skipped(f"A read was answered with {taken.ending}.")
    return passed("", taken) if _is_json(taken) else failed("The Content-Type is another.", taken)


def _json_errors(probe: Probe) -> Verdict:
    taken = _unknown_id(probe)
    if taken.status < 400:
        return skipped("Nothing was refused.")
    return passed("", taken) if _is_json(taken) else failed("The Content-Type of an error is another.", taken)


def _empty(probe: Probe) -> Verdict:
    """A filter that nothing matches shows how nothing is said."""
    taken = probe.ask("getAllOrgs", {"filter": f"sourcedId='{_NOBODY}'", "limit": 1})
    if taken.status == 400:
        return skipped("Filters are refused.")
    if taken.status != 200:
        return failed(f"It was answered with {taken.ending}.", taken)
    document = taken.document
    found = document.get("orgs") if isinstance(document, dict) else None
    if found == []:
        return passed("", taken)
    if isinstance(found, list):
        return skipped("The filter was not heeded.")
    return failed("The root key does not hold an empty list.", taken)


CHECKS = (
    Check(
        "errors.unknown_id",
        Group.ERRORS,
        Level.REQUIRED,
        "REST binding: status codes",
        "An id that nobody has is answered with 404.",
        "Answer 404 for ids that are not assigned, not an empty answer with 200.",
        Coping.YES,
        "An answer without a record is taken for not found.",
        _not_found(_unknown_id),
    ),
    Check(
        "errors.payload",
        Group.ERRORS,
        Level.REQUIRED,
        "Queries: error payload",
        "A refusal says in a statusInfoSet what is wrong: failure, error, and a minor code.",
        "Send the statusInfoSet of 1.1, a list, with imsx_codeMajor, imsx_severity and imsx_codeMinor.",
        Coping.YES,
        "What happened is told by the status.",
        _payload,
    ),
    Check(
        "errors.unknown_parent",
        Group.ERRORS,
        Level.EXPECTED,
        "REST binding: semantics of alias and derived collections",
        "A collection below a record that is not there is answered with 404.",
        "Answer 404 when the school, class or person in the path is not there.",
        Coping.YES,
        "Only records that were read are asked about.",
        _parent,
    ),
    Check(
        "errors.unknown_path",
        Group.ERRORS,
        Level.ADVICE,
        "REST binding: status codes",
        "A path that no operation has is answered with 404.",
        "Answer 404 for paths that are not served.",
        Coping.YES,
        "Such paths are never asked for.",
        _not_found(lambda probe: probe.ask_path("/sisConnectConformance")),
    ),
    Check(
        "errors.empty",
        Group.ERRORS,
        Level.REQUIRED,
        "REST binding: envelope",
        "A collection without records is an empty list under its root key, with 200.",
        "Send the root key with an empty list.",
        Coping.NO,
        "Without an empty list nothing tells an empty collection from a broken one, and the pull is refused.",
        _empty,
    ),
    Check(
        "errors.json",
        Group.ERRORS,
        Level.REQUIRED,
        "REST binding: base path and transport",
        "Answers say that they are application/json.",
        "Send Content-Type: application/json.",
        Coping.YES,
        "Answers are judged by what they hold.",
        _json,
    ),
    Check(
        "errors.json_too",
        Group.ERRORS,
        Level.ADVICE,
        "Queries: error payload",
        "Errors are application/json too.",
        "Send errors as JSON, not as a page of the web server.",
        Coping.YES,
        "What happened is told by the status.",
        _json_errors,
    ),
)
