"""Notices and errors: as the standard writes them, and as they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_connect.oneroster.status_info import (
    CodeMajor,
    CodeMinor,
    Severity,
    StatusInfo,
    parse_status_info,
    write_status_info,
)

INFOS = st.builds(
    StatusInfo,
    st.sampled_from(CodeMajor),
    st.sampled_from(Severity),
    st.sampled_from(CodeMinor) | st.none(),
    st.text(),
    st.text(),
    st.text(),
)


@settings(deadline=None)
@given(infos=st.lists(INFOS, min_size=1, max_size=3))
def test_what_is_written_is_read_again(infos: list[StatusInfo]) -> None:
    assert parse_status_info(write_status_info(*infos)) == tuple(infos)


def test_an_error_as_the_standard_writes_it() -> None:
    info = StatusInfo(
        CodeMajor.FAILURE, Severity.ERROR, CodeMinor.INVALID_FILTER_FIELD, "shoeSize", "getAllUsers", "m-1"
    )
    assert write_status_info(info) == {
        "statusInfoSet": [
            {
                "imsx_codeMajor": "failure",
                "imsx_severity": "error",
                "imsx_messageRefIdentifier": "m-1",
                "imsx_operationRefIdentifier": "getAllUsers",
                "imsx_description": "shoeSize",
                "imsx_codeMinor": "invalid_filter_field",
            }
        ]
    }


OF_1_2 = {
    "imsx_codeMajor": "failure",
    "imsx_severity": "error",
    "imsx_description": "no",
    "imsx_CodeMinor": {
        "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "x", "imsx_codeMinorFieldValue": "unauthorisedrequest"}]
    },
}


@pytest.mark.parametrize(
    ("document", "minor"),
    [
        (OF_1_2, CodeMinor.UNAUTHORIZED),
        ({"imsx_StatusInfo": OF_1_2}, CodeMinor.UNAUTHORIZED),
        ({"codeMajor": "failure", "severity": "error", "codeMinor": "unknownobject"}, CodeMinor.UNKNOWN_OBJECT),
        ({"CodeMajor": "Failure", "Severity": "Error", "CodeMinor": "Invalid Data"}, CodeMinor.INVALID_DATA),
        (
            {"statusInfoSet": {"imsx_codeMajor": "failure", "imsx_codeMinor": "invalid_blank_ selection_field"}},
            CodeMinor.INVALID_BLANK_SELECTION_FIELD,
        ),
        ({"statusInfoSet": [{"imsx_codeMajor": "unsupported", "imsx_codeMinor": "novel"}]}, None),
        ({"errors": ["no"]}, None),
        ({"errors": [{"message": "no"}]}, None),
        ({"error": "invalid_token"}, None),
        ({"message": "no"}, None),
        ({"Message": "no"}, None),
    ],
)
def test_the_shapes_of_failure_met_in_the_field(document: object, minor: CodeMinor | None) -> None:
    [info] = parse_status_info(document)
    assert info.is_failure
    assert info.code_minor is minor


def test_a_warning_is_no_failure() -> None:
    assert not parse_status_info({"warnings": ["slow"]})[0].is_failure
    assert not StatusInfo(CodeMajor.SUCCESS, Severity.WARNING).is_failure


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "failure",
        {},
        {"users": []},
        {"statusInfoSet": []},
        {"statusInfoSet": [7]},
        {"message": ""},
        {"error": None},
    ],
)
def test_what_says_nothing_is_no_notice(document: object) -> None:
    assert parse_status_info(document) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "statusInfoSet",
                    "imsx_StatusInfo",
                    "imsx_codeMajor",
                    "imsx_CodeMinor",
                    "imsx_codeMinorField",
                    "errors",
                ]
            ),
            inner,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(document=JSON)
def test_no_shape_breaks_the_reader(document: object) -> None:
    for info in parse_status_info(document):
        assert isinstance(info.description, str)


def test_a_description_is_not_shown_when_a_notice_is_printed() -> None:
    assert "Ada" not in repr(StatusInfo(CodeMajor.FAILURE, Severity.ERROR, description="Ada"))
