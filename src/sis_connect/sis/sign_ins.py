"""The ways to sign in to a SIS, as rules, commands and reports name them. Only the names: help loads this, too."""

from __future__ import annotations

from enum import StrEnum


class SignInName(StrEnum):
    """A way to sign in; the values are permanent, and those of `sis.sign_in`."""

    OAUTH1_SHA1 = "oauth1-sha1"
    OAUTH1_SHA256 = "oauth1-sha256"
    OAUTH2_BASIC = "oauth2-basic"
    OAUTH2_BODY = "oauth2-body"
    BEARER = "bearer"
