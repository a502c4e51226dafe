"""The district's rules file and the environment, read once into frozen values. Nothing else reads either.

Here: the file's layout, and errors that name the file and the dotted key and suggest what may have been meant. The
rules themselves are declared where they are used. Not here: what any rule does.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import inspect

from sis_connect.errors import ConfigurationError
from sis_connect.sync.plan import Ownership
from sis_connect.sync.plan.guard import GuardRules
from sis_connect.sync.plan.refusals import Refusals
from sis_connect.sync.shape.rules import (
    Classes,
    Courses,
    DistrictRules,
    Enrollments,
    People,
    Schools,
    Scope,
    Terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo
    from pathlib import Path

KEY_VARIABLE = "SIS_CONNECT_SCHOOLOGY_KEY"
SECRET_VARIABLE = "SIS_CONNECT_SCHOOLOGY_SECRET"  # noqa: S105  # the name of the variable, not its value
URL_VARIABLE = "SIS_CONNECT_SCHOOLOGY_URL"

#: The time zone of the machine.
LOCAL: Final = "local"

#: A size as the columnar engine writes it: kB and so on are powers of 1000, KiB of 1024.
_SIZE = r"^([0-9]+(?:\.[0-9]+)?) ?([KMGT])(i?)B$"

_REFERENCE = "docs/configuration.md explains every setting."


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How packages are read."""

    #: `lenient` mends what can be mended without guessing, and says so; `strict` takes the standard at its word.
    mode: Literal["lenient", "strict"] = "lenient"
    #: To how much a zip may unpack whose files are packed more densely than rosters usually are.
    dense_size: Annotated[str, msgspec.Meta(pattern=_SIZE)] = "1GB"

    @property
    def dense_bytes(self) -> int:
        """The same in bytes."""
        number, unit, is_binary = re.fullmatch(_SIZE, self.dense_size).groups()  # type: ignore[union-attr]  # validated
        return int(float(number) * (1024 if is_binary else 1000) ** ("KMGT".index(unit) + 1))


class ScopeSettings(Scope, frozen=True, forbid_unknown_fields=True):
    """Which part of the SIS is looked at, and on which day."""

    #: Where the district's days begin and end: an IANA name such as `America/New_York`, or `local` for the machine's.
    time_zone: str = LOCAL


class SchoologySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where Schoology is. Key and secret come from the environment, never from the file."""

    url: str = "https://api.schoology.com/v1"
    #: Credits that the service gives in every `window`; reading costs one, writing three.
    credits: Annotated[int, msgspec.Meta(ge=3)] = 50
    #: Seconds.
    window: Annotated[float, msgspec.Meta(gt=0)] = 5.0


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the machine may give."""

    #: Memory for the columnar engine.
    memory: Annotated[str, msgspec.Meta(pattern=_SIZE)] = "1GB"
    #: Threads; 0 for one a core, eight at most.
    threads: Annotated[int, msgspec.Meta(ge=0)] = 0
    #: Plans that are kept, with the snapshots they were made of; older ones go when a run ends.
    keep_plans: Annotated[int, msgspec.Meta(ge=1)] = 30


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a district decides."""

    source: SourceSettings = SourceSettings()
    scope: ScopeSettings = ScopeSettings()
    schools: Schools = Schools()
    terms: Terms = Terms()
    people: People = People()
    courses: Courses = Courses()
    classes: Classes = Classes()
    enrollments: Enrollments = Enrollments()
    guard: GuardRules = GuardRules()
    ownership: Ownership = Ownership()
    refusals: Refusals = Refusals()
    schoology: SchoologySettings = SchoologySettings()
    engine: EngineSettings = EngineSettings()

    @property
    def time_zone(self) -> tzinfo | None:
        """Where the district's days begin and end; None for the machine's own zone."""
        return None if self.scope.time_zone == LOCAL else ZoneInfo(self.scope.time_zone)

    @property
    def rules(self) -> DistrictRules:
        """The rules of shaping."""
        return DistrictRules(
            scope=self.scope,
            schools=self.schools,
            terms=self.terms,
            people=self.people,
            courses=self.courses,
            classes=self.classes,
            enrollments=self.enrollments,
        )


@dataclass(frozen=True, slots=True)
class Credentials:
    """Key and secret of the LMS; neither is ever shown."""

    key: str
    secret: str

    def __repr__(self) -> str:
        """Nothing that could be used."""
        return "Credentials(key=…, secret=…)"


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
    _check_time_zone(settings.scope, path)
    return settings


def read_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """Key and secret of the LMS from the environment; ConfigurationError names the variable that is missing."""
    for variable in (KEY_VARIABLE, SECRET_VARIABLE):
        if not environment.get(variable):
            raise ConfigurationError(
                f"{variable} is not set.",
                where="the environment",
                fix=f"Set {KEY_VARIABLE} and {SECRET_VARIABLE} to the key and secret that Schoology shows a system "
                "administrator under Tools > School Management > Integration > API.",
            )
    return Credentials(environment[KEY_VARIABLE], environment[SECRET_VARIABLE])


def setting_types() -> dict[str, str]:
    """Every setting by its dotted key, with what it may be as a person reads it."""
    return {key: _in_words(type_) for key, type_ in _walk(inspect.type_info(Settings)) if not _is_table(type_)}


def located(error: ConfigurationError, path: Path | None) -> ConfigurationError:
    """The same error, naming the rules file too when its place is a setting."""
    if path is None or error.where not in setting_types():
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


def _check_time_zone(scope: ScopeSettings, path: Path | None) -> None:
    name = scope.time_zone
    if name == LOCAL:
        return
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fix = _did_you_mean(name, sorted(available_timezones()))
        what = f"must be 'local' or the IANA name of a time zone such as 'America/New_York', not {_shown(name)}"
        raise _refusal(what, "scope.time_zone", path, fix=fix) from None


def _explained(message: str, content: Mapping[str, Any], path: Path | None) -> ConfigurationError:
    """The error of the validator's words, such as: Expected `int`, got `str` - at `$.scope.school_year`."""
    what, _, place = message.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".")
    if "unknown field" in what:
        return _unknown(key, what.rsplit("`", 2)[-2], path)
    type_ = dict(_walk(inspect.type_info(Settings)))[re.sub(r"\[[^\]]*\]$", "", key)]
    if isinstance(type_, inspect.VarTupleType) and key.endswith("]"):
        type_ = type_.item_type
    elif isinstance(type_, inspect.DictType) and key.endswith("]"):
        table = key.removesuffix("[...]")
        type_, entries = type_.value_type, _find(content, table)
        wrong = (
            [name for name, value in entries.items() if not isinstance(value, str)] if isinstance(entries, dict) else []
        )
        key = f"{table}.{wrong[0]}" if wrong else table
    given = _find(content, key)
    fix = _did_you_mean(str(given), list(_choices(type_))) if isinstance(given, str) else ""
    return _refusal(f"must be {_in_words(type_)}, not {_shown(given)}", key, path, fix=fix)


def _unknown(table: str, field: str, path: Path | None) -> ConfigurationError:
    key = f"{table}.{field}" if table else field
    if table == "schoology" and field in {"key", "secret"}:
        fix = f"Take it out of the file and set {KEY_VARIABLE} and {SECRET_VARIABLE} in the environment."
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
            return "a text" if pattern is None else "a size such as '1GB' or '512MB'"
        case inspect.BoolType():
            return "true or false"
        case inspect.VarTupleType(item_type=item):
            return f"a list, each {_in_words(item)}"
        case inspect.DictType(value_type=value):
            return f"a table, each value {_in_words(value)}"
        case _:
            return "a table"
