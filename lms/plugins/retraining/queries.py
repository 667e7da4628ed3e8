"""Reading assignments and selections: for lists, columns and criteria."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.plugins.api import (
    CriterionResult,
    CriterionState,
    Enrolment,
    Localized,
    Month,
    MonthColumn,
    Person,
    Proposal,
    RuleRun,
    Session,
    policies,
)
from lms.plugins.retraining.models import Assignment, AssignmentState
from lms.plugins.retraining.policy import SELECTION
from lms.plugins.retraining.services import RULE

UNFINISHED = Assignment.state.in_([AssignmentState.OPEN, AssignmentState.REVIEW])
OVERDUE = "overdue"
_COURSE = joinedload(Assignment.enrolment).joinedload(Enrolment.version)


def assignments(
    scope: ColumnElement[bool],
    *,
    month: Month | None = None,
    state: str = "",
    text: str = "",
    today: date,
) -> Select[Assignment]:
    """Newest month first, then the lowest score; with person and team at hand."""
    return (
        select(Assignment)
        .join(Assignment.person)
        .options(contains_eager(Assignment.person).joinedload(Person.team))
        .options(_COURSE)
        .where(scope, _within(month, text), _in_state(state, today))
        .order_by(Assignment.month.desc(), Assignment.evidence["position"].as_integer())
        .order_by(Person.staff_no)
    )


def state_counts(
    session: Session,
    scope: ColumnElement[bool],
    *,
    month: Month | None,
    text: str,
    today: date,
) -> Mapping[str, int]:
    """By state, and under `overdue` what of the open ones is late."""
    late = and_(*_late(today))
    rows = session.execute(
        select(Assignment.state, late.label("late"), func.count())
        .join(Assignment.person)
        .where(scope, _within(month, text))
        .group_by(Assignment.state, late)
    ).all()
    counts: dict[str, int] = {}
    for state, is_late, count in rows:
        counts[state] = counts.get(state, 0) + count
        if is_late:
            counts[OVERDUE] = counts.get(OVERDUE, 0) + count
    return counts


def months(session: Session) -> Sequence[Month]:
    found = select(Assignment.month).distinct().order_by(Assignment.month.desc())
    return session.scalars(found).all()


_UNFINISHED_OF = (
    select(Assignment)
    .where(Assignment.person_id == bindparam("person_id"), UNFINISHED)
    .options(_COURSE)
    .order_by(Assignment.due_on)
)


def unfinished_of(session: Session, person_id: int) -> Sequence[Assignment]:
    """What the person still has to do, first due first."""
    return session.scalars(_UNFINISHED_OF, {"person_id": person_id}).all()


def of_month(session: Session, person_id: int, month: Month) -> Assignment | None:
    here = (Assignment.person_id == person_id, Assignment.month == month)
    return session.scalar(select(Assignment).where(*here).options(_COURSE))


def month_columns(
    session: Session, close_id: int, person_ids: Sequence[int] | None
) -> list[MonthColumn]:
    """`selected` (1/0) and the weakest figure of the selected, as the rule recorded them."""
    figure = Proposal.evidence["weakest", "figure"].as_string()
    found = (
        select(Proposal.person_id, figure)
        .join(RuleRun, RuleRun.id == Proposal.run_id)
        .where(RuleRun.rule == RULE, RuleRun.close_id == close_id)
    )
    if person_ids is not None:
        found = found.where(Proposal.person_id.in_(person_ids))
    weakest = {person_id: str(code) for person_id, code in session.execute(found)}
    return [
        MonthColumn(
            "selected", "rank", dict.fromkeys(weakest, "1"), "0", Localized("补训", "Retraining")
        ),
        MonthColumn("weakest", "partial", weakest, label=Localized("最弱项", "Weakest figure")),
    ]


def promotion_criteria(
    session: Session, person_ids: Sequence[int]
) -> Mapping[int, list[CriterionResult]]:
    """ "No open retraining", where HR has made it count; a held one is neither for nor against."""
    if not policies.in_force(session, SELECTION)["blocks_promotion"]:
        return {}
    is_held = Assignment.held_at.is_not(None)
    rows = session.execute(
        select(Assignment.person_id, func.max(Assignment.month), func.max(Assignment.due_on))
        .add_columns(is_held)
        .where(Assignment.person_id.in_(person_ids), UNFINISHED)
        .group_by(Assignment.person_id, is_held)
        .order_by(is_held.desc())  # one that is not held comes last, and stands
    )
    open_ = {person_id: about for person_id, *about in rows}
    return {person_id: [_criterion(*open_.get(person_id, ()))] for person_id in person_ids}


def _criterion(
    month: Month | None = None, due_on: date | None = None, is_held: bool = False
) -> CriterionResult:
    state, change = CriterionState.MET, Localized()
    if is_held:
        state = CriterionState.UNKNOWN
        change = Localized(
            f"等待对 {month} 申诉的决定", f"Wait for the decision on the appeal against {month}"
        )
    elif month is not None:
        state = CriterionState.NOT_MET
        change = Localized(
            f"完成 {month} 的补训（{due_on} 到期）",
            f"Complete the retraining of {month} (due {due_on})",
        )
    return CriterionResult(
        code="retraining",
        label=Localized("没有未完成的补训", "No open retraining"),
        state=state,
        value=str(month or 0),
        target="0",
        change=change,
    )


def _within(month: Month | None, text: str) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [Assignment.id.is_not(None)]
    if month is not None:
        wanted.append(Assignment.month == month)
    if text.strip():
        like = f"%{text.strip()}%"
        wanted.append(or_(Person.staff_no.ilike(like), Person.name.ilike(like)))
    return and_(*wanted)


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    if state == OVERDUE:
        return and_(*_late(today))
    return Assignment.state == state if state else Assignment.id.is_not(None)


def _late(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.state == AssignmentState.OPEN,
        Assignment.held_at.is_(None),
        Assignment.due_on < today,
    )
