"""Scoring of runs: what raters give, when it is final, and what follows from it.

With one rater (the default) a rating is final at once. With two they do not see each other's, the
mean counts, and raters further apart than `adjudication_points` need a third, whose word is final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms import audit, events
from lms.audit import Actor
from lms.cases.models import DrillRun, Rating, Rubric, RunState
from lms.courses.models import StepState
from lms.courses.services import set_step_state
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.people.notices import notify
from lms.plugins.bus import emit
from lms.policies import Parameter, Policy, PolicyInForce, in_force

SCORING = Policy(
    "drills.scoring",
    Localized("演练评分", "Drill scoring"),
    (
        Parameter("raters_needed", Localized("评分人数", "Raters for each run"), 1, 1, 2),
        Parameter(
            "adjudication_points",
            Localized("分差超过多少分时由第三人裁定", "Points apart that need an adjudicator"),
            15,
            1,
            100,
        ),
    ),
)
COMMENT_UP_TO = 2  # levels that need a comment
_MAX_COMMENT = 4000


@dataclass(frozen=True)
class Marks:
    """What a rater gives: a level 1-5 and a comment by criterion key, critical errors by key."""

    levels: Mapping[str, int]
    comments: Mapping[str, str] = field(default_factory=dict)
    critical: Sequence[str] = ()
    comment: str = ""


def points(rubric: Rubric, levels: Mapping[str, int]) -> int:
    """The sum of weight × (level - 1) / 4, in hundredths of a percent: 0 to 10000, exactly."""
    return sum(int(c["weight"]) * (levels[c["key"]] - 1) * 25 for c in rubric.criteria)


def check(rubric: Rubric, marks: Marks) -> Marks:
    """The marks in the rubric's order, trimmed; DomainError names the first field that is wrong."""
    levels: dict[str, int] = {}
    comments: dict[str, str] = {}
    for criterion in rubric.criteria:
        key = criterion["key"]
        level = marks.levels.get(key)
        if level is None or not 1 <= level <= 5:
            raise DomainError("Choose a level.", field=f"level-{key}")
        comment = marks.comments.get(key, "").strip()[:_MAX_COMMENT]
        if level <= COMMENT_UP_TO and not comment:
            raise DomainError("Say why: this level needs a comment.", field=f"comment-{key}")
        levels[key] = level
        if comment:
            comments[key] = comment
    known = [error["key"] for error in rubric.critical]
    critical = [key for key in known if key in marks.critical]
    comment = marks.comment.strip()[:_MAX_COMMENT]
    if critical and not comment:
        raise DomainError("Say what the critical error was.", field="comment")
    return Marks(levels, comments, critical, comment)


def rate(session: Session, run_id: int, marks: Marks, *, actor: Actor, now: datetime) -> Rating:
    """Submit a rating; it is final when enough raters agree. Conflict when others were first."""
    run = _locked(session, run_id)
    if run.person_id == actor.person_id:
        raise NotAllowed("Nobody scores their own run.")
    marks = check(run.rubric, marks)
    ratings = _current(session, run.id)
    mine = next((r for r in ratings if r.rater_id == actor.person_id), None)
    if mine is not None:
        if _marks_of(mine) == marks:  # the button was pressed twice
            return mine
        raise Conflict("You have scored this run already. Amend your scoring instead.")
    if run.state == RunState.SCORED:
        raise Conflict(
            "Somebody else has scored this run in the meantime; their scoring counts. "
            "What you typed is still here, but is not stored."
        )
    if run.state == RunState.OPEN:
        raise Conflict("This run has not been handed in.")
    rating = _add(session, run, marks, actor=actor, now=now)
    rating.is_adjudication = run.state == RunState.ADJUDICATION
    session.flush()
    policy = in_force(session, SCORING)
    ratings = [*ratings, rating]
    audit.record(
        session, actor, "drill.rate", ("drill_run", run.id), now=now, score=_counted(rating)
    )
    if rating.is_adjudication or len(ratings) >= policy["raters_needed"]:
        _settle(session, run, ratings, policy, now)
    return rating


def amend(
    session: Session, run_id: int, marks: Marks, reason: str, *, actor: Actor, now: datetime
) -> Rating:
    """Replace one's own rating of a scored run; the old one is kept, superseded."""
    run = _locked(session, run_id)
    ratings = _current(session, run.id)
    mine = next((r for r in ratings if r.rater_id == actor.person_id), None)
    if mine is None:
        raise NotAllowed("Only whoever scored this run can amend the scoring.")
    if run.state != RunState.SCORED:
        raise Conflict("This run waits for another rater.")
    if not reason.strip():
        raise DomainError("Say why the scoring changes.", field="reason")
    marks = check(run.rubric, marks)
    if _marks_of(mine) == marks:
        raise DomainError("Nothing was changed.")
    old_score, was_adjudication = run.score, mine.is_adjudication
    mine.superseded_at = now
    session.flush()
    rating = _add(session, run, marks, actor=actor, now=now)
    rating.is_adjudication, rating.amend_reason = was_adjudication, reason.strip()
    session.flush()
    policy = in_force(session, SCORING)
    ratings = [rating if r is mine else r for r in ratings]
    if _are_apart(ratings, policy):
        raise DomainError(
            "The two raters would be more than %(points)s points apart.",
            points=policy["adjudication_points"],
        )
    _finish(session, run, ratings, policy, now)
    audit.record(
        session,
        actor,
        "drill.amend",
        ("drill_run", run.id),
        now=now,
        reason=reason.strip(),
        old=old_score,
        new=run.score,
    )
    return rating


def full_run(session: Session, run_id: int) -> DrillRun:
    """The run with all that its pages show, in two queries more."""
    found = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id)
        .options(
            joinedload(DrillRun.drill),
            joinedload(DrillRun.rubric),
            joinedload(DrillRun.person),
            selectinload(DrillRun.messages),
            selectinload(DrillRun.ratings).joinedload(Rating.rater),
        )
    )
    if found is None:
        raise NotFound("There is no such run.")
    return found


def marks_of_rater(session: Session, run_id: int, rater_id: int) -> Marks | None:
    mine = next((r for r in _current(session, run_id) if r.rater_id == rater_id), None)
    return _marks_of(mine) if mine else None


def _settle(
    session: Session, run: DrillRun, ratings: list[Rating], policy: PolicyInForce, now: datetime
) -> None:
    if _are_apart(ratings, policy):
        run.state = RunState.ADJUDICATION
        return
    _finish(session, run, ratings, policy, now)


def _are_apart(ratings: Sequence[Rating], policy: PolicyInForce) -> bool:
    if any(rating.is_adjudication for rating in ratings):
        return False
    scores = [_counted(rating) for rating in ratings]
    return max(scores) - min(scores) > 100 * int(policy["adjudication_points"])


def _finish(
    session: Session, run: DrillRun, ratings: list[Rating], policy: PolicyInForce, now: datetime
) -> None:
    """Make the score final. An amendment keeps the day of the first scoring."""
    decisive = [r for r in ratings if r.is_adjudication] or ratings
    has_critical = any(rating.critical for rating in decisive)
    total = sum(_counted(rating) for rating in decisive)
    mean = (2 * total + len(decisive)) // (2 * len(decisive))  # half up
    run.score = 0 if has_critical else mean
    run.passed = not has_critical and run.score >= run.pass_mark * 100
    run.state, run.policy_number = RunState.SCORED, policy.number
    run.scored_at = run.scored_at or now
    session.flush()
    _tell(session, run, now)
    emit(events.DrillRunScored(now, run.person_id, run.id))
    if run.enrolment_id is not None and run.step_id is not None:
        state = StepState.COMPLETED if run.passed else StepState.FAILED
        set_step_state(session, run.enrolment_id, run.step_id, state, now=now, score=run.score)


def _tell(session: Session, run: DrillRun, now: datetime) -> None:
    title, score = run.drill.title, f"{(run.score or 0) / 100:.2f}"
    zh, en = ("通过", "passed") if run.passed else ("未通过", "not passed")
    text = Localized(
        f"演练“{title.pick('zh')}”已评分：{score} 分，{zh}。",
        f"Your drill “{title.pick('en')}” was scored: {score}, {en}.",
    )
    notify(session, [run.person_id], "drill.scored", text, f"/drills/runs/{run.id}/result", now)


def _locked(session: Session, run_id: int) -> DrillRun:
    run = session.scalar(
        select(DrillRun)
        .where(DrillRun.id == run_id)
        .with_for_update(of=DrillRun)
        .execution_options(populate_existing=True)
        .options(joinedload(DrillRun.drill), joinedload(DrillRun.rubric))
    )
    if run is None:
        raise NotFound("There is no such run.")
    return run


def _current(session: Session, run_id: int) -> list[Rating]:
    found = select(Rating).where(Rating.run_id == run_id, Rating.superseded_at.is_(None))
    return list(session.scalars(found.order_by(Rating.id)))


def _add(session: Session, run: DrillRun, marks: Marks, *, actor: Actor, now: datetime) -> Rating:
    rating = Rating(
        run_id=run.id,
        rater_id=actor.person_id,
        levels=dict(marks.levels),
        comments=dict(marks.comments),
        critical=list(marks.critical),
        comment=marks.comment,
        score=points(run.rubric, marks.levels),
        submitted_at=now,
    )
    session.add(rating)
    return rating


def _marks_of(rating: Rating) -> Marks:
    return Marks(rating.levels, rating.comments, rating.critical, rating.comment)


def _counted(rating: Rating) -> int:
    return 0 if rating.critical else rating.score
