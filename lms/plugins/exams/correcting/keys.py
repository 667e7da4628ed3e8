"""A corrected key in the numbers of an older wording, found by the texts of options and parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from lms.plugins.api import Localized, Session
from lms.plugins.exams.models import QuestionVersion, Regrade, Ruling
from lms.plugins.exams.types import CHOICES

_BY_OPTION = frozenset({*CHOICES, "ordering", "matching"})


def translated(new: QuestionVersion, old: QuestionVersion) -> list[Any] | None:
    """The new key in the numbers of the old wording; None if that asked something else."""
    if new.type != old.type or len(new.parts) != len(old.parts) or new.stem != old.stem:
        return None
    if _shown(new) != _shown(old):
        return None
    if new.type not in _BY_OPTION:
        return list(new.answer) if not new.needs_marker else None
    place = _places(new.options, old.options)
    if place is None:
        return None
    if new.type == "ordering":  # the key has the place of each option
        return _moved(new.answer, place)
    key = [place[number] for number in new.answer]
    if new.type != "matching":
        return sorted(key)
    sides = _places(new.parts, old.parts)
    return None if sides is None else _moved(key, sides)


def _places(mine: Sequence[Any], theirs: Sequence[Any]) -> list[int] | None:
    """Where each of the texts is among the others; None unless they are the same texts."""
    known = {_both(text): number for number, text in enumerate(theirs)}
    found = [known.get(_both(text)) for text in mine]
    places = [number for number in found if number is not None]
    return places if sorted(places) == list(range(len(theirs))) == sorted(known.values()) else None


def _shown(version: QuestionVersion) -> set[tuple[str, tuple[str, str] | None]]:
    """Pictures and recordings, and the texts of the options they belong to."""
    return {
        (i["sha256"], None if i["option"] is None else _both(version.options[i["option"]]))
        for i in version.media or ()
    }


def _moved(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [value for _, value in sorted(zip(places, values, strict=True), key=lambda p: p[0])]


def _both(text: Any) -> tuple[str, str]:
    found = Localized.of(text)
    return found.zh, found.en


class Corrected(NamedTuple):
    """The key that was put to the answers, or what was ruled of the question; `only_better`: not
    for those who would lose by it."""

    key: list[Any] | None
    ruling: str | None
    only_better: bool


def put_to(
    session: Session, versions: Sequence[QuestionVersion], started_at: datetime
) -> Mapping[int, Corrected]:
    """By version how its answers were marked anew last, in an attempt begun then; one query."""
    rows = session.execute(
        select(Regrade, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == Regrade.version_id)
        .where(QuestionVersion.question_id.in_({version.question_id for version in versions}))
        .order_by(Regrade.id)
    ).all()
    found = {}
    for version in versions:
        about = [
            (regrade, new)
            for regrade, new in rows
            if new.question_id == version.question_id and new.number >= version.number
        ]
        if last := _last(version, about, started_at):
            found[version.id] = last
    return found


def _last(
    version: QuestionVersion,
    regrades: Sequence[tuple[Regrade, QuestionVersion]],
    started_at: datetime,
) -> Corrected | None:
    """A key that came after a ruling takes it back, also where it says nothing for this wording:
    then what was the key before it is so again."""
    by_key = ruled = None
    for regrade, new in regrades:
        if regrade.ruling is not None:
            if regrade.created_at >= started_at:
                ruled = Corrected(None, regrade.ruling, regrade.only_better)
            continue
        keeps_full = regrade.only_better and ruled is not None and ruled.ruling == Ruling.FULL
        if version.needs_marker or keeps_full:
            continue
        ruled = None
        key = translated(new, version) if new.number > version.number else None
        if key is not None:
            by_key = Corrected(key, None, regrade.only_better)
    return ruled or by_key
