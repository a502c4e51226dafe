"""What is unknown becomes a question, and nothing else does."""

from __future__ import annotations

import pytest

from docs.partner_reference import sections
from partner_files import IDS, profile
from sis_connect.partners.facts import Grade, facts_of, grade_of
from sis_connect.partners.questions import QUESTIONS, Asked, questions


@pytest.mark.parametrize("id_", IDS)
def test_exactly_what_is_unknown_or_weakly_sourced_is_asked(id_: str) -> None:
    one = profile(id_)
    open_ = [
        fact for fact, known in facts_of(one) if known is None or grade_of(known, one.sources) is Grade.WEAK
    ]  # fmt: skip
    assert [question.fact for question in questions(one)] == open_


def test_there_is_a_question_for_every_fact_of_the_schema_and_no_other() -> None:
    declared = {
        f"{path}.{name}"
        for path, struct in sections()
        for name, type_ in struct.__annotations__.items()
        if type_.startswith("Fact[")
    }
    assert declared == QUESTIONS.keys()


def test_catch_all_asks_the_questions_of_the_program_without_naming_a_vendor() -> None:
    asked = {question.fact: question for question in questions(profile("other"))}
    assert asked["sign_in.kinds"].text == "Does your SIS sign in with OAuth 1, with OAuth 2, or with either?"
    assert asked["sign_in.oauth2.scope"].asked is Asked.VENDOR
    assert asked["screens.api_url"].asked is Asked.DISTRICT
    assert asked["support.escalation"].text.startswith("Whom does SIS Connect call at the SIS vendor")
    assert "Another" not in " ".join(question.text for question in asked.values())


def test_question_names_the_product_and_the_company() -> None:
    asked = {question.fact: question.text for question in questions(profile("aspen"))}
    assert asked["pulling.delta"] == "Does a filter on dateLastModified give everything that changed in Follett Aspen?"
    assert asked["support.contact"].startswith("Whom at Follett ")


def test_answer_of_a_weak_source_is_to_be_confirmed() -> None:
    [question] = [one for one in questions(profile("schooltool")) if one.fact == "sign_in.kinds"]
    assert question.is_confirmation
    assert question.text.startswith("One weak source answers this; please confirm it. Does SchoolTool ")


def test_what_does_not_apply_is_not_asked() -> None:
    asked = {question.fact for question in questions(profile("classlink"))}
    assert not [fact for fact in asked if fact.startswith(("sign_in.oauth2", "gradebook.limits", "screens.token_url"))]
