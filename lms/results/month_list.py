"""The month's list as rows of text: the core's columns and those of plugins, each in its place."""

from sqlalchemy import select

from lms.db import Session
from lms.people.models import Person
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import MonthColumn
from lms.results.models import MonthClose, MonthResult

CORE = ("staff_no", "score", "rank", "partial", "not_ranked")


def plugin_columns(close_id: int, people: list[int] | None = None) -> list[MonthColumn]:
    """With the values of these people, or of everybody."""
    groups = plugins().collect(hookspecs.lms_month_columns, close_id, people)
    return [column for group in groups for column in group]


def placed(core: tuple[str, ...], added: list[MonthColumn]) -> list[str]:
    """Column names in order; one whose neighbour is missing stands last."""
    names = list(core)
    for column in reversed(added):
        at = names.index(column.after) + 1 if column.after in names else len(names)
        names.insert(at, column.name)
    return names


def month_list(session: Session, close: MonthClose) -> tuple[list[str], list[list[str]]]:
    """Headers and rows of everybody with a row in the month's file, by staff number."""
    added = plugin_columns(close.id)
    names = placed(CORE, added)
    found = session.execute(
        select(Person.staff_no, MonthResult)
        .join(Person, Person.id == MonthResult.person_id)
        .where(MonthResult.close_id == close.id, MonthResult.has_row)
    )
    rows = []
    # Sorted here: each database server orders text by its own locale.
    for staff_no, result in sorted(found, key=lambda row: str(row[0])):
        cells = _core_cells(staff_no, result)
        cells |= {c.name: c.values.get(result.person_id, c.default) for c in added}
        rows.append([cells[name] for name in names])
    return names, rows


def _core_cells(staff_no: str, result: MonthResult) -> dict[str, str]:
    if result.not_ranked:
        return {"staff_no": staff_no, "score": "", "rank": "", "partial": "",
                "not_ranked": result.not_ranked}  # fmt: skip
    return {
        "staff_no": staff_no,
        "score": f"{(result.score or 0) / 100:.2f}",
        "rank": str(result.rank),
        "partial": str(int(result.is_partial)),
        "not_ranked": "",
    }
