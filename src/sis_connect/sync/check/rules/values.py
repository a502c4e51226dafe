"""Rules about one value: what is unreadable, and what is read only by tolerance."""

from __future__ import annotations

from sis_connect.findings import Fixer
from sis_connect.sync.check.rules.wording import broken, doubtful, mended, remark, unreadable

VALUES = (
    broken(
        "value.guid_too_long",
        Fixer.VENDOR,
        "A sourcedId is longer than 255 characters.",
        "Use shorter identifiers.",
    ),
    broken(
        "value.guid_control_characters",
        Fixer.VENDOR,
        "A sourcedId begins or ends with a blank, or holds control characters.",
        "Use letters, digits and . - _ / @ only.",
    ),
    mended(
        "value.guid_characters",
        "A sourcedId holds characters outside the standard's set; it is used as it is.",
        "Use letters, digits and . - _ / @ only.",
    ),
    unreadable(
        "value.unknown_enumeration",
        "A value is not one of those the standard lists.",
        "Use one of the values that the detail lists.",
    ),
    unreadable("value.not_a_boolean", "A value is neither true nor false.", "Write true or false."),
    unreadable("value.not_a_date", "A value is not a date.", "Write dates as YYYY-MM-DD."),
    unreadable(
        "value.not_a_date_time",
        "A value is not a moment in time.",
        "Write moments in UTC as YYYY-MM-DDTHH:MM:SS.sssZ.",
    ),
    unreadable("value.not_a_year", "A value is not a year.", "Write the year in which the school year ends as YYYY."),
    unreadable("value.not_user_ids", "A value is not a list of identifiers.", "Write userIds as {type:identifier}."),
    mended(
        "value.enumeration_repaired",
        "A listed value is spelled in another way than the standard does.",
        "Spell the value exactly as the detail lists it.",
    ),
    mended("value.boolean_repaired", "A truth value is not spelled true or false.", "Write true or false."),
    mended("value.date_repaired", "A date is not written as the standard says.", "Write dates as YYYY-MM-DD."),
    mended(
        "value.date_time_repaired",
        "A moment in time is not written as the standard says.",
        "Write moments in UTC as YYYY-MM-DDTHH:MM:SS.sssZ.",
    ),
    mended(
        "value.year_repaired",
        "A school year is written as a span of years; the year in which it ends is taken.",
        "Write the year in which the school year ends as YYYY.",
    ),
    mended(
        "value.user_ids_repaired",
        "A list of identifiers is not written as the standard says.",
        "Write userIds as {type:identifier}, separated by commas.",
    ),
    mended(
        "value.blanks_trimmed",
        "A value begins or ends with blanks; they were left out.",
        "Leave out blanks before and after values.",
    ),
    mended(
        "value.list_blanks",
        "An item of a list has blanks around it, or is blank; the blanks were left out.",
        "Separate the items of a list by commas alone, without blanks.",
    ),
    doubtful(
        "value.birth_date_in_future",
        Fixer.DISTRICT,
        "Somebody's date of birth is in the future.",
        "Correct the date, or leave it blank.",
    ),
    remark(
        "value.sentinel_date",
        Fixer.VENDOR,
        "A date is so far away that it stands for no date; it is brought back into this century.",
        "Leave unknown or open dates blank.",
    ),
    doubtful(
        "value.date_out_of_time",
        Fixer.VENDOR,
        "An enrollment ends before 1970 or begins after 2099; the date is not used, as if it were blank.",
        "Correct the date, or leave it blank.",
    ),
    remark(
        "value.unknown_grade",
        Fixer.VENDOR,
        "A grade level is outside the recommended vocabulary.",
        "Use IT, PR, PK, TK, KG, 01 to 13, PS, UG or Other.",
    ),
    doubtful(
        "value.broken_characters",
        Fixer.VENDOR,
        "A text holds the mark of characters that were lost on the way.",
        "Export in UTF-8 from end to end and send the text again.",
    ),
    doubtful(
        "value.not_an_email",
        Fixer.DISTRICT,
        "An e-mail address has no @ or is no address; it is not used.",
        "Correct the address or leave it blank.",
    ),
    doubtful(
        "value.username_with_spaces",
        Fixer.DISTRICT,
        "A username holds spaces, which many systems cannot sign in with.",
        "Use a username without spaces.",
    ),
)
