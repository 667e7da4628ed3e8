"""Everything that happened to a person, newest first: positions, courses, clearance, leave."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from lms.clock import local_date
from lms.courses.gating import Standing
from lms.courses.models import EnrolmentStatus
from lms.db import Localized, Session
from lms.people.channels import in_words, named_in
from lms.people.models import Channel, Clearance, Leave, Person, Position, Team
from lms.people.organisation import zone
from lms.people.words import CHANNELS, LEVELS, SOURCES, named


class Happening(NamedTuple):
    """`tone` and `icon` as the timeline macro takes them."""

    day: date
    title: Localized
    text: Localized | str = ""
    icon: str = "circle-dot"
    tone: str = ""
    enrolment_id: int | None = None


def timeline(
    session: Session, person: Person, clearances: Iterable[Clearance], courses: Iterable[Standing]
) -> list[Happening]:
    """Two queries; clearances and courses are those the page has read already."""
    found = [
        *_positions(session, person),
        *_leaves(session, person),
        *_clearances(list(clearances)),
        *(entry for course in courses for entry in _course(course)),
    ]
    return sorted(found, key=lambda entry: entry.day)[::-1]


def _positions(session: Session, person: Person) -> list[Happening]:
    rows = session.execute(
        select(Position, Team.name)
        .outerjoin(Team, Team.id == Position.team_id)
        .where(Position.person_id == person.id)
        .order_by(Position.from_day)
    ).all()
    found = []
    for number, (position, team) in enumerate(rows):
        level, channel = named(LEVELS, position.level), named(CHANNELS, position.channel)
        what = Localized(
            " · ".join(part for part in (team, level.zh, channel.zh) if part),
            " · ".join(part for part in (team, level.en, channel.en) if part),
        )
        title = (
            Localized("入职", "Joined") if number == 0 else Localized("岗位变动", "New position")
        )
        icon = "user-plus" if number == 0 else "briefcase"
        found.append(Happening(position.from_day, title, what, icon))
    if person.left_on:
        found.append(Happening(person.left_on, Localized("离职", "Left"), "", "logout"))
    return found


def _leaves(session: Session, person: Person) -> list[Happening]:
    rows = session.scalars(select(Leave).where(Leave.person_id == person.id))
    return [
        Happening(
            leave.first_day,
            Localized(f"休假至 {leave.last_day}", f"On leave until {leave.last_day:%d %b %Y}"),
            leave.reason,
            "calendar",
        )
        for leave in rows
    ]


def _clearances(every: Sequence[Clearance]) -> list[Happening]:
    """What a partial revocation left is told as that revocation, and not as a new clearance."""
    left = {clearance.replaces_id: clearance for clearance in every}
    found = []
    for clearance in every:
        if clearance.replaces_id is None:
            found.append(_granted(clearance))
        if clearance.revoked_on:
            rest = left.get(clearance.id)
            gone = set(named_in(clearance.channels)) - set(named_in(rest.channels) if rest else ())
            words = in_words(channel for channel in Channel if channel in gone)
            title = (
                Localized(f"撤销上岗资格：{words.zh}", f"Clearance revoked: {words.en}")
                if rest
                else Localized("撤销上岗资格", "Clearance revoked")
            )
            reason = clearance.revoked_reason
            found.append(Happening(clearance.revoked_on, title, reason, "circle-x", "bad"))
    return found


def _granted(clearance: Clearance) -> Happening:
    until = clearance.until
    only = in_words(named_in(clearance.channels)) if clearance.channels else None
    zh, en = (f"（{only.zh}）", f": {only.en}") if only else ("", "")
    title = (
        Localized(f"上岗资格（至 {until}）{zh}", f"Cleared for duty (until {until:%d %b %Y}){en}")
        if until
        else Localized(f"取得上岗资格{zh}", f"Cleared for duty{en}")
    )
    source = named(SOURCES, clearance.source)
    why = clearance.reason
    text = Localized(f"{source.zh}：{why}", f"{source.en}: {why}") if why else source
    return Happening(clearance.from_day, title, text, "shield-check", "ok")


def _course(course: Standing) -> list[Happening]:
    enrolment, name = course.enrolment, course.outline.title
    zh, en = name.pick("zh"), name.pick("en")
    began = Localized(f"开始「{zh}」", f"Began “{en}”")
    found = [
        Happening(enrolment.starts_on, began, enrolment.reason, "school", "accent", enrolment.id)
    ]
    if enrolment.ended_at:
        is_done = enrolment.status == EnrolmentStatus.COMPLETED
        title = (
            Localized(f"完成「{zh}」", f"Completed “{en}”")
            if is_done
            else Localized(f"取消「{zh}」", f"Cancelled “{en}”")
        )
        day = local_date(enrolment.ended_at, zone())
        icon, tone = ("circle-check", "ok") if is_done else ("x", "")
        found.append(Happening(day, title, "", icon, tone, enrolment.id))
    return found
