"""A case picked for a team's week, the votes on how to handle it, and what was said about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    CaseVersion,
    Localized,
    Mapped,
    Person,
    PersonId,
    Pk,
    Team,
    mapped_column,
    new_registry,
)


class ReviewModel(DeclarativeBase):
    registry = new_registry()


class Review(ReviewModel):
    """One of a team's cases of the ISO week that begins on `monday`; `slot` 1 or 2.

    `options` are what can be voted for ({"zh", "en"} each), in order; they stay as they are once
    picked. `members` is how many could vote, counted at the close.
    """

    __tablename__ = "plugin_casereviews_review"
    __table_args__ = (
        UniqueConstraint("team_id", "monday", "slot"),
        UniqueConstraint("team_id", "monday", "case_id"),
        Index("ix_plugin_casereviews_review_monday", "monday"),
    )
    id: Mapped[Pk]
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    monday: Mapped[date]
    slot: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"))
    question: Mapped[Localized]
    options: Mapped[list[Any]]
    facilitator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    picked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    members: Mapped[int | None]
    takeaway: Mapped[Localized]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("case_version.id"))

    team: Mapped[Team] = relationship()
    version: Mapped[CaseVersion] = relationship(foreign_keys=[version_id])
    draft: Mapped[CaseVersion | None] = relationship(foreign_keys=[draft_id])
    facilitator: Mapped[Person] = relationship(foreign_keys=[facilitator_id])


class Vote(ReviewModel):
    """Cast once, before anything of the discussion is shown; `option` counts from 0."""

    __tablename__ = "plugin_casereviews_vote"
    __table_args__ = (UniqueConstraint("review_id", "person_id"),)
    id: Mapped[Pk]
    review_id: Mapped[int] = mapped_column(ForeignKey("plugin_casereviews_review.id"))
    person_id: Mapped[PersonId]
    option: Mapped[int]
    cast_at: Mapped[datetime]


class Comment(ReviewModel):
    """`form_key` makes a form sent twice one comment. A deleted one has no text any more; one that
    was removed keeps it for those who must answer for the removal, and nobody is shown it."""

    __tablename__ = "plugin_casereviews_comment"
    __table_args__ = (UniqueConstraint("review_id", "person_id", "form_key"),)
    id: Mapped[Pk]
    review_id: Mapped[int] = mapped_column(ForeignKey("plugin_casereviews_review.id"))
    person_id: Mapped[PersonId]
    form_key: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(foreign_keys="Comment.person_id")
