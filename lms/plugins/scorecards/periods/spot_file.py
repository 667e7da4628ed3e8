"""A file of spot checks, one a row; with a refused row nothing is stored."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from lms.plugins.api import (
    KPI_COLUMNS,
    Actor,
    Cell,
    DomainError,
    Person,
    Row,
    Session,
    Table,
    cell_values,
    find_table,
    read_sheets,
)
from lms.plugins.scorecards.files import Refused, RowsRefused
from lms.plugins.scorecards.models import SpotCheck
from lms.plugins.scorecards.periods.spot_checks import (
    Said,
    enter,
    hundredths,
    require_sound,
    usual_weight,
)

DAY = ("日期", "Day", "抽查日期", "抽查时间", "date")
SCORE = ("得分", "Score", "抽查得分", "分数", "成绩")
WEIGHT = ("权重", "Weight")
NOTE = ("抽查内容", "What was checked", "内容", "说明", "备注", "note")
_COLUMNS = {
    "staff_no": KPI_COLUMNS["staff_no"],
    "day": DAY,
    "score": SCORE,
    "weight": WEIGHT,
    "note": NOTE,
}


def take(
    session: Session, content: bytes, filename: str, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Rows read and checks stored; a row that was taken before stores none."""
    table = find_table(read_sheets(content, filename), _COLUMNS, ("staff_no", "day", "score"))
    rows = [row for row in table.rows if any(cell_values.text(cell) for cell in row.cells)]
    people, usual = _people(session, table, rows), usual_weight(session)
    lines: dict[str, tuple[int, Person, Said]] = {}
    refused: list[Refused] = []
    for row in rows:
        try:
            person, said = _line(table, row, people, usual)
            require_sound(person, said, actor, now)
            key = _key(person, said, has_weight=bool(_text(table, row, "weight")))
            if key in lines:
                raise DomainError("The same stands in row %(row)s too.", row=lines[key][0])
            lines[key] = (row.number, person, said)
        except DomainError as error:
            refused.append(Refused(row.number, error))
    if refused:
        raise RowsRefused(refused)
    if not lines:
        raise DomainError("No row of the file can be taken.")
    known = set(session.scalars(select(SpotCheck.key).where(SpotCheck.key.in_(list(lines)))))
    new = {key: line for key, line in lines.items() if key not in known}
    for key, (_row, person, said) in new.items():
        enter(session, key, person, said, actor=actor, now=now)
    return len(lines), len(new)


def _people(session: Session, table: Table, rows: list[Row]) -> Mapping[str, Person]:
    numbers = {_staff_no(table, row) for row in rows}
    found = session.scalars(select(Person).where(Person.staff_no.in_(numbers)))
    return {person.staff_no: person for person in found}


def _line(table: Table, row: Row, people: Mapping[str, Person], usual: str) -> tuple[Person, Said]:
    staff_no = _staff_no(table, row)
    if staff_no not in people:
        raise DomainError("Nobody has the staff number %(staff_no)s.", staff_no=staff_no[:40])
    day = cell_values.day(_cell(table, row, "day"))
    score = cell_values.shown(_cell(table, row, "score")).removesuffix("%")
    weight = _text(table, row, "weight") or usual
    try:
        points = hundredths(score, "score", 0, 10_000)
    except DomainError:
        raise DomainError(
            "“%(text)s” is no score: 0 to 100, with at most two decimals.", text=score[:40]
        ) from None
    try:
        weighs = hundredths(weight, "weight", 1, 1200)
    except DomainError:
        raise DomainError(
            "“%(text)s” is no weight: 0.01 to 12, where a monthly score weighs 1.", text=weight[:40]
        ) from None
    return people[staff_no], Said(day, points, weighs, _text(table, row, "note"))


def _staff_no(table: Table, row: Row) -> str:
    return cell_values.staff_number(_cell(table, row, "staff_no"))


def _cell(table: Table, row: Row, name: str) -> Cell:
    column = table.columns.get(name)
    return Cell(None) if column is None else row.cell(column.index)


def _text(table: Table, row: Row, name: str) -> str:
    return cell_values.text(_cell(table, row, name))


def _key(person: Person, said: Said, *, has_weight: bool) -> str:
    """Of what the row says, so that it is taken once: however it writes its weight, and whatever
    the usual one is, where it has none."""
    weight = f"{said.weight / 100:g}" if has_weight else ""
    told = (person.id, said.day.isoformat(), said.score, weight, said.note)
    return "file:" + sha256(repr(told).encode()).hexdigest()
