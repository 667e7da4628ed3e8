"""Telling of due dates, each once: the learner before and after, the supervisor after.

What was told stands in a table, written in the transaction of the notice itself. A due date that
moves is told anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from sqlalchemy import ColumnElement, select

from lms import policies
from lms.clock import local_date
from lms.courses import queries
from lms.courses.deadlines.models import Reminder
from lms.courses.deadlines.policy import DEADLINES
from lms.courses.models import Enrolment, ProgrammeVersion
from lms.db import Localized, Session
from lms.people import notices
from lms.people.models import Person
from lms.people.organisation import zone
from lms.people.services import supervisors_by_team

BEFORE, AFTER, SUPERVISOR = "before", "after", "supervisor"
# So many in one transaction: on SQLite it keeps other writers waiting.
_BATCH = 500


def remind(session: Session, _payload: Mapping[str, Any], now: datetime) -> None:
    """The periodic job; commits after each batch."""
    policy = policies.in_force(session, DEADLINES)
    today = local_date(now, zone())
    soon = Enrolment.due_on.between(today, today + timedelta(days=policy["remind_before"]))
    late = Enrolment.due_on <= today - timedelta(days=policy["remind_after"])
    very_late = Enrolment.due_on <= today - timedelta(days=policy["tell_supervisor_after"])
    for kind, where in ((BEFORE, soon), (AFTER, late), (SUPERVISOR, very_late)):
        while rows := _untold(session, kind, where):
            session.add_all(
                Reminder(enrolment_id=row.id, kind=kind, due_on=row.due_on, at=now) for row in rows
            )
            if kind == SUPERVISOR:
                _tell_supervisors(session, rows, now)
            else:
                _tell_learners(session, kind, rows, now, today)
            session.commit()


def _untold(session: Session, kind: str, where: ColumnElement[bool]) -> Sequence[Any]:
    told = select(Reminder.kind).where(
        Reminder.enrolment_id == Enrolment.id,
        Reminder.kind == kind,
        Reminder.due_on == Enrolment.due_on,
    )
    return session.execute(
        select(
            Enrolment.id, Enrolment.person_id, Enrolment.due_on, ProgrammeVersion.title,
            Person.name, Person.team_id,
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == Enrolment.version_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(queries.ACTIVE, Person.left_on.is_(None), where, ~told.exists())
        .order_by(Person.team_id, Enrolment.id)  # a supervisor hears of a team in one batch
        .limit(_BATCH)
    ).all()  # fmt: skip


def _tell_learners(
    session: Session, kind: str, rows: Sequence[Any], now: datetime, today: date
) -> None:
    for row in rows:
        zh, en = row.title.pick("zh"), row.title.pick("en")
        who, url = [row.person_id], f"/courses/{row.id}"
        if kind == BEFORE:
            text = _due_in((row.due_on - today).days, zh, en, row.due_on)
            notices.notify(session, who, "course.due", text, url, now)
        else:
            day_zh, day_en = _in_words(row.due_on)
            text = Localized(
                f"「{zh}」已于 {day_zh} 到期，请尽快完成；有困难可以申请延期",
                f"“{en}” was due on {day_en}: finish it soon, or ask for more time",
            )
            notices.notify(session, who, "course.overdue", text, url, now)


def _due_in(days: int, zh: str, en: str, due_on: date) -> Localized:
    if days == 0:
        return Localized(f"「{zh}」今天到期", f"“{en}” is due today")
    day_zh, day_en = _in_words(due_on)
    left = "1 day" if days == 1 else f"{days} days"
    return Localized(
        f"「{zh}」还有 {days} 天到期（{day_zh}）", f"“{en}” is due in {left} ({day_en})"
    )


def _in_words(day: date) -> tuple[str, str]:
    return format_date(day, "M月d日", "zh_Hans"), format_date(day, "EEE d MMM", "en")


def _tell_supervisors(session: Session, rows: Sequence[Any], now: datetime) -> None:
    """One notice each, however many of their people are late."""
    by_team = supervisors_by_team(session)
    late: dict[int, list[Any]] = {}
    for row in rows:
        for supervisor_id in by_team.get(row.team_id, ()):
            if supervisor_id != row.person_id:
                late.setdefault(supervisor_id, []).append(row)
    for supervisor_id, theirs in late.items():
        first, others = theirs[0], len(theirs) - 1
        zh, en = first.title.pick("zh"), first.title.pick("en")
        more_zh, more_en = (f"，另有 {others} 门", f", and {others} more") if others else ("", "")
        text = Localized(
            f"团队课程逾期：{first.name}「{zh}」{more_zh}",
            f"Overdue in your team: {first.name}, “{en}”{more_en}",
        )
        url = f"/courses/{first.id}" if not others else "/exceptions"
        notices.notify(session, [supervisor_id], "course.overdue_team", text, url, now)
