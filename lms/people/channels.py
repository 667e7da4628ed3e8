"""The channels a clearance is for, as one short text: `online,phone`; none: all."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from lms.db import Localized
from lms.people.models import Channel
from lms.people.words import CHANNELS

Stored = InstrumentedAttribute[str | None]


def stored(channels: Iterable[str]) -> str | None:
    """None for all of them, and where none is named."""
    chosen = set(channels)
    return ",".join(c for c in Channel if c in chosen) if 0 < len(chosen) < len(Channel) else None


def named_in(text: str | None) -> tuple[Channel, ...]:
    return tuple(c for c in Channel if text is None or c in text.split(","))


def union(texts: Iterable[str | None]) -> tuple[Channel, ...]:
    """The channels of several clearances together; of no clearance, none."""
    known = {channel for text in texts for channel in named_in(text)}
    return tuple(c for c in Channel if c in known)


def covers(held: Stored, channel: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That a stored text includes a channel. No code of a channel is part of another's."""
    # Not `contains`: a column of another table may be compared, which must not act as a pattern.
    wanted = literal(channel) if isinstance(channel, str) else channel
    return or_(held.is_(None), ("," + held + ",").like("%," + wanted + ",%"))


def covers_all(held: Stored, wanted: Stored) -> ColumnElement[bool]:
    """That one stored text includes every channel of another."""
    return and_(*(or_(~covers(wanted, c), covers(held, c)) for c in Channel))


def in_words(channels: Iterable[str]) -> Localized:
    words = [CHANNELS[channel] for channel in channels]
    return Localized("、".join(w.zh for w in words), ", ".join(w.en for w in words))
