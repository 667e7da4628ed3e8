"""A table as it was sent: cells with their Excel format, rows with the number a person sees."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is str, int, float, bool, datetime, date, time, timedelta or None."""

    value: object
    format: str = ""


BLANK = Cell(None)


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts from 1, as Excel shows it; cells beyond the last are blank."""

    number: int
    cells: list[Cell]

    def cell(self, column: int) -> Cell:
        return self.cells[column] if 0 <= column < len(self.cells) else BLANK


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area, rows from 1 and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """The rows that hold anything, in order. `uncomputed`: formulas stored without a value."""

    name: str
    rows: list[Row]
    is_hidden: bool = False
    merged: list[Area] = field(default_factory=list)
    uncomputed: int = 0

    def fill_merged(self, columns: set[int]) -> None:
        """Repeat the value of a merged area in all its rows, in the given columns only.

        A key (a month, a staff number) written once beside many rows holds for each of them;
        a figure does not.
        """
        by_number = {row.number: row for row in self.rows}
        for area in self.merged:
            first = by_number.get(area.top)
            if first is None or area.left not in columns:
                continue
            for row in _between(by_number, area):
                while len(row.cells) <= area.left:
                    row.cells.append(BLANK)
                row.cells[area.left] = first.cell(area.left)


def _between(by_number: dict[int, Row], area: Area) -> Iterator[Row]:
    for number in range(area.top + 1, min(area.bottom, area.top + 100_000) + 1):
        if number in by_number:
            yield by_number[number]
