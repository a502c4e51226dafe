"""Everything that can be wrong with a CSV package as a package: `package`, `manifest`, `file`, `header` and `row`.

Here: the rules, and the refusal made of one. A rule marked as refusing ends the reading: what it is about cannot be
read without a guess, and a pull is complete or it is nothing. Rules about records are in `sync.check`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from sis_connect.errors import PackageRefusedError
from sis_connect.findings import Fixer, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence


def _refusal(code: str, title: str, fix: str, fixer: Fixer = Fixer.VENDOR) -> Rule:
    return Rule(code, Severity.ERROR, fixer, title, fix)


def _error(code: str, title: str, fix: str) -> Rule:
    return Rule(code, Severity.ERROR, Fixer.VENDOR, title, fix)


def _warning(code: str, title: str, fix: str) -> Rule:
    return Rule(code, Severity.WARNING, Fixer.VENDOR, title, fix, strict=Severity.ERROR)


def _note(code: str, title: str, fix: str) -> Rule:
    return Rule(code, Severity.NOTE, Fixer.VENDOR, title, fix, strict=Severity.ERROR)


#: Rules whose breach ends the reading with a `PackageRefusedError`.
REFUSALS = (
    _refusal(
        "package.not_found",
        "There is no package at this path.",
        "Check the path, and that this user may read it.",
        Fixer.OPERATOR,
    ),
    _refusal(
        "package.not_a_package",
        "This is neither a zip file nor a folder.",
        "Name the zip file of the OneRoster package, or the folder that holds its CSV files.",
        Fixer.OPERATOR,
    ),
    _refusal(
        "package.damaged_zip",
        "The zip file is damaged or was cut short.",
        "Have the package exported or copied again, and let the copy finish before it is read.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "package.encrypted",
        "The zip file is protected by a password.",
        "Have the package exported without a password, and protect the way it travels instead.",
    ),
    _refusal(
        "package.unsafe_entry",
        "The zip file holds an entry that would leave its folder: an absolute or climbing path, or a link.",
        "Have the package made again with the CSV files at the root of the zip.",
    ),
    _refusal(
        "package.link_outside",
        "The folder holds a link that leads out of it, so what is read may not be what was sent.",
        "Put the file itself into the folder in place of the link.",
    ),
    _refusal(
        "package.unsupported_compression",
        "The zip file uses a compression that OneRoster does not allow.",
        "Have the package made with the usual compression (deflate).",
    ),
    _refusal(
        "package.too_many_entries",
        "The package holds far more files than a OneRoster package can.",
        "Have the package made with its CSV files only.",
    ),
    _refusal(
        "package.too_large",
        "The package is larger, once unpacked, than any roster can be.",
        "Check what was exported; a very large district can be given a higher limit.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "package.suspicious_compression",
        "Files of the zip would unpack to hundreds of times their size and fill the disk, as a zip bomb does.",
        "Have the package exported again; if it is what it should be, raise source.dense_size in the rules file.",
    ),
    _refusal(
        "package.duplicate_file",
        "The package holds one file twice, and nothing tells which one counts.",
        "Have the package made with every file once.",
    ),
    _refusal(
        "package.no_known_files",
        "There is no OneRoster file in this package.",
        "Name the zip file or folder that holds orgs.csv, users.csv and so on, not what encloses it.",
        Fixer.DISTRICT,
    ),
    _refusal(
        "package.changed_while_read",
        "A file changed while it was read.",
        "Read the package again once it has arrived completely.",
        Fixer.OPERATOR,
    ),
    _refusal(
        "package.manifest_missing",
        "There is no manifest.csv, which by the standard makes this OneRoster 1.0, though its columns are of 1.1.",
        "Switch the export to OneRoster 1.1 CSV, which includes manifest.csv.",
    ),
    _refusal(
        "package.oneroster_1_0",
        "This is a OneRoster 1.0 package, and SIS Connect reads OneRoster 1.1.",
        "Switch the export to OneRoster 1.1 CSV; most systems offer it beside 1.0.",
    ),
    _refusal(
        "package.oneroster_1_2",
        "This is a OneRoster 1.2 package, and SIS Connect reads OneRoster 1.1.",
        "Switch the export to OneRoster 1.1 CSV; most systems offer it beside 1.2.",
    ),
    _refusal(
        "package.microsoft_sds",
        "These are files for Microsoft School Data Sync, not a OneRoster package.",
        "Use the export named OneRoster 1.1 CSV; a system that fills School Data Sync usually has it too.",
    ),
    _refusal(
        "file.too_large",
        "The manifest is far larger than a manifest can be.",
        "Have the package exported again.",
    ),
    _refusal(
        "file.nul_byte",
        "The file holds NUL bytes, so it is not text in UTF-8; often it was saved as UTF-16.",
        "Have the file exported as CSV in UTF-8.",
    ),
    _refusal(
        "file.utf_16",
        "The file is in UTF-16 or UTF-32.",
        "Have the file exported as CSV in UTF-8.",
    ),
    _refusal(
        "file.line_too_long",
        "The file holds a line far longer than a record can be.",
        "Have the file exported again; its line ends may be lost.",
    ),
    _refusal(
        "file.unreadable",
        "The file could not be read as CSV.",
        "Send the file to the maintainers of SIS Connect; this should have been found earlier.",
        Fixer.OPERATOR,
    ),
    _refusal(
        "header.duplicate",
        "The header names one column twice, and nothing tells which one counts.",
        "Have the file exported with every column once.",
    ),
    _refusal(
        "header.not_recognised",
        "The first line is not the header of this file.",
        "Have the file exported with the standard's header in its first line.",
    ),
    _refusal(
        "header.wrong_delimiter",
        "The columns are separated by something other than commas.",
        "Have the file exported as CSV with commas.",
    ),
    _refusal(
        "header.too_many_columns",
        "The header has far more columns than a roster file can.",
        "Have the file exported again.",
    ),
)

_FINDINGS = (
    _note(
        "package.nested_folder",
        "The files lie in a folder inside the package.",
        "Have the files put at the root of the zip.",
    ),
    _note(
        "package.unknown_file",
        "The package holds files that OneRoster 1.1 does not know; they were not read.",
        "Have only OneRoster files put into the package.",
    ),
    _warning(
        "package.version_unclear",
        "The manifest does not say OneRoster 1.1; the columns do, so the package was read as 1.1.",
        "Have oneroster.version set to 1.1 in manifest.csv.",
    ),
    _error(
        "package.file_missing",
        "The manifest says that this file is there, and it is not.",
        "Have the package exported again, or the file marked absent in manifest.csv.",
    ),
    _warning(
        "package.file_not_in_manifest",
        "The manifest does not name this file; it was read as a bulk file.",
        "Have the file's mode (bulk or delta) added to manifest.csv.",
    ),
    _warning(
        "package.file_said_absent",
        "The manifest says that this file is absent, and it is there; it was not read.",
        "Have the file left out, or its mode (bulk or delta) set in manifest.csv.",
    ),
    _note(
        "manifest.wrong_header",
        "The header of manifest.csv is not propertyName,value.",
        "Have the header of manifest.csv set to propertyName,value.",
    ),
    _warning(
        "manifest.unknown_property",
        "The manifest holds a property that OneRoster 1.1 does not know, or not in this spelling.",
        "Have the property's name checked; names are case-sensitive.",
    ),
    _warning(
        "manifest.repeated_property",
        "The manifest holds a property twice; the last one was used.",
        "Have every property given once.",
    ),
    _note(
        "manifest.missing_property",
        "The manifest lacks properties that it must hold.",
        "Have manifest.csv list both versions and every file as bulk, delta or absent.",
    ),
    _note(
        "manifest.wrong_value",
        "A property of the manifest has a value that OneRoster 1.1 does not know, or not in this spelling.",
        "Have manifest.version set to 1.0, and files to bulk, delta or absent; a spreadsheet may have changed them.",
    ),
    _note("file.wrong_case_name", "The file's name is not in the standard's case.", "Have the file named as shown."),
    Rule(
        "file.byte_order_mark",
        Severity.NOTE,
        Fixer.VENDOR,
        "The file begins with a byte-order mark, which was ignored.",
        "Nothing need be done; UTF-8 files are better without it.",
    ),
    _error(
        "file.empty",
        "The file has no header and no rows; it was taken as absent.",
        "Have the file left out and marked absent in manifest.csv, or exported again.",
    ),
    _warning(
        "file.no_rows",
        "The file has a header and no rows, which the standard does not allow.",
        "Have the file left out and marked absent in manifest.csv, if it is meant to be empty.",
    ),
    _note(
        "file.windows_1252",
        "The file is in Windows-1252, not UTF-8; it was converted.",
        "Have the file exported in UTF-8.",
    ),
    _note(
        "file.line_ends",
        "The file's lines end in different ways, or as on old Macs; each was taken as a line end.",
        "Have the file exported with one kind of line end.",
    ),
    _note(
        "file.carriage_return_in_field",
        "Fields hold carriage returns, which the standard does not allow; they were read as line feeds.",
        "Have line breaks inside fields written as line feeds alone, or left out.",
    ),
    _note(
        "file.blank_lines",
        "The file holds blank lines, which were skipped.",
        "Have the file exported without blank lines.",
    ),
    _warning(
        "file.delta_without_status",
        "The manifest says delta, and no row has a status; the file was taken as bulk, as the standard says.",
        "Have the file's mode set to bulk, or status and dateLastModified filled.",
    ),
    _note(
        "file.bulk_with_status",
        "Rows of a bulk file have a status or dateLastModified, which are blank in bulk.",
        "Have both left blank in bulk files, or the file's mode set to delta.",
    ),
    Rule(
        "file.passwords_dropped",
        Severity.NOTE,
        Fixer.DISTRICT,
        "The file holds passwords; they were not read.",
        "Switch passwords off in the export: nobody needs them here, and the file is safer without.",
    ),
    _note(
        "header.wrong_order",
        "The columns are not in the standard's order; they were read by name.",
        "Have the columns put in the standard's order.",
    ),
    _note(
        "header.wrong_case",
        "A column's name is not in the standard's case.",
        "Have the column named as the standard writes it.",
    ),
    _note("header.blanks", "A column's name has blanks around it.", "Have the blanks removed from the header."),
    _note(
        "header.old_name",
        "A column has a name of OneRoster 1.0; it was read under its name of 1.1.",
        "Have the column named as OneRoster 1.1 does.",
    ),
    _note(
        "header.missing_optional",
        "A column is missing; it was taken as blank.",
        "Have all columns exported, also those without values.",
    ),
    _error(
        "header.missing_required",
        "A column is missing that must hold a value in every row.",
        "Have the column added to the export.",
    ),
    _note(
        "header.unknown_column",
        "The file has a column that OneRoster 1.1 does not know; it was not read.",
        "Have extra columns named metadata.something, to the right of the standard's.",
    ),
    _note(
        "header.metadata_not_last",
        "A metadata column stands before a column of the standard.",
        "Have metadata columns put to the right of the standard's.",
    ),
    _error(
        "row.wrong_number_of_columns",
        "The row has more or fewer columns than the header.",
        "Have the row exported again; a field that holds a comma must be in double quotes.",
    ),
    _error(
        "row.bad_quote",
        "A double quote stands where none may be, so the row's fields cannot be told apart.",
        "Have fields with double quotes put in double quotes, and the inner ones doubled.",
    ),
    _error(
        "row.unclosed_quote",
        "A field's double quote is never closed.",
        "Have the closing double quote added, or inner double quotes doubled.",
    ),
    _error(
        "row.bad_encoding",
        "The row holds bytes that are not UTF-8.",
        "Have the file exported in UTF-8.",
    ),
    _note(
        "row.stray_quote",
        "A field that is not in double quotes holds some; they were read as they stand.",
        "Have fields with double quotes put in double quotes, and the inner ones doubled.",
    ),
    _note(
        "row.blanks_around_quotes",
        "Blanks stand between a comma and the double quotes of a field; they were left out.",
        "Have fields written without blanks before or after their double quotes.",
    ),
    _note(
        "row.blank_fields_at_end",
        "The row has more fields than the header, all of them blank; they were left out.",
        "Have the row exported with as many fields as the header.",
    ),
    Rule(
        "row.looks_unclosed",
        Severity.WARNING,
        Fixer.VENDOR,
        "A quoted field holds lines that look like rows of their own; a closing double quote may be missing.",
        "Check the row: if the lines are rows, have the closing double quote added.",
    ),
)

#: Every rule of the CSV reader.
RULES: tuple[Rule, ...] = (*REFUSALS, *_FINDINGS)

#: Characters of a name from a package that are shown.
_NAME_SHOWN = 60

_REFUSALS_BY_CODE = MappingProxyType({rule.code: rule for rule in REFUSALS})


def refusal(code: str, *, where: str = "", because: str = "") -> PackageRefusedError:
    """The error of a refusing rule; `because` adds a sentence about this package."""
    rule = _REFUSALS_BY_CODE[code]
    what = f"{rule.title} {because}".strip()
    return PackageRefusedError(code, what, where=where, fix=rule.fix)


def all_refusals(refusals: Sequence[PackageRefusedError]) -> PackageRefusedError:
    """One error for the reasons in several files: the first, which names the others."""
    first, *others = refusals
    if not others:
        return first
    also = " ".join(f"{other.where}: {other.what} {other.fix}".removeprefix(": ") for other in others)
    what = f"{first.what} Refused as well: {also}"
    return PackageRefusedError(first.code, what, where=first.where, fix=first.fix, others=tuple(others))


def shown(name: str) -> str:
    """A name out of a package as a report may show it: cut, and without what no terminal should be sent."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[:_NAME_SHOWN])
