"""Appeals against a frozen verdict; while one, or one against a month, is undecided, so is a
nomination."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Appealable,
    AppealSubject,
    Localized,
    NotFound,
    Session,
    appealed_months,
    pending_appeals,
)
from lms.plugins.promotion.models import Archive, ArchivedVerdict
from lms.plugins.promotion.policy import TRACKS

KIND = "promotion.verdict"
_WORDS = {
    "eligible": Localized("符合条件", "eligible"),
    "not_yet": Localized("尚未具备", "not yet"),
}


def is_contested(session: Session, person_id: int) -> bool:
    return bool(pending_appeals(session, KIND, person_id) or appealed_months(session, person_id))


def frozen(session: Session, person_id: int, year: int, target: str) -> int | None:
    """The id of a person's newest frozen verdict."""
    return session.scalar(
        select(ArchivedVerdict.id)
        .join(Archive, Archive.id == ArchivedVerdict.archive_id)
        .where(
            ArchivedVerdict.person_id == person_id, Archive.year == year, Archive.target == target
        )
        .order_by(Archive.number.desc())
        .limit(1)
    )


def _find(session: Session, verdict_id: int) -> AppealSubject | None:
    row = session.get(ArchivedVerdict, verdict_id)
    archive = session.get(Archive, row.archive_id) if row else None
    if row is None or archive is None:
        return None
    name = TRACKS[archive.target].name
    said = _WORDS.get(row.verdict, Localized("不适用", "not applicable"))
    return AppealSubject(
        person_id=row.person_id,
        title=Localized(
            f"{archive.year} 年晋级{name.zh}：{said.zh}",
            f"Promotion to {name.en}, {archive.year}: {said.en}",
        ),
        url=_page(row, archive),
        final_at=archive.made_at,
        involved=frozenset({archive.made_by} if archive.made_by else ()),
    )


def _nothing(_session: Session, _verdict_id: int, _now: datetime) -> None:
    """What a pending one holds, the decision asks for (`is_contested`)."""


def _uphold(session: Session, verdict_id: int, _decider: Actor, _now: datetime) -> str:
    row = session.get(ArchivedVerdict, verdict_id)
    archive = session.get(Archive, row.archive_id) if row else None
    if row is None or archive is None:
        raise NotFound("There is nothing here to appeal against.")
    return _page(row, archive)


def _page(row: ArchivedVerdict, archive: Archive) -> str:
    return f"/promotion/{row.person_id}?year={archive.year}&track={archive.target}"


VERDICT = Appealable(
    kind=KIND,
    label=Localized("晋级结论", "Promotion verdict"),
    permission="promotion.decide",
    find=_find,
    hold=_nothing,
    release=_nothing,
    uphold=_uphold,
)
