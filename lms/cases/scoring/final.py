"""When the raters' word is final, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime

from lms import events
from lms.cases.models import DrillRun, Rating, RunState
from lms.cases.practice import assigning
from lms.cases.raters.qualification import qualified
from lms.cases.scoring.policy import raters_needed
from lms.cases.scoring.reading import counted, decisive_of, is_latest
from lms.courses.models import StepState
from lms.courses.services import set_step_state
from lms.db import Localized, Session
from lms.people.notices import notify
from lms.plugins.bus import emit
from lms.policies import PolicyInForce


def settle(
    session: Session,
    run: DrillRun,
    ratings: Sequence[Rating],
    policy: PolicyInForce,
    now: datetime,
) -> None:
    """Make the score final, ask for a decision, or wait for further raters."""
    is_decided = any(rating.is_adjudication for rating in ratings)
    if not is_decided and len(ratings) < raters_needed(run.drill, policy):
        return
    if not qualified(session, [rating.rater_id for rating in ratings]):
        return  # nobody among them may score alone yet: one more rater
    if are_apart(ratings, policy):
        run.state = RunState.ADJUDICATION
        return
    finish(session, run, ratings, policy, now)


def are_apart(ratings: Sequence[Rating], policy: PolicyInForce) -> bool:
    if any(rating.is_adjudication for rating in ratings):
        return False
    scores = [counted(rating) for rating in ratings]
    return max(scores) - min(scores) > 100 * int(policy["adjudication_points"])


def finish(
    session: Session,
    run: DrillRun,
    ratings: Sequence[Rating],
    policy: PolicyInForce,
    now: datetime,
) -> None:
    """Make the score final. What comes later keeps the day of the first scoring."""
    decisive = decisive_of(ratings)
    has_critical = any(rating.critical for rating in decisive)
    total = sum(counted(rating) for rating in decisive)
    mean = (2 * total + len(decisive)) // (2 * len(decisive))  # half up
    run.score = 0 if has_critical else mean
    run.passed = not has_critical and run.score >= run.pass_mark * 100
    run.state, run.policy_number = RunState.SCORED, policy.number
    run.scored_at = run.scored_at or now
    run.acknowledged_at = None
    session.flush()
    _tell(session, run, assigning.assign(session, run, decisive, now), now)
    emit(events.DrillRunScored(now, run.person_id, run.id))
    if run.enrolment_id is not None and run.step_id is not None:
        _set_step(session, run, run.enrolment_id, run.step_id, now)


def _set_step(
    session: Session, run: DrillRun, enrolment_id: int, step_id: int, now: datetime
) -> None:
    """Any run that is passed completes its step; only the latest can fail it: an earlier one,
    scored anew after an appeal, says nothing about the try that goes on."""
    if run.passed or is_latest(session, run):
        state = StepState.COMPLETED if run.passed else StepState.FAILED
        set_step_state(session, enrolment_id, step_id, state, now=now, score=run.score)


def _tell(session: Session, run: DrillRun, has_practice: bool, now: datetime) -> None:
    title, score = run.drill.title, f"{(run.score or 0) / 100:.2f}"
    zh, en = ("通过", "passed") if run.passed else ("未通过", "not passed")
    more_zh, more_en = ("", "")
    if has_practice:
        more_zh, more_en = "已为你安排一次针对性练习。", " There is a practice drill for you."
    text = Localized(
        f"演练“{title.pick('zh')}”已评分：{score} 分，{zh}。{more_zh}",
        f"Your drill “{title.pick('en')}” was scored: {score}, {en}.{more_en}",
    )
    notify(session, [run.person_id], "drill.scored", text, f"/drills/runs/{run.id}/result", now)
