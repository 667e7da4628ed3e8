"""When a session is, in words of both languages and the organisation's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from lms.courses.sessions.models import TrainingSession
from lms.db import Localized
from lms.errors import DomainError
from lms.people.organisation import zone

_DAY = {"zh_Hans": "y年M月d日 EEE", "en": "EEE d MMM y"}


def when(planned: TrainingSession) -> Localized:
    """`Mon 2 Nov 2026, 14:00–15:30`; the day of the end only if it is another."""
    return Localized(_span(planned, "zh_Hans", " "), _span(planned, "en", ", "))


def _span(planned: TrainingSession, locale: str, comma: str) -> str:
    first, last = planned.starts_at.astimezone(zone()), planned.ends_at.astimezone(zone())
    begin = f"{format_datetime(first, _DAY[locale], locale=locale)}{comma}{first:%H:%M}"
    if first.date() == last.date():
        return f"{begin}–{last:%H:%M}"
    return f"{begin} – {format_datetime(last, _DAY[locale], locale=locale)}{comma}{last:%H:%M}"


def from_wall(wall: datetime, where: ZoneInfo) -> datetime:
    """The instant a clock on the wall shows; of a time shown twice in autumn, the first.

    DomainError for a time that the change to summer time leaves out.
    """
    at = wall.replace(tzinfo=where).astimezone(UTC)
    if at.astimezone(where).replace(tzinfo=None) != wall:
        raise DomainError(
            "The clocks go forward then: there is no such time on that day.", field="starts_at"
        )
    return at
