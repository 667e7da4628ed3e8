"""Nobody's customer stands in a published case: what looks like one is replaced or confirmed.

What the published version already says is not asked about again, so neither is starter content.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.cases import content, identities
from lms.cases.content import TEXTS, CaseContent
from lms.cases.identities import Kind
from lms.cases.models import CaseState, CaseVersion, HarmlessText
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError

_SIDES = ("zh", "en")


class Place(NamedTuple):
    """Where something stands: a field or list of the case, its row (from 1; 0: no list), a side."""

    section: str
    row: int
    side: str


@dataclass
class Asked:
    """A distinct text that could tell who somebody is, everywhere it stands."""

    kind: Kind
    text: str
    instead: list[str]
    places: list[Place] = field(default_factory=list)
    confirmed: HarmlessText | None = None


def asked(
    case: CaseContent,
    confirmed: Iterable[HarmlessText] = (),
    published: CaseContent | None = None,
) -> list[Asked]:
    """What is found in the case, what nobody has confirmed yet first."""
    known = {one.text: one for one in confirmed}
    public = {found.text for _, found in _found(published)} if published else set()
    by_text: dict[str, Asked] = {}
    for place, found in _found(case):
        if found.text in public:
            continue
        one = by_text.setdefault(found.text, Asked(found.kind, found.text, []))
        one.confirmed = known.get(found.text)
        if place not in one.places:
            one.places.append(place)
        if found.instead not in one.instead:
            one.instead.append(found.instead)
    return sorted(by_text.values(), key=lambda one: one.confirmed is not None)


def _found(case: CaseContent) -> Iterator[tuple[Place, identities.Finding]]:
    names = _names(case)
    for place, text in _texts(case):
        for found in identities.find(text, place.side, names):
            yield place, found


def _names(case: CaseContent) -> list[str]:
    """Whoever is named with a title anywhere in the case: looked for without it everywhere."""
    found = (one for place, text in _texts(case) for one in identities.find(text, place.side))
    return sorted({name for one in found if (name := identities.bare_name(one))}, key=len)[::-1]


def _texts(case: CaseContent) -> Iterator[tuple[Place, str]]:
    for name in ("title", "scenario", "category"):
        yield from _both(name, getattr(case, name))
    for side in _SIDES:
        for tag in case.tags.get(side, ()):
            yield Place("tags", 0, side), tag
    for name in ("dialogue", "handling"):
        for row, line in enumerate(getattr(case, name), 1):
            yield from _both(name, line, row)
    for name in ("result", "lessons"):
        yield from _both(name, getattr(case, name))


def _both(name: str, text: Localized | content.Line, row: int = 0) -> Iterator[tuple[Place, str]]:
    for side in _SIDES:
        yield Place(name, row, side), getattr(text, side)


def still_open(found: Iterable[Asked]) -> set[str]:
    """The texts that nobody has confirmed."""
    return {one.text for one in found if one.confirmed is None}


def replaced(case: CaseContent, only: Collection[str]) -> CaseContent:
    """The case with what was found, as far as it is one of `only`, said of nobody.

    A name goes with its title and without: nothing would ask about what is left of it.
    """
    names = _names(case)
    wanted = {*only, *(name for name in names if any(name in text for text in only))}

    def new(side: str) -> Callable[[str], str]:
        return lambda text: identities.replaced(text, side, wanted, names)

    def text(old: Localized) -> Localized:
        return Localized(new("zh")(old.zh), new("en")(old.en))

    texts: dict[str, Any] = {name: text(getattr(case, name)) for name in TEXTS}
    return replace(
        case,
        **texts,
        tags={side: [new(side)(tag) for tag in case.tags.get(side, ())] for side in _SIDES},
        dialogue=[
            replace(line, zh=new("zh")(line.zh), en=new("en")(line.en)) for line in case.dialogue
        ],
        handling=[text(step) for step in case.handling],
    )


def about(
    session: Session,
    version: CaseVersion,
    case: CaseContent | None = None,
    published: CaseVersion | None = None,
) -> list[Asked]:
    """What is asked about a draft, as stored or as being typed (`case`).

    `published`: the version readers see; looked for when it is not given.
    """
    if published is None:
        is_it = (
            CaseVersion.case_id == version.case_id,
            CaseVersion.state == CaseState.PUBLISHED,
        )
        published = session.scalar(select(CaseVersion).where(*is_it))
    before = content.of(published) if published else None
    return asked(case or content.of(version), confirmed(session, version.id), before)


def confirmed(session: Session, version_id: int) -> Sequence[HarmlessText]:
    found = select(HarmlessText).where(HarmlessText.version_id == version_id)
    return session.scalars(found.options(joinedload(HarmlessText.person))).all()


def confirm(
    session: Session, version: CaseVersion, text: str, *, actor: Actor, now: datetime
) -> None:
    """A person says that this text of the draft tells of nobody; saying it twice is once.

    The audit log says what kind of text and not which: it outlives what was mistaken.
    """
    if version.state not in (CaseState.DRAFT, CaseState.IN_REVIEW):
        raise Conflict("This case is not waiting for review any more.")
    one = next((one for one in about(session, version) if one.text == text), None)
    if one is None:
        raise Conflict("This does not stand in the case any more.")
    if one.confirmed is not None:
        return
    row = HarmlessText(
        version_id=version.id, kind=one.kind, text=text, person_id=actor.person_id, at=now
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody else said so at the same time
        return
    audit.record(
        session, actor, "case.harmless", ("case_version", version.id), now=now,
        kind=one.kind.value, confirmation=row.id,
    )  # fmt: skip


def refuse_unconfirmed(session: Session, version: CaseVersion) -> None:
    """DomainError while a finding is neither replaced nor confirmed."""
    open_ones = sorted(still_open(about(session, version)))
    if open_ones:
        raise DomainError(
            "This could tell who somebody is: %(texts)s. Replace it, or confirm that it is "
            "invented.",
            field="identities",
            texts=", ".join(open_ones[:5]) + (" …" if len(open_ones) > 5 else ""),
        )
