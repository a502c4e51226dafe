"""What a district enters is judged in sentences that name the field and the vendor's word for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_files import IDS, profile
from sis_connect.partners.entries import Remark, check_entries, service_address
from sis_connect.partners.fields import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMPUS = {
    "api_url": "https://oak.infinitecampus.example/campus/api/oneroster/v1p1/hub",
    "client_id": "key-1",
    "client_secret": "hush-hush",
    "token_url": "https://oak.infinitecampus.example/campus/oauth2/token?appName=hub",
}
AERIES = {"api_url": "https://oak.aeries.net/aeries", "client_id": "key-1", "client_secret": "hush-hush"}
OTHER = {**AERIES, "api_url": "https://sis.oak.example", "token_url": "https://sis.oak.example/token"}


def remarks(id_: str, entries: Mapping[str, str], *, grades: bool = False) -> list[Remark]:
    """What is said about entries for a partner."""
    return list(check_entries(profile(id_), entries, grades=grades))


def refusal(id_: str, entries: Mapping[str, str], *, grades: bool = False) -> str:
    """The one sentence that refuses."""
    [remark] = remarks(id_, entries, grades=grades)
    assert remark.refuses
    return remark.text


@pytest.mark.parametrize(
    ("id_", "entries"), [("infinite-campus", CAMPUS), ("aeries", AERIES), ("other", OTHER)]
)  # fmt: skip
def test_good_entries_need_no_remark(id_: str, entries: dict[str, str]) -> None:
    assert remarks(id_, entries) == []


def test_blanks_around_entries_are_left_out_of_account() -> None:
    assert remarks("infinite-campus", {name: f" {text}\n" for name, text in CAMPUS.items()}) == []


def test_what_is_missing_is_named_as_the_vendor_names_it_and_where_it_stands() -> None:
    assert refusal("infinite-campus", {**CAMPUS, "token_url": "  "}) == (
        "Authentication URL (Infinite Campus calls it “token URL”) is missing. It looks like "
        "https://{host}/campus/oauth2/token?appName={app}. It stands on the page of the connection under “Information "
        "to Share”. What follows the question mark belongs to it."
    )


@pytest.mark.parametrize("id_", IDS)
def test_empty_form_is_told_everything_that_is_missing_at_once(id_: str) -> None:
    asked = [one for one in fields(profile(id_), grades=True) if one.is_required]
    kind = fields(profile(id_))[1].default or "oauth2"
    missing = [one.name for one in asked if kind in one.only_with]
    assert [one.field for one in remarks(id_, {}, grades=True)] == missing


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("oak.aeries.net/aeries", "is not a web address"),
        ("ftp://oak.aeries.net/aeries", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://[oak/aeries", "is not a web address"),
        ("https://oak.aeries.net:port/aeries", "is not a web address"),
        ("http://oak.aeries.net/aeries", "begins with http://"),
        ("https://key-1:hush@oak.aeries.net/aeries", "holds a name or a password"),
        ("https://oak.aeries.net/aer ies", "holds a blank"),
        ("https://oak.aeries.net\\aeries", "holds a blank or another sign"),
        ("https://{district}.aeries.net/aeries", "still holds a placeholder"),
        ("https://oak.aeries.net/aeries?limit=1", "holds more than an address"),
        ("https://oak.aeries.net/aeries#top", "holds more than an address"),
        ("https://oak.aeries.net/aeries/ims/oneroster/v1p2", "is the address of OneRoster 1.2"),
        ("https://oak.aeries.net/aeries/ims/oneroster/rostering/v1p2/orgs", "is the address of OneRoster 1.2"),
        ("https://oak.aeries.net/aeries/ims/oneroster/v1p0", "is the address of OneRoster 1.0"),
    ],
)
def test_address_that_cannot_be_one_is_refused_with_one_that_can(url: str, words: str) -> None:
    text = refusal("aeries", {**AERIES, "api_url": url})
    assert text.startswith(f"API URL {words}")
    assert text.endswith("It looks like https://{district}.aeries.net/{subdirectory}/ims/oneroster/v1p1.")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_sandbox_on_this_machine_needs_no_tls(host: str) -> None:
    assert remarks("aeries", {**AERIES, "api_url": f"http://{host}/aeries"}) == []


def test_address_of_another_shape_is_remarked_on_and_not_refused() -> None:
    """Aeries says that there must be a sub-directory; an installation may know better."""
    [remark] = remarks("aeries", {**AERIES, "api_url": "https://sis.oak.example"})
    assert not remark.refuses
    assert remark.text.startswith("API URL does not look like an address of Aeries. It looks like https://{district}")


def test_address_that_the_vendor_has_given_up_is_remarked_on() -> None:
    [remark] = remarks("infinite-campus", {**CAMPUS, "api_url": "https://oak.example/campus/api/ims/oneroster/v1p1"})
    assert not remark.refuses
    assert "calls it “base URL”) has a form that Infinite Campus has given up" in remark.text


def test_shape_of_which_only_a_weak_source_tells_is_not_insisted_on() -> None:
    entries = {**OTHER, "api_url": "https://sis.oak.example/some/where/else"}
    assert remarks("skyward-qmlativ", entries) == []


def test_token_address_that_lost_its_query_is_refused() -> None:
    text = refusal("infinite-campus", {**CAMPUS, "token_url": "https://oak.infinitecampus.example/campus/oauth2/token"})
    assert "must end in ?appName= and a value" in text


@pytest.mark.parametrize("tail", ["", "/", "/ims/oneroster/v1p1"])
def test_token_address_cannot_be_the_service_itself(tail: str) -> None:
    text = refusal("other", {**OTHER, "token_url": f"https://sis.oak.example{tail}"})
    assert text.startswith("Authentication URL is the same as API URL; tokens come from another address.")


def test_address_from_which_no_token_address_follows_is_refused_until_one_is_entered() -> None:
    entries = {**AERIES, "api_url": "https://sis.oak.example/elsewhere"}
    text = next(one.text for one in remarks("powerschool", entries) if one.refuses)
    assert text == "Authentication URL cannot be told from this API URL. Correct that, or enter it."
    entries["token_url"] = "https://sis.oak.example/token"
    assert not [one for one in remarks("powerschool", entries) if one.refuses]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("client_id", "https://oak.aeries.net", "Client id (Aeries calls it “Consumer ID”) is an address."),
        ("client_secret", "hush hush", "Client secret (Aeries calls it “Secret Key”) holds a blank or a line end"),
        ("client_secret", "key-1", "is the same as Client id (Aeries calls it “Consumer ID”)."),
        ("scope", 'a "b"', "Scope holds a sign that no scope can have."),
        ("token_url", "token", "Authentication URL is not a web address"),
    ],
)
def test_entry_that_cannot_be_right_is_refused(name: str, text: str, words: str) -> None:
    assert words in refusal("aeries", {**AERIES, name: text})


def test_scopes_may_be_separated_as_they_were_copied() -> None:
    assert remarks("aeries", {**AERIES, "scope": "one\n two"}) == []


@pytest.mark.parametrize(("text", "is_refused"), [("vendor:s/e=cret", False), ("vendor", True), ("vendor: x", True)])
def test_header_has_the_form_that_the_vendor_gives_it(text: str, is_refused: bool) -> None:
    entries = {**CAMPUS, "header.x-vendor-authorization": text}
    found = remarks("infinite-campus", entries, grades=True)
    assert [one.refuses for one in found] == ([True] if is_refused else [])
    assert all("must have the form {vendor_key}:{vendor_secret}" in one.text for one in found)


def test_choice_is_one_of_those_offered() -> None:
    text = refusal("classlink", {**AERIES, "api_url": "https://oak.example", "sign_in": "oauth3"})
    assert text == "Sign-in must be oauth1 or bearer."


def test_fixed_token_is_all_that_bearer_needs() -> None:
    entries = {"api_url": "https://oneroster-proxy.classlink.io/17", "sign_in": "bearer", "bearer_token": "hush-hush"}
    assert remarks("classlink", entries) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("client_sceret", "Did you mean 'client_secret'?"), ("colour", "It asks for api_url, client_id, client_secret")],
)
def test_field_that_there_is_not_is_refused(name: str, words: str) -> None:
    text = refusal("aeries", {**AERIES, name: "hush-hush"})
    assert text.startswith(f"Aeries has no field {name!r}. {words}")


@pytest.mark.parametrize(
    ("entered", "root", "base_url"),
    [
        ("https://a.example/x", "https://a.example/x", "https://a.example/x/ims/oneroster/v1p1"),
        ("https://a.example/x/", "https://a.example/x", "https://a.example/x/ims/oneroster/v1p1"),
        ("https://a.example/ims/oneroster/v1p1/orgs", "https://a.example", "https://a.example/ims/oneroster/v1p1"),
        (
            "https://a.example/api/ims/oneroster/rostering/v1p1",
            "https://a.example/api",
            "https://a.example/api/ims/oneroster/rostering/v1p1",
        ),
        ("https://a.example/IMS/OneRoster/v1p1", "https://a.example", "https://a.example/IMS/OneRoster/v1p1"),
    ],
)
def test_address_may_be_entered_with_the_standards_path_or_without(entered: str, root: str, base_url: str) -> None:
    address = service_address(entered)
    assert (address.root, address.base_url) == (root, base_url)


names = st.sampled_from(["api_url", "client_id", "client_secret", "token_url", "scope", "sign_in", "signature"])


@given(st.sampled_from(IDS), st.dictionaries(names, st.text() | st.just("https://a.example/b?c=d")), st.booleans())
def test_nothing_that_is_entered_breaks_the_judgement(id_: str, entries: dict[str, str], grades: bool) -> None:
    for remark in check_entries(profile(id_), entries, grades=grades):
        assert remark.text.endswith(".") or remark.text.endswith("?")


@given(st.sampled_from(IDS), names, st.sampled_from(["", "https://", " ", "://x ", "\x00", "a\nb"]))
def test_no_remark_shows_what_was_entered(id_: str, name: str, prefix: str) -> None:
    found = check_entries(profile(id_), {name: f"{prefix}Zq7Zq7Zq7"}, grades=True)
    assert "zq7" not in " ".join(remark.text for remark in found).casefold()
