"""The case library, and the role-plays made from it: drills, rubrics, runs, ratings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import relationship

from lms.db import Code, Localized, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column
from lms.people.models import Person
from lms.uploads.models import Upload


class Stage(StrEnum):
    PRE_SALES = "pre_sales"
    IN_SALES = "in_sales"
    AFTER_SALES = "after_sales"
    COMPLAINT = "complaint"


class Outcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class CaseState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"  # was in force when its case was taken out of the library


OPEN_STATES = (CaseState.DRAFT, CaseState.IN_REVIEW)
READABLE = (CaseState.PUBLISHED, CaseState.SUPERSEDED, CaseState.ARCHIVED)


class Case(Model):
    """What all versions share. Archived: out of the library, its versions and drills stay.

    `review_by`: when `reviewer` (or the owner) is to look at it again; `review_told`: the day about
    which they were told. `merged_into`: the case that says the same and was kept.
    """

    __tablename__ = "case"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    review_by: Mapped[date | None] = mapped_column(index=True)
    review_told: Mapped[date | None]
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    archive_reason: Mapped[str] = mapped_column(default="", server_default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    created_at: Mapped[datetime]

    versions: Mapped[list["CaseVersion"]] = relationship(
        back_populates="case", order_by="CaseVersion.number.desc()"
    )
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    archived_by: Mapped[Person | None] = relationship(foreign_keys=[archived_by_id])


class CaseVersion(Model):
    """Immutable once published; `edit_count` guards a draft against two editors at once.

    Readers see the one version in state published; publishing another supersedes it.
    """

    __tablename__ = "case_version"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        PartialIndex(
            "uq_case_version_published",
            "case_id",
            unique=True,
            where="state = 'published'",
        ),
    )
    id: Mapped[Pk]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    state: Mapped[Code] = mapped_column(index=True)
    stage: Mapped[Code]
    channel: Mapped[Code]
    complaint_level: Mapped[int]
    outcome: Mapped[Code]
    category: Mapped[Localized]
    title: Mapped[Localized]
    scenario: Mapped[Localized]
    result: Mapped[Localized]
    lessons: Mapped[Localized]
    tags: Mapped[dict[str, Any]]  # {"zh": [str], "en": [str]}
    dialogue: Mapped[list[Any]]  # [{"who": customer|agent|system, "zh": str, "en": str}]
    handling: Mapped[list[Any]]  # [{"zh": str, "en": str}]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    editor_ids: Mapped[list[Any]] = mapped_column(default=list)  # all who wrote in it
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    review_note: Mapped[str] = mapped_column(default="")
    edit_count: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(default="")
    # Changes so much that what was made from the version before must be looked at; and what it is.
    is_major: Mapped[bool] = mapped_column(default=False, server_default=false())
    change_note: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="versions")
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    pictures: Mapped[list["CasePicture"]] = relationship(order_by="CasePicture.id")


class CasePicture(Model):
    """A picture of one version; versions share its file. `alt`: what it shows, in words."""

    __tablename__ = "case_picture"
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"), index=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), index=True)
    alt: Mapped[Localized]

    upload: Mapped[Upload] = relationship()


class HarmlessText(Model):
    """What looks like a customer's name or number in a draft, and who says that it is nobody's."""

    __tablename__ = "case_harmless_text"
    __table_args__ = (UniqueConstraint("version_id", "text"),)
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"))
    kind: Mapped[Code]
    text: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()


class CaseComment(Model):
    """On a field or a line (`row` from 0) of a draft, about the words in `quote`; or an answer."""

    __tablename__ = "case_comment"
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("case_comment.id"), index=True)
    section: Mapped[Code]
    row: Mapped[int]
    quote: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    version: Mapped[CaseVersion] = relationship()
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])
    answers: Mapped[list["CaseComment"]] = relationship(order_by="CaseComment.id")


class Rubric(Model):
    """A version of a rubric; `criteria` and `critical` as in the content format."""

    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("key", "number"),)
    id: Mapped[Pk]
    key: Mapped[Code]
    number: Mapped[int]
    title: Mapped[Localized]
    pass_mark: Mapped[int]
    criteria: Mapped[list[Any]]  # "na": False where "not applicable" is no choice
    critical: Mapped[list[Any]]
    created_at: Mapped[datetime]


class Drill(Model):
    """A role-play scenario made from one version of a case, with time standards of its own.

    `start_mood`: the customer's at the beginning, 1 (furious) to 5 (glad).
    """

    __tablename__ = "drill"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    case_version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"), index=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    title: Mapped[Localized]
    persona: Mapped[Localized]
    opening: Mapped[Localized]
    mood: Mapped[Localized]
    hidden_facts: Mapped[list[Any]]
    triggers: Mapped[list[Any]]
    script: Mapped[list[Any]]
    start_mood: Mapped[int] = mapped_column(default=3, server_default="3")
    first_reply_seconds: Mapped[int]
    later_reply_seconds: Mapped[int] = mapped_column(default=60, server_default="60")
    raters_needed: Mapped[int | None]  # left out: as the policy says
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    case_version: Mapped[CaseVersion] = relationship()
    rubric: Mapped[Rubric] = relationship()


class RunState(StrEnum):
    OPEN = "open"
    PRACTISED = "practised"  # finished, and nobody is asked to score it
    SUBMITTED = "submitted"
    ADJUDICATION = "adjudication"  # the raters are too far apart, a third decides
    SCORED = "scored"
    APPEALED = "appealed"  # final, but counts nowhere until the appeal is decided


class RunMode(StrEnum):
    SOLO = "solo"
    LIVE = "live"


class DrillRun(Model):
    """A person's go at a drill. `score` (hundredths) and `passed` are set by the final rating.

    Rubric, pass mark and time standard are those of its start, whatever the drill becomes later.
    `open_key` names person, drill and step while the run is open: one open run, however often
    the button is pressed.
    """

    __tablename__ = "drill_run"
    __table_args__ = (Index("ix_drill_run_scored", "drill_id", "state", "score"),)
    id: Mapped[Pk]
    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"))
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"))
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    pass_mark: Mapped[int]
    first_reply_seconds: Mapped[int]
    later_reply_seconds: Mapped[int] = mapped_column(default=60, server_default="60")
    mode: Mapped[Code] = mapped_column(default=RunMode.SOLO, server_default="solo")
    open_key: Mapped[str | None] = mapped_column(unique=True)
    locale: Mapped[str]
    state: Mapped[Code] = mapped_column(index=True)
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    scored_at: Mapped[datetime | None] = mapped_column(index=True)
    acknowledged_at: Mapped[datetime | None]  # by the learner; a new score asks for it again
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    policy_number: Mapped[int | None]  # of `drills.scoring`, when it was scored

    drill: Mapped[Drill] = relationship()
    rubric: Mapped[Rubric] = relationship()
    person: Mapped[Person] = relationship()
    messages: Mapped[list["DrillMessage"]] = relationship(order_by="DrillMessage.seq")
    ratings: Mapped[list["Rating"]] = relationship(order_by="Rating.id")


class DrillMessage(Model):
    """Ordered and stamped by the server; `client_key` makes a repeated send one message.

    `who`: customer, agent, or note: in a live drill, what the trainer noted, in `data`.
    """

    __tablename__ = "drill_message"
    __table_args__ = (UniqueConstraint("run_id", "seq"), UniqueConstraint("run_id", "client_key"))
    id: Mapped[Pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("drill_run.id"))
    seq: Mapped[int]
    who: Mapped[Code]
    text: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    at: Mapped[datetime]
    client_key: Mapped[str]


class Rating(Model):
    """One rater's scoring of a run; superseded rather than edited once submitted.

    `score` is the points before critical errors, in hundredths of a percent.
    """

    __tablename__ = "rating"
    __table_args__ = (
        PartialIndex(
            "uq_rating_current",
            "run_id",
            "rater_id",
            unique=True,
            where="superseded_at IS NULL",
        ),
    )
    id: Mapped[Pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("drill_run.id"), index=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    levels: Mapped[dict[str, Any]]  # criterion key -> 1-5, None where it does not apply
    comments: Mapped[dict[str, Any]]  # criterion key -> text
    critical: Mapped[list[str]]
    comment: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[Any]] = mapped_column(default=list)  # [{"seq": int, "text": str}]
    score: Mapped[int]
    is_adjudication: Mapped[bool] = mapped_column(default=False)
    amend_reason: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    rater: Mapped[Person] = relationship()
