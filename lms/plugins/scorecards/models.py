"""What HR enters of supervisors, their months as worked out, and spot checks of people."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Mapped,
    Month,
    PartialIndex,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class ScorecardsModel(DeclarativeBase):
    registry = new_registry()


class Kind(StrEnum):
    SAMPLING = "sampling"
    ACTIONS = "actions"


class Entry(ScorecardsModel):
    """A share that HR entered or imported, as `part` of `whole`; a correction supersedes it.

    One that is withdrawn stands for no data; it repeats the share that it takes back.
    """

    __tablename__ = "plugin_scorecards_entry"
    __table_args__ = (
        CheckConstraint("part >= 0 AND whole > 0 AND part <= whole", name="share"),
        UniqueConstraint("person_id", "month", "kind", "number"),
        PartialIndex(
            "uq_plugin_scorecards_entry_current", "person_id", "month", "kind", unique=True,
            where="is_current",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    month: Mapped[Month] = mapped_column(index=True)
    kind: Mapped[Code]
    number: Mapped[int]
    is_current: Mapped[bool]
    is_withdrawn: Mapped[bool] = mapped_column(server_default=false())
    part: Mapped[int]
    whole: Mapped[int]
    note: Mapped[str]
    file: Mapped[str | None]
    row: Mapped[int | None]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class SupervisorMonth(ScorecardsModel):
    """A revision of a supervisor's month. `teams`: ids; `params`: the policy's weights then.

    `ranked`, `met`: the teams' ranked people, and those with KPI met; `score` in hundredths, None
    while any of the three parts has no data.
    """

    __tablename__ = "plugin_scorecards_month"
    __table_args__ = (
        UniqueConstraint("person_id", "month", "number"),
        PartialIndex(
            "uq_plugin_scorecards_month_current", "person_id", "month", unique=True,
            where="is_current",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    month: Mapped[Month] = mapped_column(index=True)
    number: Mapped[int]
    is_current: Mapped[bool]
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"))
    teams: Mapped[list[Any]]
    ranked: Mapped[int]
    met: Mapped[int]
    sampling_id: Mapped[int | None] = mapped_column(ForeignKey("plugin_scorecards_entry.id"))
    actions_id: Mapped[int | None] = mapped_column(ForeignKey("plugin_scorecards_entry.id"))
    score: Mapped[int | None]
    params: Mapped[dict[str, Any]]
    policy_number: Mapped[int]
    made_at: Mapped[datetime]

    sampling: Mapped[Entry | None] = relationship(foreign_keys=[sampling_id])
    actions: Mapped[Entry | None] = relationship(foreign_keys=[actions_id])


class SpotCheck(ScorecardsModel):
    """`score` and `weight` in hundredths (a month weighs 100). What replaces it is another row;
    the last of them holds, unless it was withdrawn."""

    __tablename__ = "plugin_scorecards_spot_check"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 10000 AND weight > 0", name="range"),)
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId]
    day: Mapped[date]
    month: Mapped[Month] = mapped_column(index=True)
    score: Mapped[int]
    weight: Mapped[int]
    note: Mapped[str]
    is_current: Mapped[bool]
    is_withdrawn: Mapped[bool]
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("plugin_scorecards_spot_check.id"), unique=True
    )
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys="SpotCheck.person_id")
