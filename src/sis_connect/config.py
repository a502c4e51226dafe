"""The district's rules file and the environment, read once into frozen values. Nothing else reads either.

Here: errors that name the file and the dotted key and suggest what may have been meant, and credentials. Not here: the
file's layout (`settings`), what any rule does.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import inspect

from sis_connect.errors import ConfigurationError
from sis_connect.grades.rules import LARGEST_KNOWN_EXCEPTION, TIME_OF_DAY
from sis_connect.settings import LOCAL, SIZE, Settings, SisSettings, beside
from sis_connect.sync.plan.guard import GuardRules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

KEY_VARIABLE = "SIS_CONNECT_SCHOOLOGY_KEY"
SECRET_VARIABLE = "SIS_CONNECT_SCHOOLOGY_SECRET"  # noqa: S105  # the name of the variable, not its value
URL_VARIABLE = "SIS_CONNECT_SCHOOLOGY_URL"
SIS_KEY_VARIABLE = "SIS_CONNECT_SIS_KEY"
SIS_SECRET_VARIABLE = "SIS_CONNECT_SIS_SECRET"  # noqa: S105  # as above
SIS_TOKEN_VARIABLE = "SIS_CONNECT_SIS_TOKEN"  # noqa: S105  # as above

#: What people may try to put into the file, by table, and the variables it belongs into.
_SECRETS: Final = {
    "schoology": dict.fromkeys(("key", "secret"), f"{KEY_VARIABLE} and {SECRET_VARIABLE}"),
    "sis": {
        **dict.fromkeys(
            ("key", "secret", "client_id", "client_secret"), f"{SIS_KEY_VARIABLE} and {SIS_SECRET_VARIABLE}"
        ),
        "token": SIS_TOKEN_VARIABLE,
    },
}

#: Where a partner's entries stand, where they have other names there.
_PLACES: Final = {
    "api_url": "sis.url",
    "scope": "sis.scopes",
    "signature": "sis.sign_in",
    "client_id": SIS_KEY_VARIABLE,
    "client_secret": SIS_SECRET_VARIABLE,
    "bearer_token": SIS_TOKEN_VARIABLE,
}
#: Before the name of a header in a partner's entries.
_HEADER_ENTRY: Final = "header."

_REFERENCE = "docs/configuration.md explains every setting."

_HEADERS: Final = "sis.headers"
_GRADE_HEADERS: Final = "sis.grade_headers"
#: What a text of a certain form is, as a person reads it.
_PATTERNS: Final = {SIZE: "a size such as '1GB' or '512MB'", TIME_OF_DAY: "a time of day such as '02:30'"}
#: Whatever else stands where a variable is to be named may be a secret, and is never shown.
_VARIABLE_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Key and secret of the LMS, or of the SIS; neither is ever shown."""

    key: str
    secret: str

    def __repr__(self) -> str:
        """Nothing that could be used."""
        return "Credentials(key=…, secret=…)"


@dataclass(frozen=True, slots=True)
class SisCredentials:
    """What the SIS is signed in with, as its settings ask for it; nothing of it is ever shown."""

    #: Client id or consumer key, and its secret; None for a bearer token.
    pair: Credentials | None = None
    token: str = field(repr=False, default="")
    #: Values of the headers by name.
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)


def read_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a rules file, or the defaults without one; the environment may name another address of the LMS.

    A table that is given in part keeps its other defaults. ConfigurationError names the file and the key.
    """
    content = _read_toml(path) if path is not None else {}
    if url := environment.get(URL_VARIABLE):
        schoology = content.get("schoology", {})
        content["schoology"] = {**schoology, "url": url} if isinstance(schoology, dict) else schoology
    try:
        settings = msgspec.convert(_over(msgspec.to_builtins(Settings()), content), Settings)
    except msgspec.ValidationError as error:
        raise _explained(str(error), content, path) from error
    _check_thresholds(settings.guard, path)
    _check_time_zone(settings.scope.time_zone, "scope.time_zone", path)
    _check_time_zone(settings.grades.reading.due_zone or LOCAL, "grades.reading.due_zone", path)
    _check_exceptions(settings.grades.reading.exceptions, path)
    return settings if path is None else beside(settings, path.parent)


def read_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """Key and secret of the LMS from the environment; ConfigurationError names the variable that is missing."""
    fix = (
        f"Set {KEY_VARIABLE} and {SECRET_VARIABLE} to the key and secret that Schoology shows a system administrator "
        "under Tools > School Management > Integration > API."
    )
    return Credentials(_variable(KEY_VARIABLE, environment, fix), _variable(SECRET_VARIABLE, environment, fix))


def read_sis_credentials(settings: SisSettings, environment: Mapping[str, str] = os.environ) -> SisCredentials:
    """What the SIS is signed in with, from the environment; ConfigurationError names the variable that is missing."""
    headers = read_sis_headers(settings, environment)
    if settings.sign_in == "bearer":
        fix = f"Set {SIS_TOKEN_VARIABLE} to the token that the SIS gave out."
        return SisCredentials(token=_variable(SIS_TOKEN_VARIABLE, environment, fix), headers=headers)
    fix = f"Set {SIS_KEY_VARIABLE} and {SIS_SECRET_VARIABLE} to the client id and secret that the SIS gave out."
    key, secret = (_variable(name, environment, fix) for name in (SIS_KEY_VARIABLE, SIS_SECRET_VARIABLE))
    return SisCredentials(Credentials(key, secret), headers=headers)


def read_sis_headers(settings: SisSettings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Values of the headers that every request carries besides, by name; ConfigurationError as above."""
    return {name: _header(_HEADERS, name, variable, environment) for name, variable in settings.headers.items()}


def read_sis_grade_headers(settings: SisSettings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Values of the headers that requests to the gradebook carry besides, by name; ConfigurationError as above."""
    named = settings.grade_headers.items()
    return {name: _header(_GRADE_HEADERS, name, variable, environment) for name, variable in named}


def read_partner_entries(
    settings: SisSettings, asked: Collection[str], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """What the rules and the environment say, as entries of a partner's form; of secrets only what it asks.

    Nothing is judged here: what is missing or wrong is told with the partner's own words for it.
    """
    said = {"api_url": settings.url, "token_url": settings.token_url}
    if settings.scopes != "standard":
        said["scope"] = " ".join(settings.scopes)
    kind, _, detail = settings.sign_in.partition("-")
    if settings.sign_in != "standard" and "sign_in" in asked:
        said["sign_in"] = kind
    if kind == "oauth1" and "signature" in asked:
        said["signature"] = f"HMAC-{detail.upper()}"
    secrets = {"client_id": SIS_KEY_VARIABLE, "client_secret": SIS_SECRET_VARIABLE, "bearer_token": SIS_TOKEN_VARIABLE}
    named = {**settings.headers, **settings.grade_headers}
    secrets |= {f"{_HEADER_ENTRY}{name.lower()}": variable for name, variable in named.items()}
    said |= {name: environment.get(variable, "") for name, variable in secrets.items() if name in asked}
    return {name: text for name, text in said.items() if text}


def place_of_entry(name: str) -> str:
    """Where the entry of a partner's form stands: a setting, or a variable of the environment."""
    if name.startswith(_HEADER_ENTRY):
        return f"{_GRADE_HEADERS}.{name.removeprefix(_HEADER_ENTRY)}"
    return _PLACES.get(name, f"sis.{name}")


def _header(table: str, name: str, variable: str, environment: Mapping[str, str]) -> str:
    if not is_variable_name(variable):
        raise ConfigurationError(
            f"The header {name} has no name of a variable for its value.",
            where=f"{table}.{name}",
            fix="Name a variable of the environment in capitals, such as SIS_HEADER, and put the value into it.",
        )
    return _variable(variable, environment, f"Set it to the value of the header {name}, as {table} says.")


def is_variable_name(text: str) -> bool:
    """True for a text that may name a variable of the environment; any other may be a secret put in its place."""
    return _VARIABLE_NAME.fullmatch(text) is not None


def _variable(name: str, environment: Mapping[str, str], fix: str) -> str:
    value = environment.get(name)
    if value:
        return value
    raise ConfigurationError(f"{name} is not set.", where="the environment", fix=fix)


def setting_types() -> dict[str, str]:
    """Every setting by its dotted key, with what it may be as a person reads it."""
    return {key: _in_words(type_) for key, type_ in _walk(inspect.type_info(Settings)) if not _is_table(type_)}


def located(error: ConfigurationError, path: Path | None) -> ConfigurationError:
    """The same error, naming the rules file too when its place is a setting."""
    is_setting = error.where in setting_types() or error.where.startswith((f"{_HEADERS}.", f"{_GRADE_HEADERS}."))
    if path is None or not is_setting:
        return error
    return ConfigurationError(error.what, where=f"{path}, {error.where}", fix=error.fix)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(
            f"The rules file cannot be read: {error.strerror}.",
            where=str(path),
            fix="Check the path, or name another file with --rules.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "The rules file is not UTF-8 text.", where=str(path), fix="Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"The rules file is not TOML: {error}.",
            where=str(path),
            fix=f"Correct the file at that place. {_REFERENCE}",
        ) from error


def _over(defaults: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """What was given over what was not; lists and single values are not mixed."""
    merged = dict(defaults)
    for name, value in content.items():
        below = merged.get(name)
        merged[name] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _check_thresholds(guard: GuardRules, path: Path | None) -> None:
    for level in inspect.type_info(GuardRules).fields:  # type: ignore[attr-defined]  # a struct has fields
        threshold = getattr(guard, level.name)
        for name in threshold.__struct_fields__:
            if getattr(threshold, name) < 0:
                raise _refusal("must not be negative", f"guard.{level.encode_name}.{name}", path)


def _check_exceptions(exceptions: Mapping[str, str], path: Path | None) -> None:
    for number in exceptions:
        if not (number.isascii() and number.isdigit() and int(number) > LARGEST_KNOWN_EXCEPTION):
            what = f"has numbers above {LARGEST_KNOWN_EXCEPTION} as names, such as '4', not {_shown(number)}"
            raise _refusal(what, "grades.reading.exceptions", path, fix="1 to 3 are known, and mean what they mean.")


def _check_time_zone(name: str, key: str, path: Path | None) -> None:
    if name == LOCAL:
        return
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fix = _did_you_mean(name, sorted(available_timezones()))
        what = f"must be 'local' or the IANA name of a time zone such as 'America/New_York', not {_shown(name)}"
        raise _refusal(what, key, path, fix=fix) from None


def _explained(message: str, content: Mapping[str, Any], path: Path | None) -> ConfigurationError:
    """The error of the validator's words, such as: Expected `int`, got `str` - at `$.scope.school_year`."""
    what, _, place = message.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".")
    if "unknown field" in what:
        return _unknown(key, what.rsplit("`", 2)[-2], path)
    key, type_, given = _pinpoint(key, content)
    fix = _did_you_mean(str(given), list(_choices(type_))) if isinstance(given, str) else ""
    if isinstance(given, str) and not fix and _takes_list(type_):
        fix = f'Write a list such as {key.rpartition(".")[2]} = ["..."].'
    not_this = "" if key.startswith((_HEADERS, _GRADE_HEADERS)) else f", not {_shown(given)}"
    return _refusal(f"must be {_in_words(type_)}{not_this}", key, path, fix=fix)


def _pinpoint(place: str, content: Mapping[str, Any]) -> tuple[str, inspect.Type, object]:
    """The key that is wrong, what it may be, and what it is; the validator leaves keys of the district's own out."""
    key, *steps = re.split(r"(?=\[)", place)
    type_, given = dict(_walk(inspect.type_info(Settings)))[key], _find(content, key)
    for step in steps:
        if isinstance(type_, inspect.VarTupleType) and isinstance(given, list):
            key, type_, given = f"{key}{step}", type_.item_type, given[int(step.strip("[]"))]
        elif isinstance(type_, inspect.DictType) and isinstance(given, dict):
            inner = type_.value_type
            name = next((name for name, value in given.items() if not _fits(value, inner)), None)
            if name is None:
                break
            key, type_, given = f"{key}.{name}", inner, given[name]
    return key, type_, given


def _fits(value: object, type_: inspect.Type) -> bool:
    """True when the value of a table with keys of the district's own may be what it is."""
    if isinstance(type_, inspect.DictType):
        return isinstance(value, dict) and all(_fits(one, type_.value_type) for one in value.values())
    return value in type_.values if isinstance(type_, inspect.LiteralType) else isinstance(value, str)


def _unknown(table: str, field: str, path: Path | None) -> ConfigurationError:
    key = f"{table}.{field}" if table else field
    if field in _SECRETS.get(table, {}):
        fix = f"Take it out of the file and set {_SECRETS[table][field]} in the environment."
        return ConfigurationError("Credentials do not belong in the rules file.", where=_place(key, path), fix=fix)
    known = [name for name, _ in _walk(inspect.type_info(Settings))]
    beside = {name.rpartition(".")[2]: name for name in known if name.rpartition(".")[0] == table}
    elsewhere = [name for name in known if name.rpartition(".")[2] == field]
    close = [beside[name] for name in get_close_matches(field, beside, n=1)] or elsewhere
    fix = f"Did you mean {close[0]!r}?" if close else f"Here stand: {', '.join(beside)}."
    fix = f"{fix} {_REFERENCE}".strip()
    return ConfigurationError(f"There is no setting {key!r}.", where=_place(key, path), fix=fix)


def _refusal(what: str, key: str, path: Path | None, *, fix: str = "") -> ConfigurationError:
    return ConfigurationError(f"{key} {what}.", where=_place(key, path), fix=f"{fix} {_REFERENCE}".strip())


def _place(key: str, path: Path | None) -> str:
    if path is None:
        return URL_VARIABLE
    return f"{path}, {key}"


def _did_you_mean(given: str, known: list[str]) -> str:
    close = get_close_matches(given, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def _find(content: Mapping[str, Any], key: str) -> object:
    """What the file says at a dotted key, as far as it can be told."""
    found: object = content
    for part in re.findall(r"[^.\[\]]+", key):
        if isinstance(found, dict):
            found = found.get(part, found)
        elif isinstance(found, list) and part.isdigit():
            found = found[int(part)]
    return found


def _shown(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return repr(value if len(value) <= 40 else f"{value[:40]}…")
        case _:
            return str(value)


def _walk(type_: inspect.Type, prefix: str = "") -> Iterator[tuple[str, inspect.Type]]:
    """Every setting and table of settings by its dotted key."""
    if isinstance(type_, inspect.StructType):
        for field in type_.fields:
            key = f"{prefix}.{field.encode_name}" if prefix else field.encode_name
            yield key, field.type
            yield from _walk(field.type, key)


def _is_table(type_: inspect.Type) -> bool:
    return isinstance(type_, inspect.StructType)


def _takes_list(type_: inspect.Type) -> bool:
    if isinstance(type_, inspect.UnionType):
        return any(map(_takes_list, type_.types))
    return isinstance(type_, inspect.VarTupleType)


def _choices(type_: inspect.Type) -> Iterator[str]:
    if isinstance(type_, inspect.LiteralType):
        yield from (str(value) for value in type_.values)
    elif isinstance(type_, inspect.UnionType):
        for one in type_.types:
            yield from _choices(one)


def _in_words(type_: inspect.Type) -> str:
    """What a value may be, as a person reads it."""
    match type_:
        case inspect.LiteralType(values=values):
            return " or ".join(repr(value) for value in values)
        case inspect.UnionType(types=types):
            return " or ".join(_in_words(one) for one in types)
        case inspect.IntType(ge=least):
            return "a whole number" if least is None else f"a whole number, {least} or more"
        case inspect.FloatType(gt=more):
            return "a number" if more is None else f"a number above {more}"
        case inspect.StrType(pattern=pattern):
            return "a text" if pattern is None else _PATTERNS[pattern]
        case inspect.BoolType():
            return "true or false"
        case inspect.VarTupleType(item_type=item):
            return f"a list, each {_in_words(item)}"
        case inspect.DictType(value_type=value):
            return f"a table, each value {_in_words(value)}"
        case _:
            return "a table"
