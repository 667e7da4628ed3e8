"""What reading a file has given: good rows, refused rows with reasons, warnings.

Everything is plain JSON, so that a preview can be stored and confirmed later.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.errors import DomainError
from lms.i18n import N_
from lms.tabular.headers import Table
from lms.tabular.sheets import Cell, Row
from lms.tabular.values import shown, text
from lms.tabular.words import TOTALS


@dataclass
class Reading:
    """`rows`: what will be stored, each with its `row` number.

    `refused`: {row, reasons: [{message, params}], cells};
    `warnings`: {row or None, message, params}; `columns`: what each known header was taken for;
    `own`: what a header means unless told otherwise.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    def refuse(self, row: Row, *reasons: DomainError) -> None:
        self.refused.append(
            {
                "row": row.number,
                "reasons": [{"message": r.message, "params": dict(r.params)} for r in reasons],
                "cells": [shown(cell) for cell in row.cells],
            }
        )

    def warn(self, row: int | None, message: str, **params: Any) -> None:
        self.warnings.append({"row": row, "message": message, "params": params})


def begin(table: Table) -> Reading:
    """A reading with what is to be said about the table as a whole."""
    reading = Reading(
        unknown=list(table.unknown),
        header=list(table.header),
        columns={column.header: code for code, column in table.columns.items()},
        own=dict(table.own),
    )
    if not table.rows:
        raise DomainError("There is no row below the column headers.")
    for sheet in table.other_sheets:
        reading.warn(None, N_("The sheet “%(sheet)s” was not read."), sheet=sheet)
    if table.uncomputed:
        reading.warn(
            None,
            N_("%(count)s formulas have no stored value and count as blank. Open the file in "
               "Excel and save it."),
            count=table.uncomputed,
        )  # fmt: skip
    return reading


def is_total(row: Row, keys: list[Cell]) -> bool:
    """A total or average line: such a word stands in the row's first text or in a key column."""
    first = next(filter(None, map(text, row.cells)), "")
    for word in {first, *map(text, keys)}:
        plain = word.replace(" ", "").rstrip(":：").lower()
        if plain in TOTALS or plain.removesuffix("值") in TOTALS:
            return True
    return False


def refuse_repeated(
    reading: Reading, rows: Mapping[int, Row], keys: Mapping[int, Hashable], message: str
) -> None:
    """Refuse every row whose key stands in several rows; each names the others.

    `keys`: by row number, of rows refused for another reason too: which of two is right is for
    the sender to say.
    """
    places: dict[Hashable, list[int]] = {}
    for number, key in keys.items():
        places.setdefault(key, []).append(number)
    repeated = {r: found for found in places.values() if len(found) > 1 for r in found}
    reading.rows = [entry for entry in reading.rows if entry["row"] not in repeated]
    known = {entry["row"]: entry for entry in reading.refused}
    for number, found in repeated.items():
        others = "、".join(str(other) for other in found if other != number)
        if number in known:
            known[number]["reasons"].append({"message": message, "params": {"rows": others}})
        else:
            reading.refuse(rows[number], DomainError(message, rows=others))
    reading.refused.sort(key=lambda entry: entry["row"])
