"""What was acknowledged to people beside what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bench.exam_people import Sitter
from lms.audit import AuditEntry
from lms.db import db
from lms.plugins.exams.models import Attempt, QuestionVersion, Response
from lms.plugins.exams.papers.scoring import percentage


@dataclass(frozen=True)
class Verdict:
    """`lost`: acknowledged answers that are not stored; `open_too_long`: attempts past their time;
    `marked_twice`, and `wrong_scores`, which differ from what is stored."""

    acknowledged: int
    lost: int
    handed_in: int
    open_too_long: int
    marked_twice: int
    wrong_scores: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.open_too_long or self.marked_twice or self.wrong_scores)


def compare(sitters: Sequence[Sitter], now: datetime) -> Verdict:
    session = db.session()
    session.rollback()
    lost = wrong = 0
    stored = {
        (r.attempt_id, r.position): (r, key)
        for r, key in session.execute(
            select(Response, QuestionVersion.answer).join(
                QuestionVersion, QuestionVersion.id == Response.version_id
            )
        )
    }
    attempts = {a.id: a for a in session.scalars(select(Attempt))}
    for sitter in sitters:
        attempt_id = sitter.paper.attempt_id
        for position, sequence in sitter.acknowledged.items():
            response, _key = stored[attempt_id, position]
            lost += not _is_kept(response, sequence, sitter.sent[position])
        attempt = attempts[attempt_id]
        if attempt.submitted_at is not None:
            mine = [stored[attempt_id, n + 1] for n in range(sitter.paper.questions)]
            right = sum(response.answer == key for response, key in mine)
            wrong += attempt.score != percentage([10_000 * right], len(mine))
        else:
            lost += sitter.is_handed_in
    times = session.execute(
        select(AuditEntry.subject_id, func.count())
        .where(AuditEntry.action == "exam.submit")
        .group_by(AuditEntry.subject_id)
    )
    return Verdict(
        acknowledged=sum(len(s.acknowledged) for s in sitters),
        lost=lost,
        handed_in=sum(a.submitted_at is not None for a in attempts.values()),
        open_too_long=sum(a.submitted_at is None and a.deadline < now for a in attempts.values()),
        marked_twice=sum(count > 1 for _, count in times),
        wrong_scores=wrong,
    )


def _is_kept(response: Response, sequence: int, sent: dict[int, list[int]]) -> bool:
    """What is stored is what was acknowledged, or something that the same person sent later."""
    if response.sequence < sequence or response.sequence not in sent:
        return False
    shown = sent[response.sequence]
    return response.answer == sorted(response.option_order[n] for n in shown)
