"""Persons, their teams and positions over time, leave, clearance, roles, accounts, notices."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from lms.db import Code, Localized, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column


class Level(StrEnum):
    AGENT = "agent"
    SENIOR_AGENT = "senior_agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"


class Employment(StrEnum):
    REGULAR = "regular"
    TEMPORARY = "temporary"


class Channel(StrEnum):
    ONLINE = "online"
    PHONE = "phone"
    EMAIL = "email"


class Organisation(Model):
    """The one organisation this installation serves (a single row, id 1)."""

    __tablename__ = "organisation"
    id: Mapped[Pk]
    name: Mapped[Localized]
    timezone: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)
    # Weekdays without work, 1 being Monday; none: Saturday and Sunday.
    rest_days: Mapped[list[Any] | None]
    # How often somebody known got another name or number (lms.people.names).
    names_changed: Mapped[int] = mapped_column(default=0, server_default="0")


class CalendarDay(Model):
    """A date on which the organisation works, or not, whatever its weekday says."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")


class Team(Model):
    __tablename__ = "team"
    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(unique=True)


class Person(Model):
    """Team, level and channel are the present ones; `Position` has their history."""

    __tablename__ = "person"
    id: Mapped[Pk]
    staff_no: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    level: Mapped[Code]
    channel: Mapped[Code]
    employment: Mapped[Code]
    hired_on: Mapped[date]
    left_on: Mapped[date | None]
    locale: Mapped[str] = mapped_column(default="zh_Hans")
    # As HR gave it, and when.
    email: Mapped[str | None]
    email_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship()
    account: Mapped["Account | None"] = relationship(back_populates="person")


class Position(Model):
    """From this day on (until the next row) the person's team, level and channel."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("person_id", "from_day"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    from_day: Mapped[date]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    level: Mapped[Code]
    channel: Mapped[Code]


class Leave(Model):
    """Both ends included."""

    __tablename__ = "leave"
    __table_args__ = (
        UniqueConstraint("person_id", "first_day", "last_day"),
        CheckConstraint("first_day <= last_day", name="order"),
    )
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")


class ClearanceSource(StrEnum):
    PROGRAMME = "programme"
    HISTORY = "history"
    OVERRIDE = "override"


class Clearance(Model):
    """A grant of clearance for duty; it ends by `until` or by revocation, never by deletion.

    `channels`: those it is for (see `lms.people.channels`), none: all. `enrolment_id`: the course
    it came of. `replaces_id`: the wider one of which this is what a revocation left; it has the
    same first day, for the channels left were held all the time.
    """

    __tablename__ = "clearance"
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    from_day: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[Code]
    channels: Mapped[str | None]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("clearance.id"))
    reason: Mapped[str] = mapped_column(default="")
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    revoked_on: Mapped[date | None]
    revoked_reason: Mapped[str] = mapped_column(default="")


class ClearanceGate(Model):
    """A major version asks those cleared by an older one for its delta; until it is done, what
    they were cleared by does not hold.

    `cleared_by`: the enrolment the clearance came of. `asked`: the enrolment in the delta, done by
    the day before `from_day`. `until_day`: the first day on which the clearance holds again, at
    most `from_day` where it was done in time. `begun_at`: when they were told that it rests now.
    """

    __tablename__ = "clearance_gate"
    __table_args__ = (UniqueConstraint("cleared_by", "version_id"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    cleared_by: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("programme_version.id"))
    asked: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    from_day: Mapped[date] = mapped_column(index=True)
    until_day: Mapped[date | None]
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RoleAssignment(Model):
    """A supervisor's `team_id` is the team they see; empty means the team they belong to."""

    __tablename__ = "role_assignment"
    __table_args__ = (UniqueConstraint("person_id", "role", "team_id"),)
    id: Mapped[Pk]
    person_id: Mapped[PersonId]
    role: Mapped[Code]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))


class Account(Model):
    """How a person signs in. `session_version` ends all sessions when raised."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str | None]
    session_version: Mapped[int] = mapped_column(default=1)
    activation_hash: Mapped[str | None] = mapped_column(unique=True)
    activation_expires: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="account")


class Notification(Model):
    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_unread", "person_id", "read_at"),)
    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Code]
    text: Mapped[Localized]
    url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class ApiToken(Model):
    """Lets another system ask or send, for one purpose, without a person's account.

    The token itself is known to its holder alone. Of a purpose's tokens in use none share a name.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        PartialIndex(
            "uq_api_token_in_use", "purpose", "name", unique=True,
            where="revoked_at IS NULL",
        ),
    )  # fmt: skip
    id: Mapped[Pk]
    purpose: Mapped[Code]
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
