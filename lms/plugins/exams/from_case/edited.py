"""Suggestions that were taken before and are worded otherwise by now: changed by hand, or from an
earlier version of the case. To take them again is to be meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.plugins.api import DomainError, Localized, Session
from lms.plugins.exams.models import Bank, Question, QuestionVersion
from lms.plugins.exams.wording import is_worded, wording_of


def edited(session: Session, entries: Sequence[Mapping[str, Any]]) -> dict[str, Localized]:
    """By key the title of the bank that has it; one query."""
    suggested = {entry["key"]: entry for entry in entries}
    rows = session.execute(
        select(Question.key, Bank.title, QuestionVersion)
        .join(Bank, Bank.id == Question.bank_id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.key.in_(suggested), QuestionVersion.number == Question.current_number)
    )
    return {
        key: title for key, title, current in rows if not _is_as_suggested(current, suggested[key])
    }


def _is_as_suggested(current: QuestionVersion, entry: Mapping[str, Any]) -> bool:
    try:
        return is_worded(current, wording_of(entry, entry["key"]))
    except DomainError:  # a suggestion that is to be completed first
        return False
