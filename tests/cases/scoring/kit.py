"""A run that was handed in, raters, and what they give."""

from collections.abc import Sequence
from typing import Any

from lms import policies
from lms.audit import OPERATOR, Actor
from lms.cases import runs, scoring
from lms.cases.models import Drill, DrillRun, Rating
from lms.cases.scoring import Marks
from lms.clock import SettableClock
from lms.db import db
from tests.cases import kit
from tests.conftest import People

GOOD = Marks({"empathy": 5, "facts": 4}, comment="Well done")
FAIR = Marks({"empathy": 4, "facts": 4}, comment="Sound")
POOR = Marks({"empathy": 1, "facts": 4}, {"empathy": "No apology"})


class Desk:
    def __init__(self, persons: People, clock: SettableClock) -> None:
        self.persons, self.clock = persons, clock

    def run(self, drill: Drill | None = None, person_id: int | None = None) -> DrillRun:
        drill, now = drill or kit.drill(self.clock.now()), self.clock.now()
        person_id = person_id or self.persons.add().id
        run = runs.start(db.session(), drill.id, person_id, locale="en", now=now)
        runs.say(db.session(), run.id, person_id, "LEARNERS-WORDS", client_key="a", now=now)
        runs.hand_in(db.session(), run.id, person_id, now=now)
        db.session.commit()
        return run

    def raters(self, count: int) -> list[Actor]:
        return [Actor(self.persons.add("trainer").id) for _ in range(count)]

    def rate(self, run: DrillRun, marks: Marks, actor: Actor) -> Rating:
        made = scoring.rate(db.session(), run.id, marks, actor=actor, now=self.clock.now())
        db.session.commit()
        return made

    def rated(self, run: DrillRun, *given: tuple[Actor, Marks]) -> DrillRun:
        for actor, marks in given:
            self.rate(run, marks, actor)
        return run

    def policy(self, policy: policies.Policy, base: int = 0, **params: Any) -> None:
        policies.save(
            db.session(), policy, params, base_number=base, reason="test", actor=OPERATOR,
            now=self.clock.now(),
        )  # fmt: skip
        db.session.commit()

    def need(self, raters: int) -> None:
        self.policy(scoring.SCORING, raters_needed=raters)


def form(marks: Marks, **more: str) -> dict[str, Any]:
    """The marks as the page sends them."""
    levels = {f"level-{k}": "na" if v is None else str(v) for k, v in marks.levels.items()}
    said = {f"comment-{k}": v for k, v in marks.comments.items()}
    lines = {f"line-{note.seq}": note.text for note in marks.lines}
    critical: Sequence[str] = list(marks.critical)
    return {**levels, **said, **lines, "critical": critical, "comment": marks.comment, **more}
