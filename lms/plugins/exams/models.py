"""Banks of questions, exams over them, attempts and the responses given in them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, relationship

from lms.plugins.api import (
    Code,
    Localized,
    Mapped,
    PartialIndex,
    Person,
    PersonId,
    Pk,
    mapped_column,
    new_registry,
)


class ExamsModel(DeclarativeBase):
    registry = new_registry()


# As many options as a question may have, as they are named on paper.
LETTERS = "ABCDEFGHIJ"


class QuestionType(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    BLANK = "blank"
    MATCHING = "matching"
    ORDERING = "ordering"
    SHORT_ANSWER = "short_answer"
    CASE_ANALYSIS = "case_analysis"


class Ruling(StrEnum):
    """What was said of a bad question, for those who were asked it: full points for everybody, or
    that it is left out of the total."""

    FULL = "full"
    OUT = "out"


class Bank(ExamsModel):
    __tablename__ = "plugin_exams_bank"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Localized]


class Question(ExamsModel):
    """What may be drawn. Its wording is a version; attempts keep the version they were given.

    `search` is key, stems and options of the current version in small letters. `case_key`: the case
    it was made from. One that is withdrawn is drawn no more. `file_hash`: of the entry of a content
    file that was loaded last.
    """

    __tablename__ = "plugin_exams_question"
    __table_args__ = (UniqueConstraint("bank_id", "key"),)
    id: Mapped[Pk]
    bank_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_bank.id"))
    key: Mapped[Code]
    difficulty: Mapped[int]
    current_number: Mapped[int]
    search: Mapped[str] = mapped_column(Text)
    case_key: Mapped[Code | None] = mapped_column(index=True)
    file_hash: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_at: Mapped[datetime | None]

    tags: Mapped[list["QuestionTag"]] = relationship(
        order_by="QuestionTag.tag", cascade="all, delete-orphan"
    )


class QuestionTag(ExamsModel):
    __tablename__ = "plugin_exams_question_tag"
    question_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_exams_question.id"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class QuestionVersion(ExamsModel):
    """Never changed once written. What `options`, `parts` and `answer` (the key) hold is said by
    the question's type, in `types`; what `media` hold, in `media.items`.
    """

    __tablename__ = "plugin_exams_question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)
    id: Mapped[Pk]
    question_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_question.id"))
    number: Mapped[int]
    type: Mapped[Code]
    stem: Mapped[Localized]
    options: Mapped[list[Any]]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    answer: Mapped[list[Any]]
    explanation: Mapped[Localized]
    media: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    content_hash: Mapped[str]
    created_at: Mapped[datetime]

    question: Mapped[Question] = relationship()

    @property
    def needs_marker(self) -> bool:
        """Whether its answers are in words."""
        return self.type in (QuestionType.SHORT_ANSWER, QuestionType.CASE_ANALYSIS)


class QuestionImport(ExamsModel):
    """A file that was read and shown, and taken or not. `content`: new and changed questions as in
    content files, how many are the same, what is refused and why, warnings, unknown columns."""

    __tablename__ = "plugin_exams_import"
    id: Mapped[Pk]
    bank_name: Mapped[str]
    filename: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_by: Mapped[PersonId]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class Exam(ExamsModel):
    """What it asks and how, as it is now; an attempt keeps what it began with.

    `sections` as `papers.sections` has them, `rules` as `papers.rules`; without sections, `count`
    questions of the bank with one of the `tags` (none: any). With sections, `count` and `tags` are
    what these come to. No `max_attempts`: until passed. `number` rises with each change.
    """

    __tablename__ = "plugin_exams_exam"
    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Localized]
    bank_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_bank.id"), index=True)
    tags: Mapped[list[str]]
    count: Mapped[int]
    minutes: Mapped[int]
    pass_mark: Mapped[int]
    max_attempts: Mapped[int | None]
    cooldown_minutes: Mapped[int | None]
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # Of the file it was last loaded from: the same file again undoes no change made on screen.
    content_hash: Mapped[str] = mapped_column(default="", server_default="")

    bank: Mapped[Bank] = relationship()


class Attempt(ExamsModel):
    """One sitting. The paper is its responses; `seed` reproduces how it was drawn.

    Pass mark and `rules` are those in force at the start (version `exam_number` of the exam).
    `score` is a percentage in hundredths; one that is handed in without a score waits for a marker.
    Without enrolment and step it was sat by itself, by somebody of the exam's audience.
    `training_id`: the course that failing it led to.
    `marked_at`: since when there is a result; an answer that was corrected later says so itself.
    """

    __tablename__ = "plugin_exams_attempt"
    __table_args__ = (
        # Two clicks on "start" count the same number, so only one of them gets in.
        UniqueConstraint("enrolment_id", "step_id", "number"),
        PartialIndex(
            "uq_plugin_exams_attempt_alone",
            "exam_id",
            "person_id",
            "number",
            unique=True,
            where="step_id IS NULL",
        ),
        Index("ix_plugin_exams_attempt_exam", "exam_id", "submitted_at"),
        PartialIndex(
            "ix_plugin_exams_attempt_open",
            "deadline",
            where="submitted_at IS NULL",
        ),
        Index("ix_plugin_exams_attempt_submitted_at", "submitted_at"),
    )
    id: Mapped[Pk]
    exam_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_exam.id"))
    person_id: Mapped[PersonId]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int | None] = mapped_column(ForeignKey("step.id"), index=True)
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    pass_mark: Mapped[int]
    exam_number: Mapped[int] = mapped_column(default=1, server_default="1")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    started_at: Mapped[datetime]
    deadline: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    is_automatic: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    training_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    marked_at: Mapped[datetime | None] = mapped_column(index=True)

    exam: Mapped[Exam] = relationship()
    person: Mapped[Person] = relationship()


class Response(ExamsModel):
    """A question of an attempt, made with it, and the answer as last saved.

    `option_order`: the options as shown, by their number in the version. `answer`: as the type of
    the question keeps it, its options by the same numbers; None while there is none. `sequence`:
    when the browser gave it, in milliseconds; an older save never replaces a newer one. `share`: of
    the question's points, in hundredths of a percent; None until it is marked. `section` counts
    from 0.
    """

    __tablename__ = "plugin_exams_response"
    __table_args__ = (
        PartialIndex(
            "ix_plugin_exams_response_unmarked",
            "version_id",
            "attempt_id",
            where="marks_wanted > 0",
        ),
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_exams_question_version.id"), index=True
    )
    option_order: Mapped[list[Any]]
    answer: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    is_flagged: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    saved_at: Mapped[datetime | None]
    share: Mapped[int | None]
    is_correct: Mapped[bool | None]
    section: Mapped[int] = mapped_column(default=0, server_default="0")
    points: Mapped[int] = mapped_column(default=1, server_default="1")
    # How many more people have to mark it.
    marks_wanted: Mapped[int] = mapped_column(default=0, server_default="0")
    # The key it was marked by, where that was corrected later; options numbered as in its version.
    key: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    # Since when an appeal about it waits to be decided.
    appealed_at: Mapped[datetime | None]
    # A `Ruling`; what is left out has no share.
    ruling: Mapped[Code | None]
    # Since when its mark stands, where that is not the first there was a result with.
    corrected_at: Mapped[datetime | None]

    version: Mapped[QuestionVersion] = relationship()


class Grant(ExamsModel):
    """What one person was given for an exam, and why; never edited, the latest of a kind holds.

    `minutes`: extra time, also in an attempt that is open; None: attempts before this one do not
    count any more, neither for their number nor for the waiting time.
    """

    __tablename__ = "plugin_exams_grant"
    __table_args__ = (Index("ix_plugin_exams_grant_exam", "exam_id", "person_id"),)
    id: Mapped[Pk]
    exam_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_exam.id"))
    person_id: Mapped[PersonId]
    minutes: Mapped[int | None]
    reason: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(foreign_keys="Grant.person_id")


class Leaving(ExamsModel):
    """Somebody's page of an open attempt went out of sight: told to examiners, not punished."""

    __tablename__ = "plugin_exams_leaving"
    id: Mapped[Pk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_attempt.id"), index=True)
    left_at: Mapped[datetime]
    back_at: Mapped[datetime | None]


class Mark(ExamsModel):
    """What one marker gives an answer; until it is submitted, their claim on it and their draft.

    `slot`: the first, second or third mark of the answer. `points`: by criterion, of its points;
    without criteria one, of 100. `share` as in the response. A superseded one counts no more: it
    was given up, taken over, or set aside by an appeal.
    """

    __tablename__ = "plugin_exams_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["attempt_id", "position"],
            ["plugin_exams_response.attempt_id", "plugin_exams_response.position"],
        ),
        # Two markers at once: one of them gets the next answer.
        PartialIndex(
            "uq_plugin_exams_mark_slot",
            "attempt_id",
            "position",
            "slot",
            unique=True,
            where="superseded_at IS NULL",
        ),
    )
    id: Mapped[Pk]
    attempt_id: Mapped[int]
    position: Mapped[int]
    slot: Mapped[int]
    marker_id: Mapped[PersonId]
    points: Mapped[list[Any]]
    comment: Mapped[str] = mapped_column(Text, default="")
    touched_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    share: Mapped[int | None]

    response: Mapped[Response] = relationship()


class Regrade(ExamsModel):
    """Answers marked anew: by the key of a wording that corrects earlier ones; or by a `ruling`,
    for answers to this wording and those before it. `only_better`: nobody lost by it."""

    __tablename__ = "plugin_exams_regrade"
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(
        ForeignKey("plugin_exams_question_version.id"), index=True
    )
    ruling: Mapped[Code | None]
    only_better: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[PersonId]
    created_at: Mapped[datetime]


class ResultChange(ExamsModel):
    """A result that another one took the place of; what it was. Without a regrade: by an appeal."""

    __tablename__ = "plugin_exams_result_change"
    id: Mapped[Pk]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("plugin_exams_attempt.id"), index=True)
    regrade_id: Mapped[int | None] = mapped_column(
        ForeignKey("plugin_exams_regrade.id"), index=True
    )
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    marked_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
