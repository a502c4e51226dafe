"""What a vendor fills in: read, reviewed with kind and clear words, and made into a profile that loads."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_files import IDS, profile, shipped
from program_side import ENDPOINT, TODAY, application
from sis_connect.errors import ConfigurationError
from sis_connect.partners.directory import read_profile
from sis_connect.partners.facts import Grade, facts_of, grade_of
from sis_connect.partners.profile import Status
from sis_connect.partners.program.application import Application, read_application, slug
from sis_connect.partners.program.reviewing import Review, review
from sis_connect.partners.program.template import ASKED_APART, answer_form, write_template
from sis_connect.partners.program.toml_text import write_toml
from sis_connect.partners.questions import QUESTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from sis_connect.partners.profile import Profile

NAME = 'display_name = "Acorn SIS"'


def reviewed(*changes: tuple[str, str]) -> Review:
    """The review of the invented application, changed."""
    return review(read_application(application(*changes), "application.toml"), shipped(), TODAY)


def remarks(found: Review) -> dict[str, str]:
    """What is missing or wrong, by place."""
    return {one.place: one.what for one in (*found.lacking, *found.wrong)}


def loaded(found: Review, folder: Path) -> Profile:
    """The draft, written as a file and read again as every profile is."""
    file = folder / f"{found.content['id']}.toml"
    file.write_text(write_toml(dict(found.content)), encoding="utf-8")
    return read_profile(file)


def test_full_application_is_ready_and_its_draft_loads(tmp_path: Path) -> None:
    found = reviewed()
    assert remarks(found) == {}
    assert found.is_ready
    draft = loaded(found, tmp_path)
    assert draft == found.profile
    assert (draft.id, draft.display_name, draft.other_names) == ("acorn-sis", "Acorn SIS", ("Acorn Gradebook",))
    assert draft.program is not None
    assert draft.program.status is Status.IN_CONTACT


def test_what_the_vendor_said_is_known_and_the_rest_stays_a_question() -> None:
    found = reviewed()
    assert found.profile is not None
    known = {path: fact for path, fact in facts_of(found.profile) if fact is not None}
    assert known["pulling.max_page_size"].value == 500
    assert known["service.certification"].value == "Working towards it, registration AC-1."
    assert (
        known["support.escalation"].value
        == "Support desk, within 24 hours; then Head of integrations, within 48 hours."
    )
    assert {grade_of(fact, found.profile.sources) for fact in known.values()} == {Grade.VENDOR}
    assert {one.fact for one in found.open} | set(known) == {path for path, _ in facts_of(found.profile)}


def test_contact_persons_do_not_enter_the_profile() -> None:
    text = write_toml(dict(reviewed().content))
    assert [word for word in ("Bo Lane", "bo@acorn.example", "help@acorn.example", "555-0100") if word in text] == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (('display_name = "Acorn SIS"', ""), "product.display_name"),
        (('vendor = "Acorn Learning"', ""), "product.vendor"),
        (('state = "working towards it"', ""), "certification.state"),
        (('registration = "AC-1"', ""), "certification.registration"),
        ((f'url = "{ENDPOINT}"', ""), "sandbox.url"),
        (('email = "bo@acorn.example"', ""), "contacts.technical"),
        (("answers_within_hours = 24", ""), "contacts.escalation[0]"),
        (('service.versions = ["1.1"]', ""), "facts.service.versions"),
        (('sign_in.kinds = ["oauth2"]', 'sign_in.kinds = "unknown"'), "facts.sign_in.kinds"),
        (('sign_in.oauth2.scope = "optional"', ""), "facts.sign_in.oauth2.scope"),
        (('sign_in.oauth2.token_url = "recommended"', ""), "facts.sign_in.oauth2.token_url"),
        (('token_url = "recommended"', 'token_url = "entered"'), "facts.screens.token_url"),
        (("gradebook.supported = true", ""), "facts.gradebook.supported"),
    ],
)
def test_what_the_program_asks_of_everybody_is_named_when_it_is_missing(change: tuple[str, str], place: str) -> None:
    found = reviewed(change)
    assert [one.place for one in found.lacking] == [place]
    assert not found.is_ready


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (("max_page_size = 500", "max_page_size = 0"), "facts.pulling.max_page_size", "of at least 1"),
        (
            ("max_page_size = 500", 'max_page_size = "many"'),
            "facts.pulling.max_page_size",
            "must be a whole number and is a text",
        ),
        (("pulling.max_page_size", "pulling.max_pagesize"), "facts.pulling.max_pagesize", "Did you mean"),
        (('kinds = ["oauth2"]', 'kinds = ["oauth3"]'), "facts.sign_in.kinds", "oauth3"),
        (('scope = "optional"', 'scope = "perhaps"'), "facts.sign_in.oauth2.scope", "perhaps"),
        ((ENDPOINT, "http://acorn.example/v1p1"), "sandbox.url", "https://"),
        ((ENDPOINT, "https://me:pw@acorn.example/v1p1"), "sandbox.url", "credentials"),
        ((ENDPOINT, "https://acorn.example/v1p1?key=1"), "sandbox.url", "before ?"),
        ((ENDPOINT, "acorn.example"), "sandbox.url", "no address"),
        (('"Acorn Gradebook"', '"Zangle"'), "product.other_names", "Aequitas Q already"),
        (('name = "Acorn SIS"', 'name = "Aeries"\nid = "acorn-sis"'), "product.display_name", "give the id aeries"),
        (("[facts]", '[facts]\nsign_in.oauth1.signatures = ["HMAC-SHA1"]'), "facts.sign_in.oauth1.signatures", "apply"),
    ],
)
def test_what_cannot_be_so_is_named_with_its_place(change: tuple[str, str], place: str, says: str) -> None:
    found = reviewed(change)
    assert says in remarks(found)[place]
    assert not found.is_ready


@pytest.mark.parametrize(("name", "is_one"), [("\u0410eries", False), ("\u0410\u0401", True), ("École \u5b66", True)])
def test_name_that_only_looks_like_another_one_is_named(name: str, *, is_one: bool) -> None:
    """Such as that of Aeries with a Cyrillic A."""
    what = remarks(reviewed((NAME, f'display_name = "{name}"\nid = "oak"'))).get("product.display_name", "")
    assert ("alphabets" in what) is not is_one


def test_service_on_the_reviewers_own_machine_may_do_without_tls() -> None:
    assert remarks(reviewed((ENDPOINT, "http://127.0.0.1:8700/ims/oneroster/v1p1"))) == {}


@pytest.mark.parametrize(("versions", "says"), [('["1.2"]', "1.1 requests too"), ('["1.0"]', "carries over")])
def test_other_versions_are_answered_kindly_and_clearly(versions: str, says: str) -> None:
    what = remarks(reviewed(('versions = ["1.1"]', f"versions = {versions}")))["facts.service.versions"]
    assert what.startswith("Thank you")
    assert says in what
    assert "OneRoster 1.1" in what


def test_version_beside_others_suffices() -> None:
    assert reviewed(('versions = ["1.1"]', 'versions = ["1.1", "1.2"]')).is_ready


@pytest.mark.parametrize("id_", [one for one in IDS if one != "other"])
def test_vendor_of_a_known_product_adds_to_what_is_known(id_: str, tmp_path: Path) -> None:
    """What was known and is not asked for again stays, with its sources."""
    known = profile(id_)
    name = known.display_name
    found = reviewed(
        ('display_name = "Acorn SIS"', f'display_name = "{name}"\nid = "{id_}"'),
        ('kinds = ["oauth2"]', 'kinds = ["oauth2", "oauth1"]'),
        ('token_url = "recommended"', 'token_url = "entered"'),
        ("[facts]", '[facts]\nscreens.token_url = { word = "Token", where = "there" }'),
    )
    assert remarks(found) == {}
    draft = loaded(found, tmp_path)
    before, after = dict(facts_of(known)), dict(facts_of(draft))
    kept = {path for path, fact in before.items() if fact is not None and after.get(path) == fact}
    said = {path for path, fact in after.items() if fact is not None and fact.sources == ("application",)}
    gone = {path for path, fact in before.items() if fact is not None} - kept - said
    assert gone <= {"screens.bearer_token"}
    assert draft.quirks == known.quirks
    assert draft.program is not None
    assert draft.program == (known.program or draft.program)


def test_empty_form_asks_every_question_and_reads_as_an_application() -> None:
    text = write_template()
    form = read_application(text.encode(), "form")
    assert set(form.answers()) == set(QUESTIONS) - set(ASKED_APART)
    assert set(form.answers().values()) == {"unknown"}
    plain = tomllib.loads(text)
    assert plain.keys() == set(Application.__struct_fields__)
    for name, table in plain.items():
        if name not in {"facts", "contacts"}:
            assert table.keys() == set(getattr(Application(), name).__struct_fields__)


@pytest.mark.parametrize("path", QUESTIONS)
def test_form_says_what_each_answer_may_be(path: str) -> None:
    assert answer_form(path)


def test_secrets_are_refused_by_name() -> None:
    content = application(("[sandbox]", '[sandbox]\nclient_secret = "s3cret"'))
    with pytest.raises(ConfigurationError, match="Credentials do not belong") as refused:
        read_application(content, "application.toml")
    assert refused.value.where == "application.toml, sandbox.client_secret"
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"\xff", b"= 1", b"[product]\nnmae = 'x'", b"[product]\ndisplay_name = 3", b"x" * 300_000]
)
def test_file_that_is_no_application_is_refused_with_its_place(content: bytes) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_application(content, "application.toml")
    assert refused.value.where.startswith("application.toml")


@given(st.text())
def test_any_text_can_be_answered_and_read_again(text: str) -> None:
    content = {
        "id": "a",
        "service": {"notes": {"value": text, "sources": ["application"]}},
        "sources": {"a": {text or "x": text}},
    }
    assert tomllib.loads(write_toml(content)) == content


@given(st.text())
def test_id_made_of_a_name_is_one_or_empty(name: str) -> None:
    assert slug(name) == slug(slug(name))
    assert all(
        part.isascii() and part.isalnum() and part == part.lower() for part in slug(name).split("-") if slug(name)
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ((NAME, 'display_name = "Ac\\u0000orn"'), "product.display_name"),
        ((NAME, 'display_name = "Acorn\\u001b[31m"'), "product.display_name"),
        ((NAME, 'display_name = "Acorn\\u202eSIS"'), "product.display_name"),
        ((NAME, f'display_name = "{"A" * 101}"'), "product.display_name"),
        ((NAME, f'{NAME}\nid = "../../etc"'), "product.id"),
        ((NAME, f'{NAME}\nid = "acorn\\n"'), "product.id"),
        ((NAME, f'{NAME}\nid = "{"a" * 51}"'), "product.id"),
        (("answers_within_hours = 24", "answers_within_hours = 999999999"), "contacts.escalation[0]"),
        (('"bo@acorn.example"', '"bo@acorn.example\\u0007"'), "contacts.technical.email"),
        ((f'url = "{ENDPOINT}"', 'url = "https://acorn.example/a\\nb"'), "sandbox.url"),
        (("max_page_size = 500", f'deletions = "{"x" * 5000}"'), "facts.pulling.deletions"),
        (('["Acorn Gradebook"]', str(["x"] * 21)), "product.other_names"),
    ],
)
def test_what_could_deceive_or_drown_a_reader_is_refused_with_its_place(change: tuple[str, str], place: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_application(application(change), "f")
    assert place in refused.value.where


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("addresses.shapes = []", "must not be empty"),
        ('addresses.shapes = [{ root = "https://{1a}/x" }]', "something else than a word"),
        ('addresses.shapes = [{ root = "https://h/{a}/{a}" }]', "stands twice"),
        ('addresses.shapes = [{ root = "https://{a}{b}" }]', "side by side"),
        ('addresses.shapes = [{ root = "https://{a}/x", token = "https://{a}/{b}" }]', "does not have"),
        ("pulling.max_page_size = 99999999999999999999", "at most"),
        ('pulling.concurrency = "two"', "the answer is a whole number"),
    ],
)
def test_answer_that_no_connection_could_use_is_named(answer: str, says: str) -> None:
    review = reviewed(("pulling.max_page_size = 500", answer))
    assert not review.is_ready
    assert says in " ".join(remarks(review).values())


@pytest.mark.parametrize(
    ("name", "id_"),
    [("Skyward", "skyward-qmlativ or skyward-sms"), ("power school", "powerschool"), ("Zangle", "aequitas-q")],
)
def test_name_that_another_product_or_partner_has_is_not_given_twice(name: str, id_: str) -> None:
    assert f"give the id {id_}." in remarks(reviewed((NAME, f'display_name = "{name}"')))["product.display_name"]


def test_nobody_takes_the_place_of_the_profile_for_everyone_else() -> None:
    assert "product.id" in remarks(reviewed((NAME, 'display_name = "Acorn"\nid = "other"')))


def test_review_tells_whose_place_the_answers_would_take() -> None:
    known = reviewed((NAME, 'display_name = "Aeries"\nid = "aeries"')).known
    assert known is not None
    assert known.vendor == "Aeries Software"
    assert reviewed().known is None
