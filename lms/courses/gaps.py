"""Skill gaps: what several people of a team get wrong, and the course to give them for it.

Drill criteria come from the case library, the rest from plugins (`lms_skill_gaps`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from lms.audit import Actor
from lms.cases.gaps import criterion_gaps
from lms.clock import local_date
from lms.courses.audience.versions import KINDS
from lms.courses.models import Enrolment, EnrolmentStatus, Programme, ProgrammeVersion
from lms.courses.queries import is_latest
from lms.courses.services import enrol
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people import notices
from lms.people.models import Person
from lms.people.organisation import zone
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import SkillGap
from lms.policies import Parameter, Policy, in_force

SKILL_GAPS = Policy(
    "courses.skill_gaps",
    Localized("团队短板", "Skill gaps"),
    (
        Parameter("days", Localized("统计最近多少天", "Days looked back"), 90, 7, 365),
        Parameter(
            "min_people",
            Localized("至少几人才算团队短板", "People from whom on it is a gap of the team"),
            3,
            1,
            50,
        ),
    ),
)


@dataclass(frozen=True)
class Course:
    id: int
    title: Localized


@dataclass(frozen=True)
class Gap:
    """`courses`: what is assigned for it, the best fit first; `people` by name."""

    found: SkillGap
    people: list[Person]
    courses: list[Course]

    @property
    def count(self) -> int:
        return len(self.people)


@dataclass(frozen=True)
class Report:
    """The largest gap first; `fewer`: how many concern fewer people than the policy asks for."""

    gaps: list[Gap]
    fewer: int
    days: int
    min_people: int


def report(session: Session, scope: ColumnElement[bool], now: datetime) -> Report:
    """Of the people within the scope."""
    policy = in_force(session, SKILL_GAPS)
    found = _collect(session, scope, now - timedelta(days=policy["days"]))
    shown = [gap for gap in found if len(gap.person_ids) >= policy["min_people"]]
    people = _people(session, {i for gap in shown for i in gap.person_ids})
    courses = _courses(session) if shown else []
    gaps = [
        Gap(gap, [people[i] for i in gap.person_ids if i in people], _ranked(courses, gap))
        for gap in shown
    ]
    gaps.sort(key=lambda gap: (-gap.count, gap.found.code))
    return Report(gaps, len(found) - len(shown), policy["days"], policy["min_people"])


def assign(
    session: Session,
    code: str,
    programme_id: int,
    scope: ColumnElement[bool],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Enrol those whom the gap concerns now; returns how many were not in the course already."""
    gap = next((gap for gap in report(session, scope, now).gaps if gap.found.code == code), None)
    if gap is None:
        raise DomainError("This gap is no longer there.")
    course = next((course for course in gap.courses if course.id == programme_id), None)
    if course is None:
        raise DomainError("Choose a course.")
    known = _under_way(session, programme_id)
    new = [person for person in gap.people if person.id not in known]
    for person in new:
        enrolment = enrol(
            session, person.id, programme_id, starts_on=local_date(now, zone()), actor=actor,
            now=now, reason=reason,
        )  # fmt: skip
        zh, en = course.title.pick("zh"), course.title.pick("en")
        text = Localized(f"为您安排了课程「{zh}」", f"A course for you: “{en}”")
        url = f"/courses/{enrolment.id}"
        notices.notify(session, [person.id], "course.assigned", text, url, now)
    return len(new)


def _collect(session: Session, scope: ColumnElement[bool], since: datetime) -> Sequence[SkillGap]:
    others = plugins().collect(hookspecs.lms_skill_gaps, scope, since)
    return [*criterion_gaps(session, scope, since), *(gap for group in others for gap in group)]


def _people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    found = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.staff_no))
    return {person.id: person for person in found}


def _courses(session: Session) -> list[Course]:
    """What may be assigned: topic courses and tracks, in their latest version."""
    rows = session.execute(
        select(Programme.id, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(Programme.kind.in_(KINDS), is_latest())
        .order_by(Programme.kind, Programme.id)
    )
    return [Course(*row) for row in rows]


def _ranked(courses: list[Course], gap: SkillGap) -> list[Course]:
    return sorted(courses, key=lambda course: course.id not in gap.programme_ids)


def _under_way(session: Session, programme_id: int) -> set[int]:
    here = (Enrolment.programme_id == programme_id, Enrolment.status == EnrolmentStatus.ACTIVE)
    return set(session.scalars(select(Enrolment.person_id).where(*here)))
