"""Who is told what, in both languages."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from lms.plugins.api import (
    Localized,
    Person,
    Session,
    SignOffAsked,
    Step,
    notify,
    supervisors_of,
)
from lms.plugins.mentoring.models import CheckIn, Pair

PAGE = "/mentoring"
KIND = "mentoring"


def url_of(pair: Pair) -> str:
    return f"{PAGE}/pairs/{pair.id}"


def chosen(
    session: Session, pair: Pair, first: date, *, before: Pair | None, now: datetime
) -> None:
    """Both of the new pair, and the mentor who hands over."""
    mentor, mentee = names(session, pair)
    to_mentor = Localized(
        f"您是 {mentee} 的导师了，首次跟进：{first:%m-%d}",
        f"You are the mentor of {mentee}. First check-in: {first:%d %b}",
    )
    to_mentee = Localized(
        f"您的导师是 {mentor}，首次跟进：{first:%m-%d}",
        f"{mentor} is your mentor. First check-in: {first:%d %b}",
    )
    notify(session, [pair.mentor_id], KIND, to_mentor, url_of(pair), now)
    notify(session, [pair.mentee_id], KIND, to_mentee, url_of(pair), now)
    if before is not None:
        handed = Localized(
            f"{mentor} 接替您担任 {mentee} 的导师，感谢您的付出",
            f"{mentor} takes over as the mentor of {mentee}. Thank you for what you did",
        )
        notify(session, [before.mentor_id], KIND, handed, f"{PAGE}/mine", now)


def ended(session: Session, pair: Pair, now: datetime) -> None:
    mentor, mentee = names(session, pair)
    to_mentor = Localized(
        f"与 {mentee} 的结对已结束，感谢您的付出",
        f"Your mentoring of {mentee} has ended. Thank you",
    )
    to_mentee = Localized(
        f"与导师 {mentor} 的结对已结束", f"Your time with {mentor} as mentor has ended"
    )
    notify(session, [pair.mentor_id], KIND, to_mentor, url_of(pair), now)
    notify(session, [pair.mentee_id], KIND, to_mentee, url_of(pair), now)


def planned(
    session: Session, pair: Pair, by: int | None, day: date, old: date | None, now: datetime
) -> None:
    """The other of the two."""
    mentor, mentee = names(session, pair)
    who, to = (mentor, pair.mentee_id) if by == pair.mentor_id else (mentee, pair.mentor_id)
    text = (
        Localized(
            f"{who} 把 {old:%m-%d} 的跟进改到 {day:%m-%d}",
            f"{who} moved your check-in from {old:%d %b} to {day:%d %b}",
        )
        if old
        else Localized(f"{who} 约您 {day:%m-%d} 跟进", f"{who} planned a check-in on {day:%d %b}")
    )
    notify(session, [to], KIND, text, url_of(pair), now)


def held(session: Session, check_in: CheckIn, now: datetime) -> None:
    mentor, _ = names(session, check_in.pair)
    text = Localized(f"导师 {mentor} 写了跟进记录", f"{mentor} wrote about your check-in")
    notify(session, [check_in.pair.mentee_id], KIND, text, url_of(check_in.pair), now)


def replied(session: Session, check_in: CheckIn, now: datetime) -> None:
    _, mentee = names(session, check_in.pair)
    text = Localized(f"{mentee} 回复了您的跟进记录", f"{mentee} answered what you wrote")
    notify(session, [check_in.pair.mentor_id], KIND, text, url_of(check_in.pair), now)


def due(session: Session, check_in: CheckIn, now: datetime) -> None:
    """Both, on the day."""
    pair = check_in.pair
    mentor, mentee = pair.mentor.name, pair.mentee.name
    to_mentor = Localized(f"今天与 {mentee} 跟进", f"Check-in with {mentee} today")
    to_mentee = Localized(f"今天与导师 {mentor} 跟进", f"Check-in with your mentor {mentor} today")
    notify(session, [pair.mentor_id], KIND, to_mentor, url_of(pair), now)
    notify(session, [pair.mentee_id], KIND, to_mentee, url_of(pair), now)


def late(session: Session, check_in: CheckIn, told: Iterable[int], now: datetime) -> None:
    pair, day = check_in.pair, check_in.due_on
    text = Localized(
        f"{pair.mentor.name} 与 {pair.mentee.name} 的跟进（{day:%m-%d}）已逾期",
        f"The check-in of {pair.mentor.name} with {pair.mentee.name} ({day:%d %b}) is overdue",
    )
    notify(session, told, KIND, text, f"{PAGE}?show=overdue", now)


def mentor_wanted(
    session: Session, people: list[Person], told: Iterable[int], now: datetime
) -> None:
    shown = "、".join(p.name for p in people), ", ".join(p.name for p in people)
    text = Localized(f"请为 {shown[0]} 安排导师", f"Choose a mentor for {shown[1]}")
    notify(session, told, KIND, text, PAGE, now)


def sign_off_asked(session: Session, event: SignOffAsked) -> None:
    """The mentor may sign too, so they are told like the supervisors."""
    mine = (Pair.mentee_id == event.person_id, Pair.ended_at.is_(None))
    row = session.execute(
        select(Pair.mentor_id, Person, Step.title)
        .join(Person, Person.id == Pair.mentee_id)
        .join(Step, Step.id == event.step_id)
        .where(*mine)
    ).one_or_none()
    if row is None:
        return
    mentor_id, person, title = row
    if mentor_id in supervisors_of(session, person):
        return
    zh, en = title.pick("zh"), title.pick("en")
    text = Localized(f"{person.name} 申请签核「{zh}」", f"{person.name} asks you to sign “{en}”")
    url = f"/sign-offs/{event.enrolment_id}/{event.step_id}"
    notify(session, [mentor_id], KIND, text, url, event.at)


def names(session: Session, pair: Pair) -> tuple[str, str]:
    """The mentor's and the mentee's."""
    both = select(Person.id, Person.name).where(Person.id.in_([pair.mentor_id, pair.mentee_id]))
    found = {person_id: name for person_id, name in session.execute(both)}
    return found[pair.mentor_id], found[pair.mentee_id]
