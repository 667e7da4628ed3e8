"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lms.plugins.api import Session
from lms.plugins.scorecards.models import Entry, SpotCheck, SupervisorMonth


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    e, m, c = Entry, SupervisorMonth, SpotCheck
    found = {
        "supervisor_figures": (
            e, (e.month, e.kind, e.number, e.part, e.whole, e.is_withdrawn, e.note, e.file, e.row,
                e.entered_at),
        ),
        "supervisor_months": (
            m, (m.month, m.number, m.ranked, m.met, m.score, m.policy_number, m.made_at),
        ),
        "spot_checks": (
            c, (c.day, c.score, c.weight, c.note, c.is_current, c.is_withdrawn, c.entered_at),
        ),
    }  # fmt: skip
    return {name: _rows(session, table, cols, person_id) for name, (table, cols) in found.items()}


def _rows(session: Session, table: Any, columns: Any, person_id: int) -> list[Mapping[str, Any]]:
    rows = session.execute(select(*columns).where(table.person_id == person_id).order_by(table.id))
    return [
        {name: str(value) if name == "month" else value for name, value in row.items()}
        for row in rows.mappings()
    ]


def erase(session: Session, person_id: int) -> int:
    """Figures stay as numbers; words about the person go, and the files named after them."""
    changed = [
        session.execute(
            update(Entry).where(Entry.person_id == person_id).values(note="", file=None)
        ),
        session.execute(update(SpotCheck).where(SpotCheck.person_id == person_id).values(note="")),
    ]
    return sum(int(getattr(done, "rowcount", 0)) for done in changed)
