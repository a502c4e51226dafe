"""Quirks on the way to a SIS: its addresses, its tokens, its sign-in and its permissions."""

from __future__ import annotations

from functools import partial

from sis_connect.partners.quirks.quirk import Part, Quirk

_address = partial(Quirk, part=Part.ADDRESS)
_access = partial(Quirk, part=Part.ACCESS)

QUIRKS = (
    _address(
        "token-url-not-derivable",
        what="The authentication URL does not follow from the address of the service.",
        effect="The district enters it, and it is kept as it was entered.",
        provenance="Infinite Campus and Skyward integrators (B, C)",
        rests_on="sign_in.oauth2.token_url",
    ),
    _address(
        "token-url-at-origin",
        what="The authentication URL hangs off the host and not below the root of the service.",
        effect="It is computed from the host by the profile's pattern.",
        provenance="Aspen's online help (A)",
        rests_on="sign_in.oauth2.token_url",
    ),
    _address(
        "token-url-query-param",
        what="The authentication URL carries a query parameter.",
        effect="The query is kept, and an entry without it is refused.",
        provenance="GG4L's guide to Infinite Campus (B)",
        rests_on="addresses.shapes",
    ),
    _address(
        "token-url-trailing-slash",
        what="A slash at the end of the authentication URL leads to another handler.",
        effect="The slash is neither added nor taken away.",
        provenance="Notes of an Aeries integrator (C)",
    ),
    _address(
        "no-token-request",
        what="There is no authentication URL: requests are signed, or carry a fixed token.",
        effect="No token is asked for, and no authentication URL.",
        provenance="ClassLink's developer pages (A)",
    ),
    _address(
        "app-segment-in-base",
        what="The name of the application is a segment of the address.",
        effect="The address is taken as it is; the name tells tenants of one host apart.",
        provenance="Minga's guide to Infinite Campus (B)",
        rests_on="addresses.shapes",
    ),
    _address(
        "base-url-may-include-version",
        what="Administrators copy the address with its version, or of one collection.",
        effect="Whatever follows the version is cut off.",
        provenance="Notes of an Aeries integrator (C)",
    ),
    _address(
        "base-url-changes",
        what="A release changed every address, and the old ones answer for a while.",
        effect="An address of the old shape is taken, and the district is told to enter the new one.",
        provenance="Infinite Campus's migration instructions (A)",
        rests_on="addresses.shapes",
    ),
    _address(
        "shared-host-many-tenants",
        what="One host serves many districts, told apart by the path or by the credentials.",
        effect="Request limits are shared by host, data never is.",
        provenance="Public clients of Infinite Campus (C)",
    ),
    _address(
        "subdirectory-in-base",
        what="The address must hold a sub-directory.",
        effect="An address without one is remarked on.",
        provenance="Aeries's set-up article (A)",
        rests_on="addresses.shapes",
    ),
    _address(
        "nonstandard-v1p2-path",
        what="OneRoster 1.2 answers under a path that the standard does not give it.",
        effect="An address of 1.2 is recognised in this form too, and refused with advice.",
        provenance="A public Skyward connector (C)",
    ),
    _access(
        "scope-mandatory",
        what="A token request without a scope is refused.",
        effect="The profile's scopes are always sent.",
        provenance="Aeries's article on authentication (A)",
        rests_on="sign_in.oauth2.roster_scopes",
    ),
    _access(
        "scope-core-not-enough",
        what="The scope roster-core does not open enrollments.",
        effect="The full roster scope is asked for too; when that is refused, core alone.",
        provenance="Notes of an Aeries integrator (C)",
        rests_on="sign_in.oauth2.roster_scopes",
    ),
    _access(
        "scope-keep-small",
        what="Scopes of the gradebook or of resources may be refused.",
        effect="Only what is needed is asked for; after a refusal once more with fewer.",
        provenance="A public Qmlativ connector (D)",
    ),
    _access(
        "credential-style-varies",
        what="The id and the secret are taken in the header by some installations and in the form by others.",
        effect="The ways of the profile are tried in order when the connection is tested; what worked is kept.",
        provenance="Public clients of Infinite Campus (C)",
        rests_on="sign_in.oauth2.credential_styles",
    ),
    _access(
        "form-content-type-on-get",
        what="The content type of a form is expected on every request.",
        effect="It is sent with GET too.",
        provenance="A public Synergy client (C)",
    ),
    _access(
        "session-cookie",
        what="A cookie set with the token belongs to it.",
        effect="It is sent back with every request under that token.",
        provenance="A public Synergy client (C)",
    ),
    _access(
        "oauth1-retired",
        what="OAuth 1 connections can no longer be created.",
        effect="OAuth 1 is not offered.",
        provenance="Infinite Campus's migration instructions (A)",
    ),
    _access(
        "oauth1-default",
        what="For 1.1, OAuth 1 is the default or the only way.",
        effect="It is offered first.",
        provenance="eSchoolPlus release notes (A)",
        rests_on="sign_in.kinds",
    ),
    _access(
        "oauth1-signature-selectable",
        what="The district chooses the hash of OAuth 1 signatures.",
        effect="The district is asked which one it chose.",
        provenance="eSchoolPlus release notes (A)",
        rests_on="sign_in.oauth1.signatures",
    ),
    _access(
        "credentials-expire",
        what="Credentials end about a year after they were made.",
        effect="A refusal says so first, and where to renew them.",
        provenance="Infinite Campus's troubleshooting article (A)",
        rests_on="access.expiry",
    ),
    _access(
        "vendor-header-for-grades",
        what="Requests to the gradebook need one more header, and are answered 401 without it.",
        effect="The header is sent to the gradebook only; a 401 there does not renew the token.",
        provenance="Infinite Campus's article on its gradebook endpoints (A)",
    ),
    _access(
        "licence-gated",
        what="Sending grades, or the whole service, needs a licence or an approval.",
        effect="The district is told before it connects; a refusal names the licence.",
        provenance="Infinite Campus's article on its applications (A)",
        rests_on="access.licence",
    ),
    _access(
        "partner-gated",
        what="The connecting product must be registered with the SIS company first.",
        effect="The district is told before it connects.",
        provenance="Infinite Campus's article on supported connections (A)",
    ),
    _access(
        "vendor-issues-credentials",
        what="Credentials come from the SIS company or a partner and not from a screen.",
        effect="The hint says whom to ask.",
        provenance="GG4L's guide to FACTS (B)",
    ),
    _access(
        "look-alike-credentials",
        what="Another key or address on the same screen is easily taken for the right one.",
        effect="The hint names what not to copy.",
        provenance="Notes of an Aeries integrator (C)",
    ),
    _access(
        "permission-per-endpoint",
        what="Each collection is switched on by itself.",
        effect="A 401 or 403 on one collection names that permission and does not renew the token.",
        provenance="eSchoolData's help (A)",
    ),
    _access(
        "empty-200-not-shared",
        what="Nothing shared is answered with an empty list.",
        effect="An empty collection of schools ends the pull; it is never taken for a district without schools.",
        provenance="Notes of an Aeries integrator (C)",
    ),
    _access(
        "auth-error-as-500",
        what="A token that has ended may be answered with 500.",
        effect="One new token is fetched before the error counts.",
        provenance="A public OneRoster 1.1 connector by Tools4ever (C)",
    ),
    _access(
        "token-per-worker",
        what="A new token revokes the ones before it.",
        effect="All requests of a connection share one token.",
        provenance="Instructure's authentication specification (B)",
    ),
    _access(
        "clock-skew",
        what="Timestamps of OAuth 1 are compared with a clock that may be minutes off.",
        effect="A refused timestamp is reported with the time of both sides.",
        provenance="Instructure's authentication specification (B)",
    ),
    _access(
        "password-grant",
        what="The token is given for a user's name and password.",
        effect="The connection is refused with advice: SIS Connect signs in as a client.",
        provenance="Kimono's guide to OneRoster connections (B)",
    ),
)
