"""ISO weeks of the organisation's time zone, each named by its Monday."""

from datetime import date, datetime, timedelta

from lms.plugins.api import Localized, local_date, zone


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def this_monday(now: datetime) -> date:
    return monday_of(local_date(now, zone()))


def last_day(monday: date) -> date:
    return monday + timedelta(days=6)


def following(monday: date) -> date:
    return monday + timedelta(weeks=1)


def code(monday: date) -> str:
    """`2026-W45`: how a week is written in addresses and forms."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def parse(text: str) -> date | None:
    """The Monday of `2026-W45`; None for anything else."""
    year, mark, week = text.partition("-W")
    if not (mark and year.isdecimal() and week.isdecimal() and (year + week).isascii()):
        return None
    try:
        return date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return None


def name(monday: date) -> Localized:
    """2026 年第 45 周 / Week 45 of 2026."""
    year, week, _ = monday.isocalendar()
    return Localized(f"{year} 年第 {week} 周", f"Week {week} of {year}")
