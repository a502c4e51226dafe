"""Schoology as the place grades come from: the grade book of one section as a value.

Satisfies `grades.source.GradeSource` by shape. Here: what is asked for when, whose a grade is, and what it means for
one class that it cannot be read. Not here: requests (`gradebook`), fields (`grade_records`).

Calls, of one credit each, for lists of one page: a complete reading takes six at most (grades, items, categories,
periods, scales, members). A poll of a quiet class takes two, grades and items: items have no filter for changes, and
the rest is known. One more each for members where a grade changed, for scales where such a grade has levels or an item
got them, for categories and periods where an item names one that is not known, and where `grade_items` is refused.
What was renamed, and what was cleared without a trace, is found by a complete reading alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sis_connect.errors import MalformedReplyError, Remedy, TargetError, UnauthorisedError
from sis_connect.grades.observed import GradeBook, LeftOut, ScaleKind
from sis_connect.grades.source import ClassUnreadableError
from sis_connect.schoology.grade_records import GradeReading, GradeRecord, ItemRecord, parse_category, parse_period
from sis_connect.schoology.grade_scales import Scale
from sis_connect.transport.client import RequestRefusedError
from sis_connect.transport.diagnosis import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sis_connect.grades.observed import Category, Grade, Item, Period
    from sis_connect.grades.roster import Class
    from sis_connect.schoology.client import SchoologyClient
    from sis_connect.schoology.gradebook import Gradebook
    from sis_connect.schoology.records import Member

_FORBIDDEN = (
    "Have whoever SIS_CONNECT_SCHOOLOGY_KEY belongs to given the right to see the grades of this course in Schoology, "
    "or leave the class out of grades.classes."
)
_GONE = (
    "See in Schoology whether its section was deleted, and run the roster sync, or leave the class out of "
    "grades.classes."
)
_REMEDIES: dict[str, tuple[Remedy, str]] = {
    Cause.FORBIDDEN: (Remedy.RECONFIGURE, _FORBIDDEN),
    Cause.NOT_FOUND: (Remedy.RETRY, _GONE),
}


class SchoologyGradeSource:
    """The grade books of one Schoology organisation, read with one key; keeps nothing, so threads may share it."""

    def __init__(self, gradebook: Gradebook, client: SchoologyClient, reading: GradeReading | None = None) -> None:
        """`client` is asked for the members of sections; both share one limit."""
        self._gradebook = gradebook
        self._client = client
        self._reading = reading or GradeReading()

    def read(self, class_: Class, since: int | None, known: GradeBook | None = None) -> GradeBook:
        """The grade book of the class's section; complete when `since` is None, else what changed since that cursor.

        A poll asks from a while before the cursor, and leaves out what `known` says already in the same words. Whether
        it tells of cleared grades is not documented. ClassUnreadableError, when the section is forbidden, gone or
        answered in a way that cannot be read; other errors concern every class.
        """
        try:
            return self._read(class_, since, known)
        except UnauthorisedError as error:
            if error.cause != Cause.FORBIDDEN:
                raise
            raise _unreadable(class_, error) from error
        except (RequestRefusedError, MalformedReplyError) as error:
            raise _unreadable(class_, error) from error

    def _read(self, class_: Class, since: int | None, known: GradeBook | None) -> GradeBook:
        from_ = 0 if since is None else max(0, since - self._reading.overlap_seconds)
        # Grades before items and members: what a grade refers to is there when it is asked for.
        told = [GradeRecord.parse(row, self._reading) for row in self._gradebook.grades(class_.lms_id, from_)]
        listed = [ItemRecord.parse(row, self._reading) for row in self._gradebook.items(class_.lms_id)]
        known = None if since is None else known
        sorted_out = _sort_out(told, listed, known)
        before = _scaled_before(known)
        scales = self._scales(class_.lms_id, sorted_out, before)
        items = tuple(_with_kind(record, scales, before) for record in sorted_out.items.values())
        grades, of_the_gone = self._grades(class_.lms_id, sorted_out, scales or {})
        return GradeBook(
            class_key=class_.key,
            categories=self._categories(class_.lms_id, items, known),
            periods=self._periods(class_.lms_id, items, known),
            items=items,
            grades=grades,
            is_complete=since is None,
            cursor=max((since or 0, *(record.changed_at for record in told))),
            left_out=replace(sorted_out.left_out, of_the_gone=of_the_gone),
        )

    def _scales(
        self, section_id: str, sorted_out: _SortedOut, before: Mapping[str, ScaleKind]
    ) -> dict[str, Scale] | None:
        """The scales by their ids; None where nothing is to be known of them but which items had one before."""
        scaled = {id_ for id_, record in sorted_out.items.items() if record.scale_id is not None}
        graded = {record.item_id for record in sorted_out.grades}
        if scaled <= before.keys() and not scaled & graded:
            return None
        return {scale.id: scale for scale in map(Scale.parse, self._gradebook.scales(section_id))}

    def _grades(
        self, section_id: str, sorted_out: _SortedOut, scales: Mapping[str, Scale]
    ) -> tuple[tuple[Grade, ...], int]:
        """The grades of those who are in the section, and how many there are of others."""
        if not sorted_out.grades:
            return (), 0
        accounts = accounts_of(self._client.members(section_id))
        grades = []
        for record in sorted_out.grades:
            account = accounts.get(record.enrollment_id)
            if account is not None:
                item = sorted_out.items[record.item_id]
                grades.append(record.of(account, item.item.max_points, scales.get(item.scale_id or "")))
        return tuple(grades), len(sorted_out.grades) - len(grades)

    def _categories(self, section_id: str, items: Iterable[Item], known: GradeBook | None) -> tuple[Category, ...]:
        named = {item.category_lms_id for item in items} - {None}
        if known is not None and named <= {category.lms_id for category in known.categories}:
            return known.categories
        return tuple(map(parse_category, self._gradebook.categories(section_id)))

    def _periods(self, section_id: str, items: Iterable[Item], known: GradeBook | None) -> tuple[Period, ...]:
        named = {item.period_lms_id for item in items} - {None}
        if known is not None and named <= {period.lms_id for period in known.periods}:
            return known.periods
        return tuple(map(parse_period, self._gradebook.periods(section_id)))


@dataclass(frozen=True, slots=True)
class _SortedOut:
    """What of a reading is to be given."""

    items: Mapping[str, ItemRecord]
    grades: Sequence[GradeRecord]
    left_out: LeftOut


def _sort_out(told: Iterable[GradeRecord], listed: Iterable[ItemRecord], known: GradeBook | None) -> _SortedOut:
    """The items but midterms and finals, and their grades but those that are known."""
    finals = {record.item.lms_id for record in listed if record.is_final}
    items = {record.item.lms_id: record for record in listed if not record.is_final}
    left_out: Counter[str] = Counter()
    grades = []
    for record in told:
        if record.is_final or record.item_id in finals:
            left_out["finals"] += 1
        elif record.item_id not in items:
            left_out["of_unlisted_items"] += 1
        else:
            grades.append(record)
    return _SortedOut(items, grades if known is None else _unknown(grades, known.grades), LeftOut(**left_out))


def _unknown(told: Sequence[GradeRecord], known: Iterable[Grade]) -> list[GradeRecord]:
    """The grades that say something new.

    Told without looking up whose they are: where as many students had the very same from the very same second, these
    are they.
    """
    said = Counter(_words(grade) for grade in known)
    words = [_words(record.of("", Decimal(), None)) for record in told]
    saying = Counter(words)
    return [record for record, said_now in zip(told, words, strict=True) if saying[said_now] > said[said_now]]


def _words(grade: Grade) -> tuple[object, ...]:
    return grade.item_lms_id, grade.changed_at, grade.score, grade.exemption, grade.comment


def _scaled_before(known: GradeBook | None) -> dict[str, ScaleKind]:
    """The items that had a scale already."""
    items = () if known is None else known.items
    return {item.lms_id: item.scale for item in items if item.scale is not ScaleKind.POINTS}


def _with_kind(record: ItemRecord, scales: Mapping[str, Scale] | None, before: Mapping[str, ScaleKind]) -> Item:
    """The item with the kind of its scale; a scale that is not listed, as those of rubrics, has levels."""
    if record.scale_id is None:
        return record.item
    if scales is None:
        return replace(record.item, scale=before[record.item.lms_id])
    scale = scales.get(record.scale_id)
    return replace(record.item, scale=ScaleKind.LEVELS if scale is None else scale.kind)


def accounts_of(members: Iterable[Member]) -> dict[str, str]:
    """Enrollment to account: for each account its present enrollment, or the latest where it has none."""
    counting: dict[str, Member] = {}
    for member in members:
        held = counting.get(member.uid)
        if member.uid and (held is None or _rank(held) < _rank(member)):
            counting[member.uid] = member
    return {member.id: uid for uid, member in counting.items()}


def _rank(member: Member) -> tuple[bool, int, str]:
    # Ids are numbers that grow: a longer one is later.
    return not member.is_archived, len(member.id), member.id


def _unreadable(class_: Class, error: TargetError) -> ClassUnreadableError:
    remedy, fix = _REMEDIES.get(error.cause, (error.remedy, error.fix))
    said = ClassUnreadableError(
        f"The grade book of the class “{class_.key}” cannot be read: {error.what}",
        where=class_.key,
        fix=fix,
        cause=error.cause,
    )
    said.remedy = remedy
    return said
