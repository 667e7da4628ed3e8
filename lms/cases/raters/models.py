"""Recorded runs that raters score to be compared: calibration rounds and gold runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from lms.cases.models import DrillRun
from lms.db import Mapped, Model, Pk, mapped_column
from lms.people.models import Person


class Given:
    """Marks as a rating holds them; `score` is the points before critical errors, in hundredths."""

    levels: Mapped[dict[str, Any]]
    comments: Mapped[dict[str, Any]]
    critical: Mapped[list[str]]
    comment: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[Any]] = mapped_column(default=list)
    score: Mapped[int]


class CalibrationRound(Model):
    """All who are invited score the same recorded run; results are shown when it is over.

    It is over when everybody has, when `closes_at` is past, or when somebody closed it.
    """

    __tablename__ = "calibration_round"
    id: Mapped[Pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("drill_run.id"))
    note: Mapped[str] = mapped_column(default="")
    rater_ids: Mapped[list[Any]]  # person ids
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    run: Mapped[DrillRun] = relationship()
    trials: Mapped[list["Trial"]] = relationship(order_by="Trial.id")


class GoldRun(Given, Model):
    """A recorded run with the marks that were agreed upon; kept when it is retired."""

    __tablename__ = "gold_run"
    id: Mapped[Pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("drill_run.id"), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    run: Mapped[DrillRun] = relationship()


class Trial(Given, Model):
    """A rater's marks for a calibration round or a gold run, once; the learner is not concerned.

    `matched`: for a gold run, whether it came near enough.
    """

    __tablename__ = "rating_trial"
    __table_args__ = (
        UniqueConstraint("round_id", "rater_id"),
        UniqueConstraint("gold_id", "rater_id"),
    )
    id: Mapped[Pk]
    round_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_round.id"))
    gold_id: Mapped[int | None] = mapped_column(ForeignKey("gold_run.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    submitted_at: Mapped[datetime]
    matched: Mapped[bool | None]
    policy_number: Mapped[int | None]  # of `raters.gold`, when it was compared

    rater: Mapped[Person] = relationship()
