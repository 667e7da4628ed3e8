"""Taking an answer."""

import secrets
from collections.abc import Mapping

from lms.clock import Month, local_date
from lms.courses import services
from lms.courses.models import EnrolmentStatus, StepState
from lms.courses.surveys import questions
from lms.courses.surveys.models import SurveyCount, SurveyText
from lms.db import Session, insert_into
from lms.people.organisation import zone
from lms.plugins.types import StepContext

_LARGEST_ID = 2**31 - 1


def answer(session: Session, context: StepContext, form: Mapping[str, str]) -> bool:
    """Count the answers and complete the step; False, and nothing counted, if that was done before.

    DomainError, with the question's key as field, for an answer that is none.
    """
    chosen, written = questions.read(context.config["questions"], form)
    enrolment, progress = services.held(session, context.enrolment_id, context.step_id)
    is_done = progress is not None and progress.state == StepState.COMPLETED
    if is_done or enrolment.status != EnrolmentStatus.ACTIVE:
        return False
    count_in(session, context.step_id, Month.of(local_date(context.now, zone())), chosen, written)
    services.set_step_state(
        session, context.enrolment_id, context.step_id, StepState.COMPLETED, now=context.now
    )
    return True


def count_in(
    session: Session,
    step_id: int,
    month: Month,
    chosen: Mapping[str, int],
    written: Mapping[str, str],
) -> None:
    """Add the answers of one respondent, by the questions' keys, to those of others."""
    for question, value in chosen.items():
        _count(session, step_id, question, month, value)
    for question, text in written.items():
        session.add(
            SurveyText(
                id=_unused_id(session), step_id=step_id, question=question,
                month=month, text=text,
            )
        )  # fmt: skip


def _count(session: Session, step_id: int, question: str, month: Month, value: int) -> None:
    row = {"step_id": step_id, "question": question, "month": month, "value": value, "count": 1}
    statement = insert_into(session.get_bind().dialect, SurveyCount).values(row)
    one_more = statement.on_conflict_do_update(
        index_elements=["step_id", "question", "month", "value"],
        set_={"count": SurveyCount.count + 1},
    )
    session.execute(one_more)


def _unused_id(session: Session) -> int:
    while True:
        drawn = secrets.randbelow(_LARGEST_ID) + 1
        if session.get(SurveyText, drawn) is None:
            return drawn
