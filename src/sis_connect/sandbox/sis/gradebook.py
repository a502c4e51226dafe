"""The writing half of the gradebook: PUT creates or replaces, DELETE hides (gradebook semantics, DELETE).

The consumer chooses ids. A deleted record stays in the database with its status and is gone for everybody outside; the
same id may be put again, which creates it anew. Not here: how a body is read (`bodies`), HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sis_connect.oneroster.schema import ENTITIES
from sis_connect.sandbox.sis.bodies import read_body
from sis_connect.sandbox.sis.refusals import invalid_data, unknown_object
from sis_connect.sandbox.sis.selections import HIDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sis_connect.oneroster.model import Entity
    from sis_connect.oneroster.operations import Operation
    from sis_connect.sandbox.sis.records import Records
    from sis_connect.sandbox.sis.settings import SisSettings
    from sis_connect.sandbox.sis.storage import Session

#: Properties of a line item that many consumers leave out.
OFTEN_MISSING = ("category", "gradingPeriod")

#: What the model asks of the record a reference names, beyond being there.
_PARTICULARS = {"gradingPeriod": " AND type = 'gradingPeriod'", "student": " AND role = 'student'"}


class Gradebook:
    """Writes categories, line items and results."""

    def __init__(self, settings: SisSettings, records: Records) -> None:
        """Writes through `records`."""
        self._settings = settings
        self._records = records

    def put(self, operation: Operation, sourced_id: str, content: bytes) -> bool:
        """The record is as the body says; True when nobody could see it before. Refused when it breaks the model."""
        entity = ENTITIES[operation.entity]
        optional = OFTEN_MISSING if self._settings.lenient_line_items else ()
        body = read_body(operation, sourced_id, content, optional)
        with self._records.together() as writing:
            self._check_references(writing.session, entity, body.row)
            rules = self._settings.grade_rules
            rules.check(writing.session, entity.name, body.row, self._settings.now().date())
            was_there = self._is_there(writing.session, entity, sourced_id)
            writing.put(entity.name, rules.kept(entity.name, body.row), body.metadata)
        return not was_there

    def delete(self, operation: Operation, sourced_id: str) -> None:
        """Nobody can see the record any more; refused when nobody could before."""
        entity = ENTITIES[operation.entity]
        with self._records.together() as writing:
            if not self._is_there(writing.session, entity, sourced_id):
                raise unknown_object(sourced_id)
            if entity.name == "categories" and self._settings.keep_used_categories:
                self._refuse_used(writing.session, sourced_id)
            if entity.name == "lineItems" and self._settings.results_go_with_line_items:
                results = writing.session.rows(
                    "SELECT DISTINCT sourced_id FROM results WHERE line_item_sourced_id = ?"
                    " AND status IS NOT 'tobedeleted'",
                    sourced_id,
                )
                writing.mark_deleted("results", [str(result) for (result,) in results])
            writing.mark_deleted(entity.name, [sourced_id])

    def _check_references(self, session: Session, entity: Entity, row: Mapping[str, str | None]) -> None:
        for field in entity.references:
            target, value = ENTITIES[str(field.refers_to)], row[field.column]
            live = " AND status IS NOT 'tobedeleted'" if target.name in HIDING else ""
            particular = _PARTICULARS.get(field.name, "")
            if field.name == "gradingPeriod" and self._settings.any_session_is_graded:
                particular = ""
            condition = live + particular
            if value is not None and not session.has(
                f"SELECT 1 FROM {target.table} WHERE sourced_id = ?{condition}", value
            ):
                raise invalid_data(field.name)

    def _is_there(self, session: Session, entity: Entity, sourced_id: str) -> bool:
        return session.has(
            f"SELECT 1 FROM {entity.table} WHERE sourced_id = ? AND status IS NOT 'tobedeleted'", sourced_id
        )

    def _refuse_used(self, session: Session, category: str) -> None:
        if session.has(
            "SELECT 1 FROM line_items WHERE category_sourced_id = ? AND status IS NOT 'tobedeleted'", category
        ):
            raise invalid_data("Line items use this category.")
