"""Proof that a stored result follows from its frozen inputs: computed again, compared byte by byte.

The inputs are what the close has frozen: who was on the roster with team, level, channel, leave and
the reason not to be ranked, each figure's value, and the policy's parameters.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from lms.db import Session
from lms.policies import PolicyInForce
from lms.results import scoring
from lms.results.models import MonthClose, MonthFigure, MonthResult
from lms.results.scoring_policy import SCORING


class Proof(NamedTuple):
    """SHA-256 of the results and figures as stored and as computed again; how many there are."""

    stored: str
    computed: str
    results: int
    figures: int

    @property
    def holds(self) -> bool:
        return self.stored == self.computed


def verify(session: Session, close: MonthClose) -> Proof:
    """Computes in a savepoint that is rolled back: nothing stays."""
    stored, results, figures = _digest(session, close.id)
    nested = session.begin_nested()
    try:
        again = _another(session, close)
        policy = PolicyInForce(SCORING.name, close.policy_number, close.policy)
        scoring.compute_again(session, again, close.id, policy)
        computed, _, _ = _digest(session, again)
    finally:
        nested.rollback()
    return Proof(stored, computed, results, figures)


def _another(session: Session, close: MonthClose) -> int:
    """A close of its own for what is computed again; its id."""
    again = MonthClose(
        month=close.month, revision=-close.id, is_current=False, closed_at=close.closed_at,
        policy=close.policy, policy_number=close.policy_number,
    )  # fmt: skip
    session.add(again)
    session.flush()
    return again.id


def _digest(session: Session, close_id: int) -> tuple[str, int, int]:
    """SHA-256 over one line of JSON for each row, by person, without the number of the close."""
    digest, counts = hashlib.sha256(), []
    for model in (MonthResult, MonthFigure):
        count = 0
        for row in _rows(session, model, close_id):
            digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            count += 1
        counts.append(count)
    return digest.hexdigest(), counts[0], counts[1]


def _rows(
    session: Session, model: type[MonthResult] | type[MonthFigure], close_id: int
) -> Iterator[list[Any]]:
    columns: list[Any] = [c for c in model.__table__.columns if c.name != "close_id"]
    keys = [c for c in columns if c.primary_key]
    found = select(*columns).where(model.close_id == close_id).order_by(*keys)
    for row in session.execute(found.execution_options(yield_per=2000)):
        yield list(row)
