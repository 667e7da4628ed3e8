"""Time: one injected clock, UTC instants, and calendar months of the organisation's time zone."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from lms.current import the_app


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is moved: for tests and for replaying the past."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def now() -> datetime:
    """The running application's present instant (UTC)."""
    clock: Clock = the_app().extensions["lms_clock"]
    return clock.now()


def local_date(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, counted in months since year 0 so that neighbours differ by 1."""

    index: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year * 12 + day.month - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2026-03``; anything else raises ValueError."""
        year, dash, month = text.partition("-")
        if not (dash and len(year) == 4 and len(month) == 2 and (year + month).isascii()):
            raise ValueError(f"not a month: {text!r} (write it as 2026-03)")
        return cls.of(date(int(year), int(month), 1))

    @property
    def year(self) -> int:
        return self.index // 12

    @property
    def first_day(self) -> date:
        return date(self.year, self.index % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        return self.first_day.replace(day=self.days)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.index % 12 + 1)[1]

    def plus(self, months: int) -> Self:
        return type(self)(self.index + months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.index % 12 + 1:02d}"
