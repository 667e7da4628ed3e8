"""The roster and the leave file: read with the same care as figures, applied row by row."""

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lms.db import Session
from lms.errors import DomainError
from lms.i18n import N_
from lms.people.email import check_email
from lms.people.leave_import import apply_leave, plan_leave
from lms.people.models import Person
from lms.people.roster_import import apply_roster, plan_roster
from lms.progress import watched
from lms.tabular import values, words
from lms.tabular.headers import Column, Table, find_table
from lms.tabular.reading import Reading, begin, is_total, refuse_repeated
from lms.tabular.sheets import Row, Sheet

if TYPE_CHECKING:
    from lms.results.importing import How

ROSTER_COLUMNS = {
    "staff_no": words.STAFF_NO,
    "name": words.NAME,
    "team": words.TEAM,
    "channel": words.CHANNEL,
    "level": words.LEVEL,
    "employment": words.EMPLOYMENT,
    "hired_on": words.HIRED_ON,
    "cleared_on": words.CLEARED_ON,
    "email": words.EMAIL,
}
NO_CHANNEL = N_("“%(text)s” is not a channel (在线, 电话, 邮件).")
NO_LEVEL = N_("“%(text)s” is not a level (客服专员, 资深客服, 客服主管, 客服经理).")
NO_EMPLOYMENT = N_("“%(text)s” is not an employment type (正式, 临时).")
LEAVE_COLUMNS = {
    "staff_no": words.STAFF_NO,
    "name": words.NAME,
    "first_day": words.FIRST_DAY,
    "last_day": words.LAST_DAY,
    "reason": words.REASON,
}


class _Fields:
    """One row's cells by code; collects every reason against it."""

    def __init__(self, row: Row, columns: Any) -> None:
        self.row, self.columns = row, columns
        self.reasons: list[DomainError] = []

    def text(self, code: str, missing: str | None = None) -> str:
        column: Column | None = self.columns.get(code)
        found = values.text(self.row.cell(column.index)) if column else ""
        if not found and missing:
            self.reasons.append(DomainError(missing))
        return found[:200]

    def choice(self, code: str, known: dict[str, str], message: str) -> str | None:
        written = self.text(code)
        if not written:
            return None
        found = known.get(written.lower()) or known.get(written.lower().replace(" ", ""))
        if found is None:
            self.reasons.append(DomainError(message, text=written))
        return found

    def email(self) -> str | None:
        if not self.text("email"):
            return None
        try:
            return check_email(values.text(self.row.cell(self.columns["email"].index)))
        except DomainError as error:
            self.reasons.append(error)
            return None

    def day(self, code: str, missing: str | None = None) -> date | None:
        if not self.text(code, missing):
            return None
        try:
            return values.day(self.row.cell(self.columns[code].index))
        except DomainError as error:
            self.reasons.append(error)
            return None


def read_roster(session: Session, sheets: list[Sheet], how: "How") -> Reading:
    """Rows: {row, staff_no, name, team, channel, level, employment, hired_on, cleared_on,
    email}; what stands blank or has no column is None, and then stays as it is for a person known
    already."""
    table = find_table(sheets, ROSTER_COLUMNS, ("staff_no", "name"), how.told)
    reading = begin(table)
    known = set(session.scalars(select(Person.staff_no)))
    keys: dict[int, str] = {}
    for row in watched(table.rows, len(table.rows), "read", how.report):
        staff_no = values.staff_number(row.cell(table.columns["staff_no"].index))
        if staff_no and not _refused_as_total(reading, row, table):
            keys[row.number] = staff_no
            _read_person(reading, row, table, staff_no, staff_no in known, how.today)
        elif not staff_no:
            reading.refuse(row, DomainError("There is no staff number."))
    rows = {row.number: row for row in table.rows}
    refuse_repeated(reading, rows, keys, N_("The same staff number stands in row %(rows)s too."))
    _warn_of_shared(reading)
    return reading


def _warn_of_shared(reading: Reading) -> None:
    """One address for two people: a slip of the hand, and one would read the other's notices."""
    first: dict[str, int] = {}
    for entry in reading.rows:
        if not entry["email"]:
            continue
        before = first.setdefault(entry["email"].lower(), entry["row"])
        if before != entry["row"]:
            reading.warn(
                entry["row"], N_("%(email)s stands in row %(other)s too."),
                email=entry["email"], other=before,
            )  # fmt: skip


def _refused_as_total(reading: Reading, row: Row, table: Table) -> bool:
    if not is_total(row, [row.cell(table.columns["staff_no"].index)]):
        return False
    reading.refuse(row, DomainError("This is a total row, not a person."))
    return True


def _read_person(
    reading: Reading, row: Row, table: Table, staff_no: str, known: bool, today: date
) -> None:
    fields = _Fields(row, table.columns)
    need = None if known else N_("There is no hire date.")
    entry: dict[str, Any] = {
        "row": row.number,
        "staff_no": staff_no,
        "name": fields.text("name", N_("There is no name.")),
        "team": fields.text("team") or None,
        "channel": fields.choice("channel", words.CHANNELS, NO_CHANNEL),
        "level": fields.choice("level", words.LEVELS, NO_LEVEL),
        "employment": fields.choice("employment", words.EMPLOYMENTS, NO_EMPLOYMENT),
        "hired_on": fields.day("hired_on", need),
        "cleared_on": fields.day("cleared_on"),
        "email": fields.email(),
    }  # fmt: skip
    if not known and not fields.text("channel"):
        fields.reasons.append(DomainError("There is no channel."))
    if not known and not fields.text("level"):
        fields.reasons.append(DomainError("There is no level."))
    if len(staff_no) > 40:
        fields.reasons.append(DomainError("The staff number is too long."))
    if entry["cleared_on"] and entry["cleared_on"] > today:
        fields.reasons.append(
            DomainError(
                "The clearance date lies in the future; later clearance comes from training."
            )
        )
    if fields.reasons:
        reading.refuse(row, *fields.reasons)
        return
    if entry["cleared_on"] and entry["hired_on"] and entry["cleared_on"] < entry["hired_on"]:
        reading.warn(
            row.number, N_("%(staff_no)s was cleared before the hire date."), staff_no=staff_no
        )
    for code in ("hired_on", "cleared_on"):
        entry[code] = entry[code].isoformat() if entry[code] else None
    reading.rows.append(entry)


def read_leave(session: Session, sheets: list[Sheet], how: "How") -> Reading:
    """Rows: {row, person_id, staff_no, first_day, last_day, reason}."""
    table = find_table(sheets, LEAVE_COLUMNS, ("staff_no", "first_day", "last_day"), how.told)
    reading = begin(table)
    people = {
        no: person_id for no, person_id in session.execute(select(Person.staff_no, Person.id))
    }
    for row in watched(table.rows, len(table.rows), "read", how.report):
        if not _refused_as_total(reading, row, table):
            _read_leave(reading, row, table, people)
    return reading


def _read_leave(reading: Reading, row: Row, table: Table, people: dict[str, int]) -> None:
    fields = _Fields(row, table.columns)
    staff_no = values.staff_number(row.cell(table.columns["staff_no"].index))
    if not staff_no:
        fields.reasons.append(DomainError("There is no staff number."))
    elif staff_no not in people:
        fields.reasons.append(
            DomainError("Nobody has the staff number %(staff_no)s.", staff_no=staff_no[:40])
        )
    first = fields.day("first_day", N_("There is no first day."))
    last = fields.day("last_day", N_("There is no last day."))
    if first and last and last < first:
        fields.reasons.append(DomainError("The last day is before the first."))
    if fields.reasons or first is None or last is None:
        reading.refuse(row, *fields.reasons)
        return
    reading.rows.append(
        {
            "row": row.number, "person_id": people[staff_no], "staff_no": staff_no,
            "first_day": first.isoformat(), "last_day": last.isoformat(),
            "reason": fields.text("reason"),
        }
    )  # fmt: skip


__all__ = [
    "apply_leave", "apply_roster", "plan_leave", "plan_roster", "read_leave", "read_roster",
]  # fmt: skip
