"""Answers, kept so that nobody can tell whose they are, not even by putting tables side by side.

No person, no enrolment, no time but the month, and no row that belongs to one respondent: numbers
are counted up, so the answers of one person to two questions are nowhere together. Texts lie under
random numbers, so their order says nothing about who came when. Who has answered is known from the
step's progress alone, which says that, and nothing about what.
"""

from sqlalchemy import ForeignKey, UniqueConstraint

from lms.clock import Month
from lms.db import Code, Mapped, Model, Pk, mapped_column


class SurveyCount(Model):
    """How often `value` was chosen in a month: 1-5 on a scale, the number of the option else.

    The step belongs to one version of a programme, so its questions never change.
    """

    __tablename__ = "survey_count"
    __table_args__ = (UniqueConstraint("step_id", "question", "month", "value"),)
    id: Mapped[Pk]
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"))
    question: Mapped[Code]
    month: Mapped[Month]
    value: Mapped[int]
    count: Mapped[int]


class SurveyText(Model):
    """What one respondent wrote; `id` is drawn at random."""

    __tablename__ = "survey_text"
    id: Mapped[Pk]
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"), index=True)
    question: Mapped[Code]
    month: Mapped[Month]
    text: Mapped[str]
