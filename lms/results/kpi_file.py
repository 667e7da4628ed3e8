"""Reading a KPI file: one row per person and month, every refusal with its reason."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lms.clock import Month
from lms.db import Session
from lms.errors import DomainError
from lms.i18n import N_
from lms.people.models import Person, Position
from lms.progress import watched
from lms.results.defined.scoring import scoring_policies
from lms.results.figures import figure
from lms.results.metrics import RATIO, Metric, by_code, metrics
from lms.results.scoring_policy import METRICS
from lms.tabular import values
from lms.tabular.headers import Column, Table, find_table
from lms.tabular.reading import Reading, begin, is_total, refuse_repeated
from lms.tabular.sheets import Cell, Row, Sheet
from lms.tabular.words import CHANNELS, KPI_COLUMNS

if TYPE_CHECKING:
    from lms.results.importing import How


def read_kpi(
    session: Session, sheets: Sequence[Sheet], metrics: Sequence[Metric], how: "How"
) -> Reading:
    """Rows: {row, person_id, staff_no, month: "2026-03", figures: {code: float}}."""
    synonyms: dict[str, Sequence[str]] = {m.code: m.names for m in metrics}
    synonyms |= KPI_COLUMNS
    table = find_table(sheets, synonyms, ("staff_no", "month"), how.told)
    present = [metric for metric in metrics if metric.code in table.columns]
    if not present:
        raise DomainError("No column of the file is a metric that is known here.")
    reading = begin(table)
    people = _known_people(session, table)
    keys: dict[int, tuple[int, str]] = {}
    percent = how.in_percent(table.header)
    read = _Cells(percent)
    for row in watched(table.rows, len(table.rows), "read", how.report):
        key = _read_row(reading, row, table, present, read, people)
        if key is not None:
            keys[row.number] = key
    refuse_repeated(
        reading,
        {row.number: row for row in table.rows},
        keys,
        N_("The same person and month stand in row %(rows)s too."),
    )
    _leave_out(session, reading, present, table)
    _look_again(session, reading, table, how.today)
    _doubt_percents(reading, present, table, percent)
    return reading


def _known_people(session: Session, table: Table) -> dict[str, int]:
    column = table.columns["staff_no"].index
    wanted = {values.staff_number(row.cell(column)) for row in table.rows}
    found = select(Person.staff_no, Person.id)
    if len(wanted) < 2000:
        found = found.where(Person.staff_no.in_(wanted))
    return {staff_no: person_id for staff_no, person_id in session.execute(found)}


class _Cells:
    """What cells say, each spelling read once: the same few thousand figures fill a large file."""

    def __init__(self, percent: Collection[str]) -> None:
        self._percent = percent
        self._figures: dict[tuple[Any, ...], float | None] = {}
        self._months: dict[tuple[Any, ...], str] = {}

    def figure(self, cell: Cell, column: Column, metric: Metric) -> float | None:
        key = metric.code, type(cell.value), cell.value, cell.format
        if key not in self._figures:
            self._figures[key] = figure(cell, column, metric, metric.code in self._percent)
        return self._figures[key]

    def month(self, cell: Cell) -> str:
        key = type(cell.value), cell.value
        if key not in self._months:
            self._months[key] = str(values.month(cell))
        return self._months[key]


def _read_row(
    reading: Reading,
    row: Row,
    table: Table,
    metrics: Sequence[Metric],
    read: _Cells,
    people: dict[str, int],
) -> tuple[int, str] | None:
    """The row's person and month, if it names them; what it holds goes into the reading."""
    number_cell = row.cell(table.columns["staff_no"].index)
    month_cell = row.cell(table.columns["month"].index)
    name = table.columns.get("name")
    keys = [number_cell, month_cell, *([row.cell(name.index)] if name else [])]
    if is_total(row, keys):
        reading.refuse(row, DomainError("This is a total row, not a person."))
        return None
    reasons: list[DomainError] = []
    staff_no = values.staff_number(number_cell)
    if not staff_no:
        reasons.append(DomainError("There is no staff number."))
    elif staff_no not in people:
        reasons.append(
            DomainError("Nobody has the staff number %(staff_no)s.", staff_no=staff_no[:40])
        )
    month = ""
    try:
        month = read.month(month_cell)
    except DomainError as error:
        empty = not values.text(month_cell)
        reasons.append(DomainError("There is no month.") if empty else error)
    figures: dict[str, float] = {}
    for metric in metrics:
        column = table.columns[metric.code]
        try:
            value = read.figure(row.cell(column.index), column, metric)
        except DomainError as error:
            reasons.append(_about(column.header, error))
            continue
        if value is not None:
            figures[metric.code] = value
    key = (people[staff_no], month) if staff_no in people and month else None
    if reasons or key is None:
        reading.refuse(row, *reasons)
        return key
    entry: dict[str, Any] = {
        "row": row.number, "person_id": key[0], "staff_no": staff_no, "month": month,
        "figures": figures,
    }  # fmt: skip
    reading.rows.append(entry)
    return key


def _about(header: str, error: DomainError) -> DomainError:
    """A cell's error says which column it stands in, unless it names the metric itself."""
    if "metric" in error.params:
        return error
    message = {
        "“%(text)s” is not a number.": N_("%(column)s: “%(text)s” is not a number."),
        "“%(text)s” is far too large.": N_("%(column)s: “%(text)s” is far too large."),
        "“%(text)s” is a date, not a number.": N_(
            "%(column)s: “%(text)s” is a date, not a number."
        ),
        "The cell holds the Excel error %(text)s.": N_(
            "%(column)s: the cell holds the Excel error %(text)s."
        ),
    }[error.message]
    return DomainError(message, column=header, **error.params)


def _leave_out(session: Session, reading: Reading, present: Sequence[Metric], table: Table) -> None:
    """A metric that HR has defined is taken for the months in which it counts, and no others."""
    delivered = {entry["code"] for entry in METRICS}
    # By the column's own words: a job reads large files, and in nobody's language.
    headers = {m.code: table.columns[m.code].header for m in present if m.code not in delivered}
    if not headers:
        return
    policy_of = scoring_policies(session)
    left: Counter[tuple[str, str]] = Counter()
    counting: dict[str, set[str]] = {}
    for entry in reading.rows:
        name = entry["month"]
        if name not in counting:
            counting[name] = set(by_code(metrics(policy_of(Month.parse(name)).params)))
        for code in headers.keys() & entry["figures"].keys() - counting[name]:
            del entry["figures"][code]
            left[code, name] += 1
    for (code, name), count in sorted(left.items()):
        reading.warn(
            None,
            N_("“%(metric)s” does not count in %(month)s. Figures left out: %(count)s."),
            metric=headers[code], month=name, count=count,
        )  # fmt: skip


def _look_again(session: Session, reading: Reading, table: Table, today: date) -> None:
    """Warnings that stop nothing: a channel unlike the roster's, a month not begun, no figures."""
    months = {entry["month"] for entry in reading.rows}
    for name in sorted(months):
        if Month.parse(name).first_day > today:
            reading.warn(None, N_("The month %(month)s has not begun yet."), month=name)
    without = sum(1 for entry in reading.rows if not entry["figures"])
    if without:
        reading.warn(None, N_("%(count)s rows hold no figure at all."), count=without)
    if "channel" not in table.columns:
        return
    index = table.columns["channel"].index
    by_number = {row.number: row for row in table.rows}
    held = {name: _channels(session, Month.parse(name)) for name in months}
    for entry in reading.rows:
        written = values.text(by_number[entry["row"]].cell(index))
        channel = CHANNELS.get(written.lower().replace(" ", ""))
        on_roster = held[entry["month"]].get(entry["person_id"])
        if written and on_roster and channel != on_roster:
            reading.warn(
                entry["row"],
                N_("%(staff_no)s: the channel “%(written)s” differs from the roster (%(held)s), "
                   "which holds."),
                staff_no=entry["staff_no"], written=written, held=on_roster,
            )  # fmt: skip


def _doubt_percents(
    reading: Reading, present: Sequence[Metric], table: Table, percent: Collection[str]
) -> None:
    """A warning where a column in percent has figures that look like ratios already: of what is
    the better the higher, nobody has 1 % or less."""
    for metric in present:
        column = table.columns[metric.code]
        in_percent = column.percent or metric.code in percent
        if metric.unit != RATIO or not metric.higher or not in_percent:
            continue
        found = (entry["figures"].get(metric.code) for entry in reading.rows)
        few = sum(1 for value in found if value is not None and 0 < value <= 0.01)
        if few:
            reading.warn(
                None,
                N_("“%(column)s” is in percent, so that %(count)s figures came to 1 %% or less. "
                   "Are those ratios (0.95) already?"),
                column=column.header, count=few,
            )  # fmt: skip


def _channels(session: Session, month: Month) -> dict[int, str]:
    """Channels on the last day of the month, by person."""
    rows = session.execute(
        select(Position.person_id, Position.channel)
        .where(Position.from_day <= month.last_day)
        .order_by(Position.from_day)
    )
    return {person_id: channel for person_id, channel in rows}
