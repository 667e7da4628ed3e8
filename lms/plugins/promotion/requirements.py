"""The optional criteria of a track, each off until its policy asks for it.

Given to the core through the same hook as any other plugin's; "no open retraining" comes that way
from the retraining plugin.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from lms.plugins.api import (
    CriterionResult,
    CriterionState,
    Enrolment,
    EnrolmentStatus,
    Localized,
    Month,
    PolicyInForce,
    Position,
    Programme,
    Session,
    local_date,
    policies,
    zone,
)
from lms.plugins.promotion.models import Complaint, Recommendation
from lms.plugins.promotion.policy import TRACKS, Track

_FEW = 100  # so many are asked for by id; for more it is quicker to read everybody's
_GRAVE = 3
By = Mapping[int, CriterionResult]


def results(
    session: Session, person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, list[CriterionResult]]:
    """By person, what the policy of the track to `target` asks for; one query each."""
    track = TRACKS.get(target)
    if track is None or not person_ids:
        return {}
    policy = policies.in_force(session, track.policy)
    day = min(date(year, 12, 31), local_date(now, zone()))
    found: dict[int, list[CriterionResult]] = defaultdict(list)
    for criterion in (_courses, _skills, _tenure, _complaints, _recommended):
        for person_id, result in criterion(session, person_ids, policy, track, year, day).items():
            found[person_id].append(result)
    return found


def months_between(since: date, day: date) -> int:
    """Whole months: from the 15th to the 14th of the next is none."""
    return Month.of(day).index - Month.of(since).index - (day.day < since.day)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    month = Month.of(day).plus(-months)
    return month.first_day.replace(day=min(day.day, month.days))


def _among(column: InstrumentedAttribute[int], ids: Sequence[int]) -> ColumnElement[bool]:
    return column.in_(ids) if len(ids) <= _FEW else true()


def _each(
    ids: Sequence[int], make: Callable[[int], CriterionResult]
) -> Mapping[int, CriterionResult]:
    return {person_id: make(person_id) for person_id in ids}


def _state(is_met: bool) -> CriterionState:
    return CriterionState.MET if is_met else CriterionState.NOT_MET


def _completed(
    session: Session, ids: Sequence[int], keys: Sequence[str], day: date
) -> tuple[set[str], Mapping[int, set[str]]]:
    """Which of the courses there are, and by person those completed by the day."""
    rows = session.execute(
        select(Programme.key, Enrolment.person_id, func.min(Enrolment.ended_at))
        .outerjoin(
            Enrolment,
            (Enrolment.programme_id == Programme.id)
            & (Enrolment.status == EnrolmentStatus.COMPLETED)
            & _among(Enrolment.person_id, ids),
        )
        .where(Programme.key.in_(keys))
        .group_by(Programme.key, Enrolment.person_id)
    )
    known, done = set[str](), defaultdict[int, set[str]](set)
    for key, person_id, ended_at in rows:
        known.add(key)
        if ended_at is not None and local_date(ended_at, zone()) <= day:
            done[person_id].add(key)
    return known, done


def _courses(
    session: Session, ids: Sequence[int], policy: PolicyInForce, _t: Track, _y: int, day: date
) -> By:
    keys = list(dict.fromkeys(str(policy["courses"]).replace(",", " ").split()))
    if not keys:
        return {}
    known, done = _completed(session, ids, keys, day)
    label = Localized("完成规定课程", "Required courses completed")

    def result(person_id: int) -> CriterionResult:
        missing = [key for key in keys if key not in done[person_id]]
        is_unknown = any(key not in known for key in keys)
        state = CriterionState.UNKNOWN if is_unknown else _state(not missing)
        words = ", ".join(missing)
        change = Localized(f"完成课程：{words}", f"Complete: {words}")
        return CriterionResult(
            "courses", label, state, f"{len(keys) - len(missing)}", f"{len(keys)}",
            change=change if missing else Localized(),
        )  # fmt: skip

    return _each(ids, result)


def _skills(
    session: Session, ids: Sequence[int], policy: PolicyInForce, _t: Track, _y: int, day: date
) -> By:
    key = str(policy["skills_track"]).strip()
    if not policy["skills"]:
        return {}
    known, done = _completed(session, ids, [key], day)
    label = Localized("能力路径完成并签核", "Track of skills completed and signed off")
    change = Localized(
        f"完成能力路径（{key}）的全部步骤与签核",
        f"Complete every step and sign-off of the track of skills ({key})",
    )

    def result(person_id: int) -> CriterionResult:
        is_met = key in done[person_id]
        state = _state(is_met) if key in known else CriterionState.UNKNOWN
        return CriterionResult(
            "skills", label, state, "1" if is_met else "0", "1",
            change=Localized() if is_met else change,
        )  # fmt: skip

    return _each(ids, result)


def _tenure(
    session: Session, ids: Sequence[int], policy: PolicyInForce, track: Track, _y: int, day: date
) -> By:
    wanted = policy["tenure"]
    if not wanted:
        return {}
    since: dict[int, date | None] = {}
    rows = session.execute(
        select(Position.person_id, Position.from_day, Position.level)
        .where(_among(Position.person_id, ids), Position.from_day <= day)
        .order_by(Position.person_id, Position.from_day)
    )
    for person_id, from_day, level in rows:
        if level != track.source:
            since[person_id] = None
        elif since.get(person_id) is None:
            since[person_id] = from_day
    label = Localized("任现职满的月数", "Months at the level")

    def result(person_id: int) -> CriterionResult:
        begun = since.get(person_id)
        count = months_between(begun, day) if begun else 0
        change = Localized(f"还差 {wanted - count} 个月", f"{wanted - count} more months")
        return CriterionResult(
            "tenure", label, _state(count >= wanted), str(count), str(wanted),
            change=Localized() if count >= wanted else change,
        )  # fmt: skip

    return _each(ids, result)


def _complaints(
    session: Session, ids: Sequence[int], policy: PolicyInForce, _t: Track, _y: int, day: date
) -> By:
    return complaints(session, ids, policy, day)


def complaints(session: Session, ids: Sequence[int], policy: PolicyInForce, day: date) -> By:
    """As of a day; empty where the policy asks for nothing."""
    months = policy["complaint_free"]
    if not months:
        return {}
    rows = session.execute(
        select(Complaint.person_id, func.count(), func.max(Complaint.on_day))
        .where(
            _among(Complaint.person_id, ids),
            Complaint.level == _GRAVE,
            Complaint.withdrawn_at.is_(None),
            Complaint.on_day > months_before(day, months),
            Complaint.on_day <= day,
        )
        .group_by(Complaint.person_id)
    )
    known = {person_id: (count, last) for person_id, count, last in rows}
    label = Localized(
        f"{months} 个月内没有成立的三级投诉",
        f"No upheld level-3 complaint in {months} months",
    )

    def result(person_id: int) -> CriterionResult:
        count, last = known.get(person_id, (0, None))
        change = Localized(
            f"最近一次在 {last}，满 {months} 个月后不再计入",
            f"The last was on {last}; it counts for {months} months",
        )
        return CriterionResult(
            "complaints", label, _state(count == 0), str(count), "0",
            change=change if count else Localized(),
        )  # fmt: skip

    return _each(ids, result)


def has_withdrawn(session: Session, person_id: int, by: int | None, since: date) -> bool:
    """Whether somebody withdrew a level-3 complaint about the person from after a day."""
    found = select(Complaint.id).where(
        Complaint.person_id == person_id,
        Complaint.level == _GRAVE,
        Complaint.withdrawn_at.is_not(None),
        Complaint.withdrawn_by == by,
        Complaint.on_day > since,
    )
    return session.scalar(found.limit(1)) is not None


def _recommended(
    session: Session, ids: Sequence[int], policy: PolicyInForce, track: Track, year: int, _d: date
) -> By:
    if not policy["recommendation"]:
        return {}
    given = set(
        session.scalars(
            select(Recommendation.person_id).where(
                _among(Recommendation.person_id, ids),
                Recommendation.target == track.key,
                Recommendation.year == year,
                Recommendation.withdrawn_at.is_(None),
            )
        )
    )
    label = Localized("主管推荐", "Recommended by a supervisor")
    change = Localized("请主管填写推荐意见", "A supervisor has to write a recommendation")
    return _each(
        ids,
        lambda person_id: CriterionResult(
            "recommendation", label, _state(person_id in given), str(int(person_id in given)), "1",
            change=Localized() if person_id in given else change,
        ),
    )  # fmt: skip
