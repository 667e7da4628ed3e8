"""What the pages of calibration and gold runs list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload, selectinload

from lms.access import QUALITY, TRAINER, TRAINING_MANAGER
from lms.cases.models import DrillRun, Rubric
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.db import Localized, Session
from lms.people.models import Person, RoleAssignment

_MOST = 100


def raters(session: Session, learner_id: int) -> Sequence[Person]:
    """Who may score, less the learner."""
    holders = select(RoleAssignment.person_id).where(
        RoleAssignment.role.in_((TRAINER, TRAINING_MANAGER, QUALITY))
    )
    wanted = select(Person).where(
        Person.id.in_(holders), Person.left_on.is_(None), Person.id != learner_id
    )
    return session.scalars(wanted.order_by(Person.staff_no)).all()


def rounds(session: Session, rater_id: int | None) -> list[CalibrationRound]:
    """The newest rounds: all, or those to which the rater was invited."""
    found = session.scalars(
        select(CalibrationRound)
        .options(
            joinedload(CalibrationRound.run).joinedload(DrillRun.drill),
            selectinload(CalibrationRound.trials),
        )
        .order_by(CalibrationRound.id.desc())
        .limit(_MOST)
    )
    return [one for one in found if rater_id is None or rater_id in one.rater_ids]


class Spread(NamedTuple):
    """What all gave for one criterion: how many by level, and how many saw it as not applicable."""

    title: Localized
    counts: dict[int, int]
    not_applicable: int

    @property
    def width(self) -> int:
        """Levels between the highest and the lowest."""
        return max(self.counts) - min(self.counts) if self.counts else 0


def spread(rubric: Rubric, trials: Iterable[Trial]) -> list[Spread]:
    """By criterion, the widest first: that is what to talk about."""
    given = [trial.levels for trial in trials]
    found = []
    for criterion in rubric.criteria:
        levels = [levels.get(criterion["key"]) for levels in given]
        counts = Counter(level for level in levels if level is not None)
        absent = sum(level is None for level in levels)
        found.append(Spread(Localized.of(criterion["title"]), dict(sorted(counts.items())), absent))
    return sorted(found, key=lambda one: -one.width)


def golds(session: Session, rater_id: int) -> Sequence[Row[GoldRun, Trial | None]]:
    """Gold runs, those in force first, each with the rater's own trial."""
    return session.execute(
        select(GoldRun, Trial)
        .outerjoin(Trial, (Trial.gold_id == GoldRun.id) & (Trial.rater_id == rater_id))
        .options(joinedload(GoldRun.run).joinedload(DrillRun.drill))
        .order_by(GoldRun.retired_at.is_not(None), GoldRun.id.desc())
        .limit(_MOST)
    ).all()


def gold_trial(session: Session, gold_id: int, rater_id: int) -> Trial | None:
    return session.scalar(select(Trial).where(Trial.gold_id == gold_id, Trial.rater_id == rater_id))
