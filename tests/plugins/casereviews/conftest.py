"""A team with its supervisor, and a case of theirs in the week that runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from lms.audit import Actor
from lms.cases.models import CaseVersion
from lms.clock import SettableClock
from lms.db import Localized, db
from lms.people.models import Person
from lms.plugins.casereviews import picking
from lms.plugins.casereviews.models import Review
from tests.cases.kit import published_case
from tests.conftest import People

MONDAY = date(2026, 11, 2)
OPTIONS = (Localized("先道歉", "Apologise first"), Localized("先查单", "Look it up first"))


@dataclass
class Week:
    clock: SettableClock
    supervisor: Person
    members: Sequence[Person]
    version: CaseVersion

    def pick(self, monday: date = MONDAY, version: CaseVersion | None = None) -> Review:
        case_id = (version or self.version).case_id
        team = [self.supervisor.team_id or 0]
        made = picking.pick(
            db.session(), case_id, team, monday, Localized("先做什么？", "What first?"), OPTIONS,
            actor=Actor(self.supervisor.id), now=self.clock.now(),
        )  # fmt: skip
        db.session.commit()
        return made[0]


@pytest.fixture
def week(persons: People, clock: SettableClock) -> Week:
    supervisor = persons.add("supervisor", level="supervisor")
    members = [persons.add() for _ in range(4)]
    version = published_case(
        clock.now(),
        handling=[Localized("真实处理", "REALLY DONE")],
        result=Localized("结局", "HOW IT ENDED"),
        lessons=Localized("- 教训", "- LESSON"),
    )
    db.session.commit()
    return Week(clock, supervisor, members, version)
