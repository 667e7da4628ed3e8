"""Filing an appeal and deciding on it. A pending one holds what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.appeals import deciding, telling
from lms.appeals.kinds import kinds
from lms.appeals.models import Appeal, AppealState
from lms.appeals.policy import APPEALS, outlived
from lms.audit import Actor
from lms.clock import local_date
from lms.db import Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people.organisation import zone
from lms.plugins.types import Appealable, AppealSubject
from lms.policies import in_force

MIN_REASON, MAX_REASON = 10, 4000


@dataclass(frozen=True)
class Standing:
    """The person's appeal, if there is one; else the last day on which they may file it."""

    appeal: Appeal | None
    until: date | None = None
    is_open: bool = False


def standing(
    session: Session,
    kind: str,
    subject_id: int,
    person_id: int,
    *,
    final_at: datetime,
    renewed_at: datetime | None = None,
    now: datetime,
) -> Standing:
    """Two queries, for the page of the outcome; the dates are those of AppealSubject."""
    found = of_subject(session, kind, subject_id, person_id)
    if found is not None and not outlived(found.decided_at, renewed_at):
        return Standing(found)
    days = int(in_force(session, APPEALS)["days_to_appeal"])
    until = local_date(final_at, zone()) + timedelta(days=days)
    return Standing(None, until, local_date(now, zone()) <= until)


def of_subject(session: Session, kind: str, subject_id: int, person_id: int) -> Appeal | None:
    """The newest, if there are several."""
    return session.scalar(
        select(Appeal)
        .where(Appeal.kind == kind, Appeal.subject_id == subject_id, Appeal.person_id == person_id)
        .order_by(Appeal.number.desc())
        .limit(1)
    )


def pending_appeals(session: Session, kind: str, person_id: int) -> Sequence[int]:
    """Ids of what the person contests, undecided, of a kind."""
    return session.scalars(
        select(Appeal.subject_id).where(
            Appeal.kind == kind,
            Appeal.person_id == person_id,
            Appeal.state == AppealState.PENDING,
        )
    ).all()


def kind_named(name: str) -> Appealable:
    found = kinds().get(name)
    if found is None:
        raise NotFound("Nothing of this kind can be appealed against.")
    return found


def subject_of(session: Session, appealable: Appealable, subject_id: int) -> AppealSubject:
    found = appealable.find(session, subject_id)
    if found is None:
        raise NotFound("There is nothing here to appeal against.")
    return found


def file(
    session: Session, kind: str, subject_id: int, reason: str, *, person_id: int, now: datetime
) -> Appeal:
    """The person's appeal: the one that stands, or a new one, which those who decide hear of."""
    appealable = kind_named(kind)
    subject = subject_of(session, appealable, subject_id)
    if subject.person_id != person_id:
        raise NotFound("There is nothing here to appeal against.")
    before = of_subject(session, kind, subject_id, person_id)
    if before and not outlived(before.decided_at, subject.renewed_at):
        return before
    if subject.final_at is None:
        raise Conflict("This is not final yet: there is nothing to appeal against.")
    about = standing(
        session, kind, subject_id, person_id,
        final_at=subject.final_at, renewed_at=subject.renewed_at, now=now,
    )  # fmt: skip
    if not about.is_open:
        raise DomainError("The time to appeal is over.")
    appeal = Appeal(
        kind=kind,
        subject_id=subject_id,
        person_id=person_id,
        number=before.number + 1 if before else 1,
        title=subject.title,
        url=subject.url,
        reason=_reason(reason),
        state=AppealState.PENDING,
        filed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(appeal)
    except IntegrityError:  # the button was pressed twice at once
        if found := of_subject(session, kind, subject_id, person_id):
            return found
        raise
    appealable.hold(session, subject_id, now)
    audit.record(
        session, Actor(person_id), "appeal.file", ("appeal", appeal.id), now=now,
        reason=appeal.reason, kind=kind, about=subject_id,
    )  # fmt: skip
    deciding.tell_deciders(session, appealable, appeal, subject.involved, now)
    return appeal


def decide(
    session: Session, appeal_id: int, *, upheld: bool, reason: str, actor: Actor, now: datetime
) -> str:
    """Uphold or decline, with a reason the person reads; returns where the decider goes on.

    NotAllowed for whoever appeals or gave the outcome; Conflict when it is decided already.
    """
    appeal = session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    )
    if appeal is None:
        raise NotFound("There is no such appeal.")
    appealable = kind_named(appeal.kind)
    involved = subject_of(session, appealable, appeal.subject_id).involved
    refuse_if_involved(appeal, involved, actor.person_id)
    if appeal.state != AppealState.PENDING:
        raise Conflict("This appeal is decided already.")
    appeal.decision = _reason(reason)
    appeal.state = AppealState.UPHELD if upheld else AppealState.DECLINED
    appeal.decided_by, appeal.decided_at = actor.person_id, now
    session.flush()
    audit.record(
        session, actor, "appeal.uphold" if upheld else "appeal.decline", ("appeal", appeal.id),
        now=now, reason=appeal.decision, kind=appeal.kind, about=appeal.subject_id,
    )  # fmt: skip
    telling.of_decision(session, appeal, involved, now)
    go_on = ""
    if upheld:
        go_on = appealable.uphold(session, appeal.subject_id, actor, now)
    else:
        appealable.release(session, appeal.subject_id, now)
    session.flush()
    return go_on


def refuse_if_involved(appeal: Appeal, involved: frozenset[int], person_id: int | None) -> None:
    if person_id == appeal.person_id:
        raise NotAllowed("Nobody decides on their own appeal.")
    if person_id in involved:
        raise NotAllowed("You took part in what is appealed against: somebody else decides.")


def _reason(reason: str) -> str:
    words = reason.strip()[:MAX_REASON]
    if len(words) < MIN_REASON:
        raise DomainError(
            "Write the reason in at least %(count)s characters.", field="reason", count=MIN_REASON
        )
    return words
