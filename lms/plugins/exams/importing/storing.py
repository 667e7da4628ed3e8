"""Putting what was read into a bank: new questions, new versions of known ones, nothing twice."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Actor, DomainError, Localized, Session, audit
from lms.plugins.exams.content import load_entries
from lms.plugins.exams.dumping import current_versions, entry_of_version
from lms.plugins.exams.importing.checking import entry_of
from lms.plugins.exams.importing.drafts import Found, Place
from lms.plugins.exams.importing.merging import merged, only_side
from lms.plugins.exams.importing.spelling import identity
from lms.plugins.exams.models import Bank, QuestionVersion
from lms.plugins.exams.types import KINDS

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
        if not draft.reasons:
            name = _name(entry)
            if name in seen:
                draft.reasons.append(
                    DomainError("The same question stands at %(place)s.", place=seen[name])
                )
            seen.setdefault(name, draft.place)
        if draft.reasons:
            result.refused.append(Refused(draft.place, tuple(draft.reasons), draft.stem[:80]))
        elif name not in known:
            entry["key"] = "q-" + hashlib.sha256(name.encode()).hexdigest()[:16]
            result.added.append(entry)
        elif changed := merged(entry_of_version(known[name][0]), entry, known[name][1]):
            result.changed.append(changed)
        else:
            result.same += 1
    return result


def _known(session: Session, bank: Bank | None) -> Known:
    """The bank's questions by what they ask, in each language they ask it in."""
    found: Known = {}
    for version in current_versions(session, bank.id) if bank else ():
        options = [] if version.type == "true_false" else [Localized.of(o) for o in version.options]
        for side in ("zh", "en"):
            stem = getattr(version.stem, side)
            if stem:
                name = identity(stem, [getattr(o, side) or o.pick(side) for o in options])
                found[name] = version, side
    return found


def _name(entry: dict[str, Any]) -> str:
    is_binary = entry["type"] == "true_false"
    options = [] if is_binary else KINDS[entry["type"]].wording(entry).options
    return identity(only_side(entry["stem"]), [only_side(option) for option in options])


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
