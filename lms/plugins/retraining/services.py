"""Assigning retraining, taking it back, ending it; counted over consecutive months."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update

from lms.plugins.api import (
    SYSTEM,
    Actor,
    Conflict,
    Localized,
    Month,
    NotFound,
    Person,
    Proposal,
    RuleProposal,
    RuleRun,
    Session,
    StepProgress,
    access,
    appellants,
    audit,
    cancel_enrolment,
    enrol,
    local_date,
    notify,
    people_with,
    policies,
    programme_for_figure,
    supervisors_of,
    zone,
)
from lms.plugins.retraining import words
from lms.plugins.retraining.models import Assignment, AssignmentState
from lms.plugins.retraining.policy import SELECTION

RULE = "retraining.bottom"
PAGE = "/retraining"


def assign(
    session: Session, month: Month, proposals: Sequence[RuleProposal], now: datetime
) -> None:
    """Enrol everybody proposed in the programme for their figure, and tell who must know."""
    today = local_date(now, zone())
    due_on = today + timedelta(days=policies.in_force(session, SELECTION, month)["due_days"])
    ids = [p.person_id for p in proposals]
    known = _of_month(session, month, ids)
    programmes = {
        figure: programme_for_figure(session, figure)
        for figure in {p.evidence["weakest"]["figure"] for p in proposals}
    }
    counts = consecutive(session, month, ids)
    contesting = appellants(session, month)
    added = []
    for proposal in proposals:
        figure = proposal.evidence["weakest"]["figure"]
        programme = programmes[figure]
        found = known.get(proposal.person_id)
        if found is not None and found.state != AssignmentState.CANCELLED:
            if found.state == AssignmentState.REVIEW:
                found.state = AssignmentState.OPEN
            continue
        enrolment = programme and enrol(
            session,
            proposal.person_id,
            programme.id,
            starts_on=today,
            due_on=due_on,
            actor=SYSTEM,
            now=now,
            reason=str(month),  # the panel says why, in the reader's language
        )
        row = found or Assignment(person_id=proposal.person_id, month=month, created_at=now)
        row.figure, row.state, row.ended_at = figure, AssignmentState.OPEN, None
        row.enrolment_id = enrolment.id if enrolment else None
        row.due_on = enrolment.due_on if enrolment else due_on
        row.consecutive = counts.get(proposal.person_id, 1)
        row.evidence = dict(proposal.evidence)
        row.held_at = now if proposal.person_id in contesting else None
        session.add(row)
        added.append(row)
    session.flush()
    _tell(session, added, {p.person_id: p.reason for p in proposals}, now)


def withdraw(session: Session, month: Month, person_ids: Sequence[int], now: datetime) -> None:
    """A revision no longer selects them: what was not begun is cancelled, the rest HR decides."""
    review = []
    for row in _of_month(session, month, person_ids).values():
        if row.state not in (AssignmentState.OPEN, AssignmentState.REVIEW):
            continue
        if _is_begun(session, row):
            if row.state == AssignmentState.OPEN:
                review.append(row)
            row.state = AssignmentState.REVIEW
        else:
            _cancel(
                session,
                row,
                "A later revision of the month no longer selects this person.",
                SYSTEM,
                now,
            )
    recount(session, person_ids)
    when = words.month_name(month)
    notify(
        session,
        people_with(session, access.HR) if review else [],
        "retraining.review",
        Localized(
            f"{when.zh}修订后，{len(review)} 人不再需要补训但已开始，请决定是否继续",
            f"{when.en} was revised: {len(review)} people no longer selected have begun"
            " their retraining; decide whether they go on",
        ),
        f"{PAGE}?month={month}&state={AssignmentState.REVIEW}",
        now,
    )


def decide(
    session: Session,
    assignment_id: int,
    *,
    go_on: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Assignment:
    """HR's word on retraining that was begun and is no longer called for."""
    row = session.scalar(select(Assignment).where(Assignment.id == assignment_id).with_for_update())
    if row is None:
        raise NotFound("This retraining does not exist.")
    if row.state != AssignmentState.REVIEW:
        raise Conflict("This has been decided already.")
    if go_on:
        row.state = AssignmentState.OPEN
        audit.record(
            session,
            actor,
            "retraining.keep",
            ("person", row.person_id),
            now=now,
            reason=reason,
            month=str(row.month),
        )
    else:
        _cancel(session, row, reason, actor, now)
    return row


def complete(session: Session, enrolment_id: int, now: datetime) -> None:
    """The programme was completed, its assessment passed: so is the retraining."""
    session.execute(
        update(Assignment)
        .where(
            Assignment.enrolment_id == enrolment_id,
            Assignment.state.in_([AssignmentState.OPEN, AssignmentState.REVIEW]),
        )
        .values(state=AssignmentState.DONE, ended_at=now)
    )


def consecutive(session: Session, month: Month, person_ids: Iterable[int]) -> Mapping[int, int]:
    """By person: in how many months in a row, up to this one, the rule has selected them."""
    months = (
        select(
            Proposal.person_id,
            RuleRun.period.label("month"),
            # Consecutive months less their own number are all alike: one value per run of months.
            (
                func.row_number().over(
                    partition_by=Proposal.person_id, order_by=RuleRun.period.desc()
                )
                - 1
            ).label("back"),
        )
        .join(RuleRun, RuleRun.id == Proposal.run_id)
        .where(
            RuleRun.rule == RULE,
            RuleRun.is_current,
            RuleRun.period <= month,
            Proposal.person_id.in_(list(person_ids)),
        )
        .cte("months")
    )
    rows = session.execute(
        select(months.c.person_id, func.count())
        .where(months.c.month == month.index - months.c.back)
        .group_by(months.c.person_id)
    )
    return {person_id: count for person_id, count in rows}


def recount(session: Session, person_ids: Sequence[int]) -> None:
    """After a month was revised, later months may be the second in a row no longer."""
    rows = session.scalars(select(Assignment).where(Assignment.person_id.in_(person_ids))).all()
    for month in {row.month for row in rows}:
        here = [row for row in rows if row.month == month]
        counts = consecutive(session, month, [row.person_id for row in here])
        for row in here:
            row.consecutive = counts.get(row.person_id, row.consecutive)


def _of_month(session: Session, month: Month, person_ids: Sequence[int]) -> dict[int, Assignment]:
    here = (Assignment.month == month, Assignment.person_id.in_(person_ids))
    return {row.person_id: row for row in session.scalars(select(Assignment).where(*here))}


def _is_begun(session: Session, row: Assignment) -> bool:
    return bool(
        session.scalar(select(exists().where(StepProgress.enrolment_id == row.enrolment_id)))
    )


def _cancel(session: Session, row: Assignment, reason: str, actor: Actor, now: datetime) -> None:
    row.state, row.ended_at = AssignmentState.CANCELLED, now
    session.flush()
    still_asked = select(Assignment.id).where(
        Assignment.enrolment_id == row.enrolment_id, Assignment.state == AssignmentState.OPEN
    )
    # Two months may aim at the same figure, and then at one enrolment.
    if row.enrolment_id is not None and session.scalar(still_asked.limit(1)) is None:
        cancel_enrolment(session, row.enrolment_id, reason=reason, actor=actor, now=now)
    audit.record(
        session,
        actor,
        "retraining.cancel",
        ("person", row.person_id),
        now=now,
        reason=reason,
        month=str(row.month),
    )


def _tell(
    session: Session, added: Sequence[Assignment], reasons: Mapping[int, Localized], now: datetime
) -> None:
    if not added:
        return
    people = {
        p.id: p
        for p in session.scalars(
            select(Person).where(Person.id.in_([row.person_id for row in added]))
        )
    }
    hr = people_with(session, access.HR)
    supervisors: dict[int | None, Sequence[int]] = {}
    for row in added:
        person, why = people[row.person_id], reasons[row.person_id]
        if person.team_id not in supervisors:
            supervisors[person.team_id] = supervisors_of(session, person)
        own = Localized(
            f"有一项补训，{row.due_on:%m-%d} 前完成。{why.zh}",
            f"You have a retraining, due {row.due_on:%d %b}. {why.en}",
        )
        course = f"/courses/{row.enrolment_id}" if row.enrolment_id else PAGE
        notify(session, [row.person_id], "retraining.assigned", own, course, now)
        others = set(supervisors[person.team_id]) - {row.person_id}
        again = Localized()
        if row.consecutive > 1:
            others |= set(hr) - {row.person_id}
            again = Localized(
                f"（连续第 {row.consecutive} 个月，建议安排导师）",
                f" ({words.ordinal(row.consecutive)} month in a row: assign a mentor)",
            )
        told = Localized(
            f"{person.name} 进入补训{again.zh}。{why.zh}",
            f"{person.name} goes into retraining{again.en}. {why.en}",
        )
        url = f"{PAGE}?month={row.month}&q={person.staff_no}"
        notify(session, sorted(others), "retraining.assigned", told, url, now)
