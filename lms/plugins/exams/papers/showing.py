"""What of an attempt its person sees, and when."""

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from lms.plugins.api import Session
from lms.plugins.exams.models import Attempt
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.rules import Rules, Shown


class _Ruled(Protocol):
    @property
    def rules(self) -> dict[str, Any]: ...


class Attempted(_Ruled, Protocol):
    """What is asked of an attempt here, whether it is loaded whole or not."""

    @property
    def id(self) -> int: ...
    @property
    def exam_id(self) -> int: ...
    @property
    def exam(self) -> _Ruled: ...


class Visible(NamedTuple):
    """`closes_at`: when what is held back until then is shown, if anything is. `is_sitting`: key
    and explanations are held back while the person sits the exam again."""

    score: bool = True
    answers: bool = True
    key: bool = True
    explanations: bool = True
    closes_at: datetime | None = None
    is_sitting: bool = False

    @property
    def questions(self) -> bool:
        return self.answers or self.key or self.explanations


def visible(
    session: Session, attempt: Attempted, now: datetime, *, sits_again: bool | None = None
) -> Visible:
    """`sits_again`: whether the exam is open for the person, if that is known."""
    found = by_rules(session, attempt, now)
    if not (found.key or found.explanations):
        return found
    if sits_again is None:
        sits_again = bool(session.scalar(select(SITS_AGAIN).where(Attempt.id == attempt.id)))
    return found._replace(key=False, explanations=False, is_sitting=True) if sits_again else found


def by_rules(session: Session, attempt: Attempted, now: datetime) -> Visible:
    """By the rules the attempt began with. It has closed when, by the rules now, nobody sits it
    any more: a window that was made longer must not give the key away."""
    began_with = exam_rules.read(attempt.rules)
    waits = [n for n in exam_rules.SHOWABLE if getattr(began_with, n) == Shown.CLOSED]
    closes_at = _closes_at(attempt, began_with)
    is_closed = bool(waits) and _has_closed(session, attempt, closes_at, now)

    def shown(what: str) -> bool:
        when = getattr(began_with, f"show_{what}")
        return when == Shown.HANDED_IN or (when == Shown.CLOSED and is_closed)

    return Visible(
        _score_shown(began_with, closes_at, now),
        shown("answers"),
        shown("key"),
        shown("explanations"),
        closes_at if waits and not is_closed else None,
    )


def score_shown(attempt: Attempted, now: datetime) -> bool:
    """The score says nothing about the key: it need not wait for those who still sit it."""
    began_with = exam_rules.read(attempt.rules)
    return _score_shown(began_with, _closes_at(attempt, began_with), now)


def _score_shown(began_with: Rules, closes_at: datetime | None, now: datetime) -> bool:
    return began_with.show_score == Shown.HANDED_IN or (
        began_with.show_score == Shown.CLOSED and closes_at is not None and now >= closes_at
    )


def _closes_at(attempt: Attempted, began_with: Rules) -> datetime | None:
    both = (began_with, exam_rules.read(attempt.exam.rules))
    return max((rules.closes_at for rules in both if rules.closes_at), default=None)


def _has_closed(
    session: Session, attempt: Attempted, closes_at: datetime | None, now: datetime
) -> bool:
    if closes_at is None or now < closes_at:
        return False
    return not session.connection().scalar(_STILL_SAT, {"exam_id": attempt.exam_id})


_STILL_SAT = select(
    exists().where(Attempt.exam_id == bindparam("exam_id"), Attempt.submitted_at.is_(None))
)
_resit = aliased(Attempt)
# Of an attempt: its person has the same exam open, which may ask the same questions. Looked for
# among the person's few attempts: the sum keeps SQLite from going through everybody's in the exam.
SITS_AGAIN = exists().where(
    _resit.exam_id + 0 == Attempt.exam_id,
    _resit.person_id == Attempt.person_id,
    _resit.submitted_at.is_(None),
)


def promised(rules: Rules) -> str:
    """What will be shown, in one word for the page before the start: all, score, later or none."""
    when = {getattr(rules, name) for name in exam_rules.SHOWABLE}
    if when == {Shown.HANDED_IN}:
        return "all"
    if Shown.CLOSED in when:
        return "later"
    return "score" if rules.show_score == Shown.HANDED_IN else "none"
