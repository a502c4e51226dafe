"""What can go wrong with an action, as one tree; each error names its remedy.

    SisConnectError
    ├── ConfigurationError       a setting is wrong; its key is named
    ├── PackageRefusedError      a OneRoster package cannot be read at all
    ├── PullRefusedError         a SIS answers in a way that cannot be believed, or not at all what is needed
    ├── SourceError              a SIS could not be asked: no answer, or the sign-in is not accepted
    ├── TargetError              the LMS, or whatever server `transport` calls
    │   ├── UnauthorisedError    the key or secret is not accepted
    │   ├── UnavailableError     it did not answer, or asked us to come back later; nothing was written
    │   ├── OutcomeUnknownError  a write was sent and no answer came: look before writing again
    │   └── MalformedReplyError  it answered something we cannot read
    ├── PlanError                a plan is unknown, changed or no longer fits what the LMS holds
    └── StoreError               the data folder is damaged or in use

Bad *data* is never an error: it is a finding (`findings`). Texts here are for a district's administrator; they
never hold secrets or personal data.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Remedy(StrEnum):
    """Who does what next."""

    RETRY = "retry"
    RECONFIGURE = "reconfigure"
    APPROVE = "approve"
    FIX_SOURCE = "fix the source"
    REPORT = "report"


class SisConnectError(Exception):
    """Something was asked that could not be done."""

    remedy = Remedy.REPORT

    def __init__(self, what: str, *, fix: str = "", where: str = "", cause: str = "") -> None:
        """`what` happened, `where`, and how to `fix` it, each a sentence or a name.

        `cause` is the permanent name of the reason where one is known (`transport.diagnosis.Cause`).
        """
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix
        self.cause = cause


class ConfigurationError(SisConnectError):
    """A setting is wrong; `where` is its file and key."""

    remedy = Remedy.RECONFIGURE


class PackageRefusedError(SisConnectError):
    """A OneRoster package cannot be read at all; `code` is the permanent finding code of the reason."""

    remedy = Remedy.FIX_SOURCE

    def __init__(
        self, code: str, what: str, *, fix: str, where: str = "", others: tuple[PackageRefusedError, ...] = ()
    ) -> None:
        """As the base class, with the finding code first.

        `others` are reasons in other files of the package; `what` names them already.
        """
        super().__init__(what, fix=fix, where=where)
        self.code = code
        self.others = others


class PullRefusedError(SisConnectError):
    """What a SIS says over REST is not believed as a whole roster; `code` is the permanent code of the reason."""

    remedy = Remedy.FIX_SOURCE

    def __init__(self, code: str, what: str, *, fix: str, where: str = "") -> None:
        """As the base class, with the finding code first."""
        super().__init__(what, fix=fix, where=where)
        self.code = code


class SourceError(SisConnectError):
    """A SIS could not be asked over REST; nothing was done, and what was received so far is kept.

    Its texts, cause and remedy are those of the `TargetError` behind it.
    """

    @classmethod
    def of(cls, error: TargetError) -> Self:
        """That error, said of the SIS."""
        said = cls(error.what, fix=error.fix, where=error.where, cause=error.cause)
        said.remedy = error.remedy
        return said


class TargetError(SisConnectError):
    """A server could not do what was asked: the LMS, unless `SourceError` says that it was the SIS."""


class UnauthorisedError(TargetError):
    """The server does not accept our credentials, or they lack a right."""

    remedy = Remedy.RECONFIGURE


class UnavailableError(TargetError):
    """The server did not take the request; nothing was written; trying later may help."""

    remedy = Remedy.RETRY


class OutcomeUnknownError(TargetError):
    """A write was sent and its answer was lost: it may or may not have taken effect."""

    remedy = Remedy.RETRY


class MalformedReplyError(TargetError):
    """The server answered something that does not follow its own rules."""


class PlanError(SisConnectError):
    """A plan is unknown, was changed, or no longer fits what the LMS holds."""

    remedy = Remedy.APPROVE


class StoreError(SisConnectError):
    """The data folder cannot be used."""
