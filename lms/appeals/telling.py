"""Who is told of an appeal, and of its decision."""

from collections.abc import Collection
from datetime import datetime

from lms.appeals.models import Appeal, AppealState
from lms.db import Localized, Session
from lms.people.models import Person
from lms.people.notices import notify


def of_appeal(session: Session, appeal: Appeal, deciders: Collection[int], now: datetime) -> None:
    name = session.get_one(Person, appeal.person_id).name
    text = Localized(
        f"{name}对“{appeal.title.pick('zh')}”提出申诉",
        f"{name} appeals: “{appeal.title.pick('en')}”",
    )
    notify(session, sorted(deciders), "appeal.filed", text, f"/appeals/{appeal.id}", now)


def of_decision(session: Session, appeal: Appeal, involved: Collection[int], now: datetime) -> None:
    """The person, and whoever gave what was appealed against."""
    upheld = appeal.state == AppealState.UPHELD
    zh, en = ("申诉成立", "upheld") if upheld else ("申诉未成立", "declined")
    text = Localized(
        f"“{appeal.title.pick('zh')}”：{zh}", f"“{appeal.title.pick('en')}”: appeal {en}"
    )
    url = f"/appeals/{appeal.id}"
    notify(session, [appeal.person_id], "appeal.decided", text, url, now)
    notify(session, sorted(involved), "appeal.decided", text, appeal.url, now)


def of_naming(session: Session, appeal: Appeal, rater_id: int, now: datetime) -> None:
    """Whoever was named to score it anew, with the way to it; nothing of what was given before."""
    text = Localized(
        f"请您重新评分：“{appeal.title.pick('zh')}”（申诉成立）",
        f"You are asked to score this anew: “{appeal.title.pick('en')}” (an appeal was upheld)",
    )
    notify(session, [rater_id], "appeal.rater", text, "/scoring", now)
