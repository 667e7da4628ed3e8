"""A file of shares, one row per supervisor and month; with a refused row nothing is stored."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from sqlalchemy import or_, select

from lms.plugins.api import (
    KPI_COLUMNS,
    Actor,
    DomainError,
    Level,
    Month,
    Person,
    RoleAssignment,
    Row,
    Session,
    Table,
    access,
    cell_values,
    find_table,
    read_sheets,
)
from lms.plugins.scorecards.files import Refused, RowsRefused
from lms.plugins.scorecards.models import Kind
from lms.plugins.scorecards.supervisors.entering import Line, check_month, enter
from lms.plugins.scorecards.supervisors.shares import share

SAMPLING = ("抽检合格率", "Sampling pass rate", "抽检", "抽检通过率", "质检合格率", "sampling")
ACTIONS = (
    "改进项完成率", "Improvement actions done", "改进措施完成率", "改进完成率", "改进项",
    "actions done", "actions",
)  # fmt: skip
_COLUMNS = {**KPI_COLUMNS, "sampling": SAMPLING, "actions": ACTIONS}


def take(
    session: Session, content: bytes, filename: str, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Rows read and entries stored; the same file again stores none."""
    table = find_table(read_sheets(content, filename), _COLUMNS, ("staff_no", "month"))
    if not {"sampling", "actions"} & table.columns.keys():
        raise DomainError("No column holds a sampling pass rate or improvement actions done.")
    people = _supervisors(session)
    lines: list[Line] = []
    refused: list[Refused] = []
    seen: dict[tuple[int, Month], int] = {}
    for row in table.rows:
        if not any(cell_values.text(cell) for cell in row.cells):
            continue
        try:
            line = _line(table, row, people)
            check_month(line.month, now)
            twice = seen.setdefault((line.person_id, line.month), row.number)
            if twice != row.number:
                raise DomainError("The same person and month stand in row %(row)s too.", row=twice)
            lines.append(line)
        except DomainError as error:
            refused.append(Refused(row.number, error))
    if refused:
        raise RowsRefused(refused)
    if not lines:
        raise DomainError("No row of the file can be taken.")
    return len(lines), enter(session, lines, file=filename[:200], actor=actor, now=now)


def _line(table: Table, row: Row, people: Mapping[str, int]) -> Line:
    staff_no = cell_values.staff_number(row.cell(table.columns["staff_no"].index))
    if staff_no not in people:
        raise DomainError("%(staff_no)s is no supervisor.", staff_no=staff_no[:40] or "–")
    shares: dict[Kind, Fraction] = {}
    for kind in Kind:
        column = table.columns.get(kind)
        if column is None:
            continue
        cell = row.cell(column.index)
        found = share(cell, kind, in_percent=column.percent)
        if found is not None:
            shares[kind] = found
    month = cell_values.month(row.cell(table.columns["month"].index))
    return Line(people[staff_no], month, shares, row.number)


def _supervisors(session: Session) -> Mapping[str, int]:
    """Those who are or may have been: whoever has left can still have a month to enter."""
    by_role = select(RoleAssignment.person_id).where(RoleAssignment.role == access.SUPERVISOR)
    found = select(Person.staff_no, Person.id).where(
        or_(Person.level == Level.SUPERVISOR, Person.id.in_(by_role))
    )
    return {staff_no: person_id for staff_no, person_id in session.execute(found)}
