"""The rules file and the environment: defaults, and errors that name the file, the key and what was meant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_connect.config import (
    KEY_VARIABLE,
    SECRET_VARIABLE,
    SIS_KEY_VARIABLE,
    SIS_SECRET_VARIABLE,
    SIS_TOKEN_VARIABLE,
    URL_VARIABLE,
    Credentials,
    located,
    read_credentials,
    read_settings,
    read_sis_credentials,
    setting_types,
)
from sis_connect.errors import ConfigurationError
from sis_connect.settings import Settings, SisSettings, SourceSettings

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, **environment: str) -> Settings:
    """The settings of a rules file with this text."""
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, environment)


def refused(folder: Path, text: str) -> ConfigurationError:
    """The error of a rules file with this text."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    return caught.value


def test_without_a_file_everything_has_its_default() -> None:
    assert read_settings(None, {}) == Settings()


def test_empty_file_is_the_defaults_too(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Settings()


def test_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff[scope]\nschool_year = 2027\n").scope.school_year == 2027


def test_threshold_given_in_part_keeps_the_defaults_of_its_level(tmp_path: Path) -> None:
    given_ = read(tmp_path, "[guard.class]\npercent = 60\n").guard
    assert (given_.class_.percent, given_.class_.at_least) == (60, 3)
    assert given_.district == Settings().guard.district


def test_settings_reach_the_rules_of_shaping(tmp_path: Path) -> None:
    rules = read(tmp_path, '[people]\nmatch_by = "email"\n[classes]\nhomerooms = "skip"\n').rules
    assert (rules.people.match_by, rules.classes.homerooms) == ("email", "skip")


def test_path_of_a_profile_begins_at_the_folder_of_the_rules(tmp_path: Path) -> None:
    """From wherever a command is given; a name is a name."""
    assert read(tmp_path, '[sis]\npartner = "profiles/acorn.toml"').sis.partner == str(tmp_path / "profiles/acorn.toml")
    assert read(tmp_path, '[sis]\npartner = "/elsewhere/acorn.toml"').sis.partner == "/elsewhere/acorn.toml"
    assert read(tmp_path, '[sis]\npartner = "aeries"').sis.partner == "aeries"


def test_environment_names_another_address_of_the_lms(tmp_path: Path) -> None:
    text = '[schoology]\nurl = "https://one.example/v1"\ncredits = 30\n'
    schoology = read(tmp_path, text, **{URL_VARIABLE: "https://two.example/v1"}).schoology
    assert (schoology.url, schoology.credits) == ("https://two.example/v1", 30)


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("[scope]\nschool_yaer = 2027", "scope.school_yaer", "Did you mean 'scope.school_year'?"),
        ('[people.roles]\nstudnt = "x"', "people.roles.studnt", "Did you mean 'people.roles.student'?"),
        ('match_by = "email"', "match_by", "Did you mean 'people.match_by'?"),
        ("[people]\nquestionable = 1", "people.questionable", "Here stand: match_by, roles, guardians, disabled."),
        ("zzzzzzzz = 1", "zzzzzzzz", "Here stand: source, scope"),
        ('[people]\nmatch_by = "user_name"', "people.match_by", "Did you mean 'username'?"),
        ('[ownership]\nadopt = ["users", "clases"]', "ownership.adopt[1]", "Did you mean 'classes'?"),
        ('[source]\nmode = "strikt"', "source.mode", "must be 'lenient' or 'strict', not 'strikt'."),
        ('[scope]\nschool_year = "soon"', "scope.school_year", "must be a whole number or 'auto', not 'soon'."),
        ("[scope]\nschools = [1]", "scope.schools[0]", "must be a text, not 1."),
        ("[scope]\nschools = 7", "scope.schools", "must be a list, each a text, not 7."),
        ("[schools.match]\na = 1", "schools.match.a", "must be a text, not 1."),
        ("[schools]\nmatch = []", "schools.match", "must be a table, each value a text, not a list."),
        ("[classes]\nhomerooms = true", "classes.homerooms", "must be 'skip' or 'sync', not true."),
        ("people = 1", "people", "must be a table, not 1."),
        ('[guard.class]\npercent = "half"', "guard.class.percent", "must be a number, not 'half'."),
        ("[guard.class]\nat_most = -1", "guard.class.at_most", "must not be negative."),
        ("[guard]\nclass = {percent = {}}", "guard.class.percent", "must be a number, not a table."),
        ("[schoology]\ncredits = 2", "schoology.credits", "must be a whole number, 3 or more, not 2."),
        ("[schoology]\nwindow = 0", "schoology.window", "must be a number above 0, not 0."),
        ('[sis]\nsign_in = "oauth2-basik"', "sis.sign_in", "Did you mean 'oauth2-basic'?"),
        ('[sis]\ntokn_url = "x"', "sis.tokn_url", "Did you mean 'sis.token_url'?"),
        ('[sis]\nextras = ["demografics"]', "sis.extras[0]", "Did you mean 'demographics'?"),
        ("[sis]\npage_size = 0", "sis.page_size", "must be a whole number, 1 or more, not 0."),
        ("[sis.headers]\nX-Key = 1", "sis.headers.X-Key", "must be a text."),
        ('[sis]\nscopes = "all"', "sis.scopes", "must be a list, each a text or 'standard', not 'all'."),
        ('[engine]\nmemory = "lots"', "engine.memory", "must be a size such as '1GB' or '512MB', not 'lots'."),
        ("[engine]\nthreads = -1", "engine.threads", "must be a whole number, 0 or more, not -1."),
    ],
)
def test_wrong_setting_is_named_with_what_would_be_right(tmp_path: Path, text: str, key: str, says: str) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"{tmp_path / 'rules.toml'}, {key}"
    assert says in f"{error.what} {error.fix}"


@pytest.mark.parametrize("name", ["key", "secret"])
def test_credentials_in_the_file_are_sent_to_the_environment_and_not_repeated(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, f'[schoology]\n{name} = "k4-very-private"\n')
    assert KEY_VARIABLE in error.fix
    assert "k4-very-private" not in f"{error} {error.what} {error.where} {error.fix}"


@pytest.mark.parametrize("text", ["a = ", "[scope", "a = 1\na = 2"])
def test_file_that_is_no_toml_names_the_line(tmp_path: Path, text: str) -> None:
    assert "is not TOML" in refused(tmp_path, text).what


def test_file_that_is_no_utf_8_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"# \xff\xfe\n")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_settings(path, {})


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        read_settings(tmp_path / "nowhere.toml", {})
    assert caught.value.where == str(tmp_path / "nowhere.toml")


_PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
)


def _toml(value: object) -> str | None:
    """A value as TOML writes it; None when it has no such value."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else None
        case str():
            return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
        case list():
            items = [_toml(one) for one in value]
            return None if None in items else f"[{', '.join(str(one) for one in items)}]"
        case dict():
            pairs = [(_toml(key), _toml(one)) for key, one in value.items()]
            return None if any(one is None for _, one in pairs) else f"{{{', '.join(f'{k} = {v}' for k, v in pairs)}}}"
    return None


@given(key=st.sampled_from(sorted(setting_types())), value=_VALUES)
def test_any_value_of_any_setting_is_taken_or_refused_by_its_key(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    """Nothing else can come of a setting: neither another error nor one that names something else."""
    written = _toml(value)
    if written is None:
        return
    path = tmp_path_factory.getbasetemp() / "any-rules.toml"
    path.write_text(f"{key} = {written}\n", encoding="utf-8")
    try:
        read_settings(path, {})
    except ConfigurationError as error:
        assert error.where.startswith(f"{path}, {key}")  # noqa: PT017  # either outcome is right


@given(key=st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12))
def test_any_other_key_is_refused_by_name(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any-key.toml"
    path.write_text(f"[scope]\n{key} = 1\n", encoding="utf-8")
    if key not in {"school_year", "schools", "terms"}:
        with pytest.raises(ConfigurationError) as caught:
            read_settings(path, {})
        assert caught.value.where == f"{path}, scope.{key}"


def test_error_about_a_setting_gets_the_file_s_name(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    error = ConfigurationError("No such placeholder.", where="classes.title", fix="Another.")
    assert located(error, path).where == f"{path}, classes.title"
    assert located(error, None) is error
    elsewhere = ConfigurationError("Not set.", where="the environment")
    assert located(elsewhere, path) is elsewhere


def test_credentials_come_from_the_environment_and_are_never_shown() -> None:
    known = read_credentials({KEY_VARIABLE: "k4", SECRET_VARIABLE: "s7"})
    assert known == Credentials("k4", "s7")
    assert "k4" not in repr(known)
    assert "s7" not in repr(known)


@pytest.mark.parametrize("missing", [KEY_VARIABLE, SECRET_VARIABLE])
def test_missing_credential_is_named(missing: str) -> None:
    environment = {KEY_VARIABLE: "k4", SECRET_VARIABLE: "s7", missing: ""}
    with pytest.raises(ConfigurationError, match=f"{missing} is not set"):
        read_credentials(environment)


@pytest.mark.parametrize("name", ["key", "secret", "client_id", "client_secret", "token"])
def test_credentials_of_the_sis_are_sent_to_the_environment_too(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, f'[sis]\n{name} = "k4-very-private"\n')
    assert (SIS_TOKEN_VARIABLE if name == "token" else SIS_KEY_VARIABLE) in error.fix
    assert "k4-very-private" not in f"{error} {error.what} {error.where} {error.fix}"


def test_credentials_of_the_sis_are_those_its_sign_in_asks_for() -> None:
    environment = {SIS_KEY_VARIABLE: "k4", SIS_SECRET_VARIABLE: "s7", SIS_TOKEN_VARIABLE: "t9", "GATEWAY": "g2"}
    pair = read_sis_credentials(SisSettings(headers={"X-Gateway": "GATEWAY"}), environment)
    bearer = read_sis_credentials(SisSettings(sign_in="bearer"), environment)
    assert (pair.pair, pair.token, pair.headers) == (Credentials("k4", "s7"), "", {"X-Gateway": "g2"})
    assert (bearer.pair, bearer.token, bearer.headers) == (None, "t9", {})
    assert [secret for secret in environment.values() if secret in f"{pair} {bearer}"] == []


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        (SisSettings(), SIS_KEY_VARIABLE),
        (SisSettings(), SIS_SECRET_VARIABLE),
        (SisSettings(sign_in="bearer"), SIS_TOKEN_VARIABLE),
        (SisSettings(headers={"X-Gateway": "GATEWAY"}), "GATEWAY"),
    ],
)
def test_missing_credential_of_the_sis_is_named(settings: SisSettings, missing: str) -> None:
    environment = {SIS_KEY_VARIABLE: "k4", SIS_SECRET_VARIABLE: "s7", SIS_TOKEN_VARIABLE: "t9", "GATEWAY": "g2"}
    with pytest.raises(ConfigurationError, match=f"{missing} is not set"):
        read_sis_credentials(settings, {**environment, missing: ""})


@pytest.mark.parametrize(
    ("size", "in_bytes"),
    [("1GB", 10**9), ("1.5 GiB", 3 << 29), ("512MB", 512 * 10**6), ("64KiB", 1 << 16), ("2TB", 2 * 10**12)],
)
def test_size_counts_as_the_engine_counts_it(size: str, in_bytes: int) -> None:
    assert SourceSettings(dense_size=size).dense_bytes == in_bytes


def test_text_where_a_list_belongs_is_shown_as_a_list(tmp_path: Path) -> None:
    assert 'scopes = ["..."]' in refused(tmp_path, '[sis]\nscopes = "x"\n').fix


@pytest.mark.parametrize(
    "text",
    [
        'headers = "hunter2-secret"',
        'headers = { X = ["hunter2-secret"] }',
        'grade_headers = "hunter2-secret"',
        'grade_headers = { X = ["hunter2-secret"] }',
    ],
)
def test_headers_of_another_form_are_not_shown(tmp_path: Path, text: str) -> None:
    error = refused(tmp_path, f"[sis]\n{text}\n")
    assert "hunter2" not in f"{error} {error.what} {error.where} {error.fix}"
