"""Closing a week with its take-away, which becomes a draft of the case's next version."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    CaseState,
    CaseVersion,
    Conflict,
    DomainError,
    Localized,
    Session,
    add_lesson,
    audit,
    local_date,
    notify,
    open_version,
    zone,
)
from lms.plugins.casereviews import telling, voting, weeks
from lms.plugins.casereviews.models import Review, Vote

MAX_LENGTH = 4000


def close(
    session: Session,
    review: Review,
    takeaway: Localized,
    *,
    into_open_draft: bool,
    actor: Actor,
    now: datetime,
) -> CaseVersion | None:
    """Store the take-away and put it into a draft of the case; returns the draft.

    Without an open draft a new one is made. One that is open already is added to only when asked
    (`into_open_draft`), one in review never, and no archived case: then None, and `to_draft` can do
    it later.
    """
    session.refresh(review, with_for_update=True)
    if review.closed_at is not None:
        raise Conflict("This review is closed already.")
    if review.monday > local_date(now, zone()):
        raise DomainError("This week has not begun: withdraw the case instead.")
    if not takeaway:
        raise DomainError("Write the take-away in one language at least.", field="takeaway_zh")
    review.takeaway, review.closed_at, review.closed_by = takeaway, now, actor.person_id
    members = voting.members_of(review.team_id, review.facilitator_id)
    review.members = session.scalar(select(members)) or 0
    audit.record(session, actor, "casereviews.close", ("case_review", review.id), now=now)
    _tell(session, review, now)
    present = open_version(session, review.case_id)
    if present is None or (into_open_draft and present.state == CaseState.DRAFT):
        with suppress(Conflict):  # the case was archived: the take-away stays with the review
            return to_draft(session, review, actor=actor, now=now)
    return None


def to_draft(session: Session, review: Review, *, actor: Actor, now: datetime) -> CaseVersion:
    """The take-away in the case's draft; asking again adds it no second time.

    Conflict: a version of the case is being reviewed.
    """
    if review.draft is not None:
        return review.draft
    week = weeks.name(review.monday)
    zh, en = review.takeaway.zh, review.takeaway.en
    lesson = Localized(
        f"**团队研讨（{week.zh}）**\n\n{zh}" if zh else "",
        f"**Team review ({week.en})**\n\n{en}" if en else "",
    )
    draft = add_lesson(session, review.case_id, lesson, actor=actor, now=now)
    review.draft_id = draft.id
    audit.record(
        session, actor, "casereviews.draft", ("case_review", review.id), now=now,
        case=review.case_id, version=draft.number,
    )  # fmt: skip
    _tell_writers(session, draft, actor, now)
    return draft


def _tell(session: Session, review: Review, now: datetime) -> None:
    title = review.version.title
    text = Localized(
        f"案例研讨“{title.pick('zh')}”已结束，来看小结。",
        f"The review of “{title.pick('en')}” is closed: read the take-away.",
    )
    voters = session.scalars(select(Vote.person_id).where(Vote.review_id == review.id)).all()
    url = f"/case-reviews/{review.id}"
    notify(session, voters, "case_review.closed", text, url, now)


def _tell_writers(session: Session, draft: CaseVersion, actor: Actor, now: datetime) -> None:
    """Whoever else writes in the draft learns that something was added."""
    title = draft.title
    text = Localized(
        f"一次案例研讨的小结已写入案例草稿“{title.pick('zh')}”。",
        f"A review's take-away was added to the draft of “{title.pick('en')}”.",
    )
    others = [i for i in draft.editor_ids if i is not None and i != actor.person_id]
    notify(session, others, telling.KIND, text, f"/cases/draft/{draft.id}", now)
