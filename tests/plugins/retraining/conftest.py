"""A retraining programme for first response, and a month in which somebody is lowest."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from lms.audit import OPERATOR
from lms.clock import Month
from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, db
from lms.people.models import Person
from lms.plugins.retraining.services import RULE
from lms.results.models import MonthClose
from lms.rules import services


def _both(text: str) -> Localized:
    return Localized(text, text)


def programme(figure: str, now: datetime) -> Programme:
    found = Programme(key=f"retraining-{figure}", kind="retraining", weak_figure=figure)
    version = ProgrammeVersion(
        number=1, title=_both("Retraining"), summary=_both("…"), due_days=14,
        grants_clearance=False, content_hash="x", created_at=now, programme=found,
    )  # fmt: skip
    module = Module(key="one", position=1, title=_both("One"), opens_on_day=None, version=version)
    step = Step(
        key="read", position=1, kind="lesson", title=_both("Read"), minutes=5, config={},
        module=module,
    )  # fmt: skip
    db.session.add_all([found, version, module, step])
    db.session.flush()
    return found


@dataclass
class Desk:
    """Twelve agents: `lowest` has the lowest score, `next_lowest` the next."""

    people: list[Person]
    facts: object
    now: datetime

    @property
    def lowest(self) -> Person:
        return self.people[0]

    @property
    def next_lowest(self) -> Person:
        return self.people[1]

    def close(self, month: str, order: list[Person] | None = None, revision: int = 1) -> MonthClose:
        """A close in which the first of `order` is lowest, in first response."""
        order = order or self.people
        scores = {p.id: 7000 + 100 * n for n, p in enumerate(order)}
        figures = {p.id: {"frt": (40.0 - n, 10**11 * (1 + n))} for n, p in enumerate(order)}
        return self.facts.close(Month.parse(month), scores, figures, revision=revision)

    def run(self, close: MonthClose, assign: bool = True) -> services.RuleOutcome:
        ran = services.run_all(db.session(), close, assign=assign, actor=OPERATOR, now=self.now)
        [outcome] = [outcome for outcome in ran if outcome.rule == RULE]
        assert outcome.error == "", outcome.error
        db.session.commit()
        return outcome


@pytest.fixture
def desk(persons, facts, clock) -> Desk:
    programme("frt", clock.now())
    return Desk([persons.add() for _ in range(12)], facts, clock.now())
