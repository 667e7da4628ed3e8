"""Putting what was read into a bank: new questions, new versions of known ones, nothing twice."""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.plugins.api import (
    FILE_KINDS,
    Actor,
    DomainError,
    Localized,
    Session,
    audit,
    upload_limits,
)
from lms.plugins.exams.content import load_entries
from lms.plugins.exams.dumping import current_versions, entry_of_version
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Draft, Found, Place
from lms.plugins.exams.importing.merging import merged, only_side
from lms.plugins.exams.importing.spelling import identity, named_by
from lms.plugins.exams.media import items, keeping
from lms.plugins.exams.models import Bank, QuestionVersion
from lms.plugins.exams.types import KINDS
from lms.plugins.exams.wording import own_wording

Known = dict[str, tuple[QuestionVersion, str]]


@dataclass(frozen=True)
class Refused:
    place: Place
    reasons: tuple[DomainError, ...]
    stem: str


@dataclass
class Plan:
    """What importing would do. `added` and `changed`: entries with their keys."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    same: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.added) + len(self.changed) + self.same


def plan(session: Session, bank: Bank | None, found: Found) -> Plan:
    """Compares with the bank as it is; stores nothing."""
    known = _known(session, bank)
    result, seen = Plan(), dict[str, Place]()
    for draft in found.drafts:
        entry = entry_of(draft)
        _check_sizes(session, draft)
        if not draft.reasons:
            name = _name(entry)
            if name in seen:
                draft.reasons.append(
                    DomainError("The same question stands at %(place)s.", place=seen[name])
                )
            seen.setdefault(name, draft.place)
        if draft.reasons:
            result.refused.append(Refused(draft.place, tuple(draft.reasons), draft.stem[:80]))
        elif (twin := _twin(known, entry, name)) is None:
            entry["key"] = "q-" + hashlib.sha256(name.encode()).hexdigest()[:16]
            result.added.append(entry)
        elif changed := merged(entry_of_version(twin[0]), entry, twin[1]):
            result.changed.append(changed)
        else:
            result.same += 1
    return result


def _known(session: Session, bank: Bank | None) -> Known:
    """The bank's questions by what they ask, in each language they ask it in."""
    found: Known = {}
    for version in current_versions(session, bank.id) if bank else ():
        options = [Localized.of(o) for o in named_by(version.type, own_wording(version))]
        for side in ("zh", "en"):
            stem = getattr(version.stem, side)
            if stem:
                name = identity(stem, [getattr(o, side) or o.pick(side) for o in options])
                found[name] = version, side
                if version.media:
                    found[_shown(name, version.media)] = version, side
    return found


def _twin(known: Known, entry: dict[str, Any], name: str) -> tuple[QuestionVersion, str] | None:
    """The question of the bank that asks the same. With other pictures it is another one; a file
    that brings none is silent about them."""
    if name in known or "media" not in entry:
        return known.get(name)
    without = known.get(_name({**entry, "media": []}))
    return without if without and not without[0].media else None


def _shown(name: str, media: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join([name, *items.hashes(media)])


def _check_sizes(session: Session, draft: Draft) -> None:
    for file in draft.files:
        limit = upload_limits(session)[FILE_KINDS[file.described["kind"]].family]
        if len(file.content) > limit * 1024 * 1024:
            draft.reasons.append(
                DomainError("%(name)s is larger than %(limit)s MB.", name=file.name, limit=limit)
            )


def keep_files(session: Session, found: Found, now: datetime) -> None:
    """The pictures and recordings of what is not refused, before the questions are stored."""
    for draft in found.drafts:
        for file in () if draft.reasons else draft.files:
            keeping.keep(session, io.BytesIO(file.content), file.name, now)


def _name(entry: dict[str, Any]) -> str:
    options = named_by(entry["type"], KINDS[entry["type"]].wording(entry))
    name = identity(only_side(entry["stem"]), [only_side(option) for option in options])
    return _shown(name, entry.get("media", ()))


def find_bank(session: Session, name: str) -> Bank | None:
    """By key, or by its title in either language."""
    for bank in session.scalars(select(Bank).order_by(Bank.id)):
        if name in (bank.key, bank.title.zh, bank.title.en):
            return bank
    return None


def store(
    session: Session, bank_name: str, found: Plan, *, file: str, actor: Actor, now: datetime
) -> Bank:
    """Add and change what was planned, all of it or nothing; a new name makes a new bank."""
    bank = find_bank(session, bank_name)
    if bank is None:
        bank = Bank(key=_key(bank_name), title=Localized(bank_name, bank_name))
        session.add(bank)
        session.flush()
    load_entries(session, bank.id, [*found.added, *found.changed], file, now)
    audit.record(
        session, actor, "exam.import", ("question_bank", bank.id), now=now,
        file=file, added=len(found.added), changed=len(found.changed),
    )  # fmt: skip
    return bank


def _key(name: str) -> str:
    words = re.findall("[a-z0-9]+", name.lower())
    if words and name.isascii():
        return "-".join(words)[:64]
    return "bank-" + hashlib.sha256(name.encode()).hexdigest()[:8]
