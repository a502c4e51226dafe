"""Every code that the REST reader can speak is declared, once, and tells what to do."""

from __future__ import annotations

import re
from pathlib import Path

from sis_connect.sis.rest import rules
from sis_connect.sis.rest.paging.steps import Doubt, Note
from sis_connect.sis.rest.pulling.derived import WAYS
from sis_connect.sis.rest.rules import REFUSALS, RULES, refusal

CODES = [rule.code for rule in RULES]


def test_codes_are_unique() -> None:
    assert len(CODES) == len(set(CODES))


def test_every_doubt_of_paging_refuses_and_every_note_is_a_finding() -> None:
    refusing = {rule.code for rule in REFUSALS}

    assert set(map(str, Doubt)) <= refusing
    assert set(map(str, Note)) <= set(CODES) - refusing


def test_every_code_in_the_source_is_declared_and_every_declared_one_is_used() -> None:
    folder = Path(rules.__file__).parent
    texts = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "rules.py")
    used = set(re.findall(r'"(rest\.[a-z_]+)"', texts))

    assert used == set(CODES)


def test_every_finding_of_a_way_is_declared() -> None:
    assert {code for ways in WAYS.values() for each in ways.values() for way in each for code in way.findings} <= set(
        CODES
    )


def test_refusal_says_where_and_how_to_mend_it() -> None:
    error = refusal("rest.nothing_given", where="/users", because="It is August.")

    assert (error.code, error.where) == ("rest.nothing_given", "/users")
    assert error.what.endswith("It is August.")
    assert error.fix
