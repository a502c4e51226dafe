"""The table of failures: each cause has its row, each failure its cause, and the table agrees with what is retried."""

from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from sis_connect.transport.addresses import ForbiddenAddressError
from sis_connect.transport.diagnosis import DIAGNOSES, Action, Cause, diagnose_content, diagnose_failure
from sis_connect.transport.retry import Effect
from sis_connect.transport.statuses import diagnose_status, judge_status


def caused(error: Exception, *causes: Exception) -> Exception:
    """The error with these behind it, as libraries chain them."""
    link: Exception = error
    for cause in causes:
        link.__cause__ = cause
        link = cause
    return error


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    return error


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_row_an_administrator_can_act_on(cause: Cause) -> None:
    row = DIAGNOSES[cause]
    for sentence in (row.what, row.fix):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert row.what != row.fix
    assert row.action in Action


def test_the_table_has_no_row_without_a_cause_and_no_two_causes_with_one_sentence() -> None:
    assert set(DIAGNOSES) == set(Cause)
    assert len({row.what for row in DIAGNOSES.values()}) == len(Cause)


@pytest.mark.parametrize(
    ("status", "cause", "action"),
    [
        (301, Cause.REDIRECTED, Action.RECONFIGURE),
        # It points nowhere.
        (304, Cause.REFUSED, Action.REPORT),
        (400, Cause.BAD_REQUEST, Action.REPORT),
        (401, Cause.UNAUTHORISED, Action.RENEW),
        (403, Cause.FORBIDDEN, Action.RECONFIGURE),
        (404, Cause.NOT_FOUND, Action.RECONFIGURE),
        (405, Cause.METHOD_NOT_ALLOWED, Action.REPORT),
        (408, Cause.SERVER_BUSY, Action.RETRY),
        (410, Cause.GONE, Action.RECONFIGURE),
        (422, Cause.REFUSED, Action.REPORT),
        (425, Cause.SERVER_BUSY, Action.RETRY),
        (429, Cause.TOO_MANY_REQUESTS, Action.RETRY),
        (500, Cause.SERVER_ERROR, Action.RETRY),
        (501, Cause.NOT_IMPLEMENTED, Action.REPORT),
        (502, Cause.SERVER_BUSY, Action.RETRY),
        (503, Cause.SERVER_BUSY, Action.RETRY),
        (504, Cause.SERVER_BUSY, Action.RETRY),
        (599, Cause.SERVER_ERROR, Action.RETRY),
    ],
)
def test_a_status_names_its_cause_and_what_is_done(status: int, cause: Cause, action: Action) -> None:
    assert diagnose_status(status) is cause
    assert DIAGNOSES[cause].action is action


@pytest.mark.parametrize("has_retry_after", [True, False])
def test_a_status_is_tried_again_exactly_when_the_table_says_so(*, has_retry_after: bool) -> None:
    """Two tables answer two questions about a status, and never contradict each other."""
    for status in range(200, 600):
        effect = judge_status(status, has_retry_after=has_retry_after)
        cause = diagnose_status(status)
        is_retried = cause is not None and DIAGNOSES[cause].action is Action.RETRY
        assert (cause is None) == (effect is Effect.DONE), status
        assert is_retried == (effect in {Effect.NOT_DONE, Effect.IN_DOUBT}), status


FAILURES = [
    (caused(httpx2.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "x")), Cause.NO_SUCH_HOST),
    (caused(httpx2.ConnectError("x"), OSError(), socket.gaierror(socket.EAI_AGAIN, "x")), Cause.NAME_SERVER),
    (caused(httpx2.ConnectError("x"), ForbiddenAddressError()), Cause.FORBIDDEN_ADDRESS),
    (caused(httpx2.ConnectError("x"), ConnectionRefusedError()), Cause.CONNECTION_REFUSED),
    (caused(httpx2.ConnectError("x"), OSError(113, "No route to host")), Cause.UNREACHABLE),
    (httpx2.ConnectError("x"), Cause.UNREACHABLE),
    (httpx2.ConnectTimeout("x"), Cause.CONNECT_TIMEOUT),
    (httpx2.PoolTimeout("x"), Cause.CONNECT_TIMEOUT),
    (httpx2.ProxyError("x"), Cause.PROXY),
    (caused(httpx2.ConnectError("x"), certificate_error(10)), Cause.CERTIFICATE_EXPIRED),
    (caused(httpx2.ConnectError("x"), certificate_error(9)), Cause.CERTIFICATE_NOT_YET_VALID),
    (caused(httpx2.ConnectError("x"), certificate_error(62)), Cause.WRONG_HOST_NAME),
    (caused(httpx2.ConnectError("x"), certificate_error(64)), Cause.WRONG_HOST_NAME),
    (caused(httpx2.ConnectError("x"), certificate_error(18)), Cause.UNKNOWN_ISSUER),
    (caused(httpx2.ConnectError("x"), certificate_error(20)), Cause.UNKNOWN_ISSUER),
    (caused(httpx2.ConnectError("x"), certificate_error(23)), Cause.CERTIFICATE_REFUSED),
    (caused(httpx2.ConnectError("x"), ssl.SSLError(1, "wrong version number")), Cause.NO_TLS),
    (httpx2.ReadTimeout("x"), Cause.REPLY_TIMEOUT),
    (httpx2.WriteTimeout("x"), Cause.REPLY_TIMEOUT),
    (httpx2.ReadError("x"), Cause.REPLY_BROKEN),
    (httpx2.WriteError("x"), Cause.REPLY_BROKEN),
    (httpx2.RemoteProtocolError("x"), Cause.REPLY_BROKEN),
    (httpx2.DecodingError("x"), Cause.REPLY_BROKEN),
]


@pytest.mark.parametrize(("error", "cause"), FAILURES)
def test_an_exception_names_the_cause_behind_it(error: Exception, cause: Cause) -> None:
    assert diagnose_failure(error) is cause


def test_every_cause_before_the_first_byte_is_told_from_the_others() -> None:
    """DNS, TLS and connecting fail in ways that different people mend."""
    early = {cause for cause in Cause if cause.partition(".")[0] in {"dns", "address", "connect", "tls"}}
    assert early <= {cause for _, cause in FAILURES}


@pytest.mark.parametrize(
    ("content_type", "content", "cause"),
    [
        ("text/html", b"{}", Cause.HTML),
        ("TEXT/HTML; charset=utf-8", b"", Cause.HTML),
        ("application/json", b"\xef\xbb\xbf \n<!DOCTYPE html><html>", Cause.HTML),
        ("", b"<HTML lang=en>", Cause.HTML),
        ("application/json", b'{"a": "<html>"}', None),
        ("text/plain", b"[]", None),
        ("", b"", None),
    ],
)
def test_a_web_page_is_known_by_its_type_or_its_first_words(
    content_type: str, content: bytes, cause: Cause | None
) -> None:
    assert diagnose_content(content_type, content) is cause
