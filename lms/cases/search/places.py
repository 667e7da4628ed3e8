"""Where a case stands among others that are found as well as it.

A place is the step of its use in the past year, and below that a number that goes up with every
publication: what is used much comes first, then the newest. Steps, not single uses, so that a case
moves a few times in its life and not with every run: moving it writes its tokens anew
(see `moving`).
"""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import select

from lms.cases.search.engines import entry
from lms.db import Session

NUMBERS = 2**40
KINDS = ("number", "stamp")  # of rows among the totals that are none

ADD = (
    "INSERT INTO case_search_total (kind, key, cases) VALUES (:kind, :key, :cases) "
    "ON CONFLICT (kind, key) DO UPDATE SET cases = case_search_total.cases + excluded.cases"
)


def place(step: int, number: int) -> int:
    return step * NUMBERS + number


def next_numbers(session: Session, count: int) -> int:
    """The first of so many new numbers. Two who publish at once wait for each other here."""
    last = session.execute(
        sa.text(f"{ADD} RETURNING cases"), {"kind": "number", "key": "", "cases": count}
    ).scalar_one()
    return int(last) - count + 1


def stand_in_line(session: Session) -> None:
    """Whoever changes the index waits here for the others, and so for nothing else in it."""
    next_numbers(session, 0)
    stamp(session)


def stamp(session: Session) -> None:
    """What anybody keeps of the index is no longer so, once this transaction has ended. By chance:
    a number would come again after one that was rolled back."""
    new = {"stamp": secrets.token_hex(8)}
    changed = "UPDATE case_search_total SET key = :stamp WHERE kind = 'stamp'"
    if not session.execute(sa.text(changed), new).rowcount:  # type: ignore[attr-defined]
        first = "INSERT INTO case_search_total (kind, key, cases) VALUES ('stamp', :stamp, 0)"
        session.execute(sa.text(first), new)


def steps_kept(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """The steps at which these cases stand, by case id."""
    rows = session.execute(
        select(entry.c.case_id, entry.c.place).where(entry.c.case_id.in_(case_ids))
    )
    return {case_id: at // NUMBERS for case_id, at in rows}
