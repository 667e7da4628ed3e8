"""A closed March with four people of two teams, and the rule's run over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from flask import Flask

from lms.audit import OPERATOR
from lms.clock import Month
from lms.db import db
from lms.people.models import Person
from lms.plugins.recognition.stars import StarOfTheMonth
from lms.results.models import MonthClose, MonthResult
from lms.rules.services import RuleOutcome, run
from tests.conftest import NOW, Facts, People

MARCH = Month.parse("2026-03")


@dataclass
class Stars:
    """`csat` and `fcr` by person; None: not ranked."""

    people: list[Person]
    facts: Facts
    hr: Person
    outcomes: list[RuleOutcome] = field(default_factory=list)

    def close(
        self,
        figures: Mapping[int, tuple[float | None, float | None]],
        revision: int = 1,
        month: Month = MARCH,
        unranked: tuple[int, ...] = (),
        assign: bool = True,
    ) -> MonthClose:
        ids = {number: self.people[number].id for number in figures}
        close = self.facts.close(
            month,
            {i: None if n in unranked else 9000 - n for n, i in ids.items()},
            {
                ids[n]: {
                    name: (value, 10**12)
                    for name, value in (("csat", csat), ("fcr", fcr))
                    if value is not None
                }
                for n, (csat, fcr) in figures.items()
            },
            revision=revision,
        )
        for number, i in ids.items():
            result = db.session.get_one(MonthResult, (close.id, i))
            result.team_id = self.people[number].team_id
        self.outcomes.append(
            run(db.session(), StarOfTheMonth(), close, assign=assign, actor=OPERATOR, now=NOW)
        )
        db.session.commit()
        return close


def _stars(persons: People, facts: Facts) -> Stars:
    people = [persons.add(team=team, name=f"星{team}") for team in ("一组", "一组", "二组", "二组")]
    return Stars(people, facts, persons.add("hr", level="manager"))


@pytest.fixture
def stars(both_apps: Flask, persons: People, facts: Facts) -> Stars:
    return _stars(persons, facts)


@pytest.fixture
def lite_stars(app: Flask, persons: People, facts: Facts) -> Stars:
    """On SQLite alone, for pages."""
    return _stars(persons, facts)
