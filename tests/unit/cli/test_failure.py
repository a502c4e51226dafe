"""What is said when a command fails: the exit code follows from the error, and no message of a fault is repeated."""

from __future__ import annotations

import errno

import click
import pytest

from sis_connect import errors
from sis_connect.cli.exits import ExitCode, exit_code_of
from sis_connect.cli.failure import explain
from sis_connect.errors import PackageRefusedError, PullRefusedError, Remedy, SisConnectError


def every_error() -> list[type[SisConnectError]]:
    """The whole error tree."""
    found = [SisConnectError]
    for parent in found:
        found += parent.__subclasses__()
    return [one for one in found if one.__module__ == errors.__name__]


def an_error(type_: type[SisConnectError]) -> SisConnectError:
    """An error of that class."""
    if issubclass(type_, PackageRefusedError | PullRefusedError):
        return type_("package.not_found", "It is not there.", fix="Look again.", where="here")
    return type_("It did not work.", fix="Try again.", where="here")


@pytest.mark.parametrize("type_", every_error())
def test_every_error_has_an_exit_code_that_is_a_failure(type_: type[SisConnectError]) -> None:
    code = exit_code_of(an_error(type_))
    assert code not in {ExitCode.OK, ExitCode.QUARANTINED, ExitCode.WAITING}


@pytest.mark.parametrize("type_", every_error())
def test_errors_with_one_exit_code_share_what_a_script_would_do(type_: type[SisConnectError]) -> None:
    """What may be repeated as it is ends with 5; what somebody must change first does not."""
    if type_.remedy is Remedy.RETRY:
        assert exit_code_of(an_error(type_)) is ExitCode.LMS


@pytest.mark.parametrize("type_", every_error())
def test_error_says_what_where_and_how_to_fix(type_: type[SisConnectError]) -> None:
    error = an_error(type_)
    code, failure = explain(error)
    assert (failure.what, failure.where, failure.fix) == (error.what, error.where, error.fix)
    assert (failure.kind, failure.remedy) == (code.name.lower(), error.remedy.value)


def test_refused_package_carries_its_finding_code() -> None:
    assert explain(an_error(PackageRefusedError))[1].code == "package.not_found"


def test_fault_names_its_class_and_place_and_never_its_message() -> None:
    try:
        explain(7)  # type: ignore[arg-type]  # a fault inside our own code
    except AttributeError as fault:
        code, failure = explain(fault)
    else:
        pytest.fail("no fault")
    assert code is ExitCode.INTERNAL
    assert failure.where.startswith("AttributeError at cli/failure.py, line ")


def test_fault_outside_our_code_has_no_place() -> None:
    code, failure = explain(ValueError("Maria Secret"))
    assert code is ExitCode.INTERNAL
    assert failure.where == "ValueError"
    assert "Maria" not in str(failure)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (click.UsageError("No such option"), ExitCode.USAGE),
        (click.Abort(), ExitCode.INTERRUPTED),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (OSError(errno.ENOSPC, "No space left on device"), ExitCode.STORE),
        (OSError(errno.EIO, "Input/output error"), ExitCode.INTERNAL),
    ],
)
def test_other_endings_have_their_own_code(error: BaseException, code: ExitCode) -> None:
    assert explain(error)[0] is code
