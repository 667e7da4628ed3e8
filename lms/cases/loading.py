"""Cases, rubrics and drills from files (see docs/content-format.md).

A case or rubric that differs from what was last loaded becomes its next version; what people wrote
on screen since is not touched by a file that has not changed.
"""

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.cases import content, publishing
from lms.cases.content import CaseContent, Line
from lms.cases.drills import LATER_REPLY
from lms.cases.models import Case, CaseState, CaseVersion, Drill, Outcome, Rubric, Stage
from lms.cases.pictures import copying, placing
from lms.cases.pictures.placing import GivenFile
from lms.cases.scoring.policy import MOST_RATERS
from lms.cases.scripts import checking
from lms.cases.scripts.nodes import START, Cue
from lms.content_files import documents
from lms.courses.content_entry import Entry
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.people.models import Channel

# What an author on screen may leave out as well.
_MAY_LACK = ("category", "result", "persona", "mood")


def load_cases(session: Session, folder: Path, now: datetime) -> int:
    """Store new and changed cases, published at once; returns how many.

    YAML and Markdown files; all are read before anything is stored. What was archived here stays
    archived, whatever its file says.
    """
    from lms.cases.files.folders import read_folder  # it reads cases with what is here

    found = read_folder(session, folder)
    found.refuse_problems()
    return sum(
        _store_case(session, case.key, case.content, now, case.pictures) for case in found.cases
    )


def read_case(path: Path, raw: Mapping[str, Any]) -> tuple[str, CaseContent]:
    entry = Entry(path.name, raw)
    entry.only(
        "key",
        "stage",
        "channel",
        "complaint_level",
        "outcome",
        "handling",
        "tags",
        "dialogue",
        "pictures",
        *content.TEXTS,
    )
    level = entry.number("complaint_level", low=0)
    if level not in content.LEVELS:
        raise entry.refuse("complaint_level", "This must be 0, 1, 2 or 3.")
    return entry.key(), CaseContent(
        stage=entry.choice("stage", tuple(Stage)),
        channel=entry.choice("channel", tuple(Channel)),
        complaint_level=level,
        outcome=entry.choice("outcome", tuple(Outcome)),
        **{name: _text(entry, name, _MAY_LACK) for name in content.TEXTS},
        tags=_tags(entry),
        dialogue=[
            Line(line.choice("who", content.WHO), **line.some())
            for line in entry.entries("dialogue")
        ],
        handling=[Localized(**step.some()) for step in entry.entries("handling")],
    )


def _text(entry: Entry, name: str, may_lack: Container[str]) -> Localized:
    if name in may_lack and not entry.has(name):
        return Localized()
    return Localized(**entry.some_text(name))


def _localized(entry: Entry, name: str) -> list[dict[str, str]]:
    return [item.some() for item in entry.entries(name)] if entry.has(name) else []


def _cues(entry: Entry, name: str) -> list[dict[str, Any]]:
    """Triggers, key points or choices; `words`, `mood` and `to` may be left out."""
    return [_cue(item) for item in entry.entries(name)] if entry.has(name) else []


def _cue(entry: Entry) -> dict[str, Any]:
    entry.only("zh", "en", "words", "mood", "to")
    mood = entry.raw.get("mood", 0)
    if type(mood) is not int or not -4 <= mood <= 4:
        raise entry.refuse("mood", "This must be a whole number from -4 to 4.")
    words = entry.keys("words") if entry.has("words") else []
    to = entry.word("to") if entry.has("to") else ""
    return Cue(Localized(**entry.some()), tuple(words), mood, to).row()


def _node(entry: Entry) -> dict[str, Any]:
    entry.only("key", "zh", "en", "points", "choices", "next")
    key = entry.key() if entry.has("key") else ""
    parts: dict[str, Any] = {name: _cues(entry, name) for name in ("points", "choices")}
    parts["next"] = entry.word("next") if entry.has("next") else ""
    text = {} if key == START else entry.some()
    return {k: v for k, v in {"key": key, **text, **parts}.items() if v or k in text}


def _tags(entry: Entry) -> dict[str, list[str]]:
    value = entry.raw.get("tags")
    sides = {} if not isinstance(value, Mapping) else {s: value.get(s) for s in ("zh", "en")}
    tags = {side: found for side, found in sides.items() if isinstance(found, list)}
    if len(tags) < 2 or not all(isinstance(tag, str) for found in tags.values() for tag in found):
        raise entry.refuse("tags", "This needs a list of words in zh and one in en.")
    return tags


def _store_case(
    session: Session,
    key: str,
    new: CaseContent,
    now: datetime,
    pictures: Sequence[GivenFile] | None = None,
) -> int:
    """`pictures` None: those of the published version stay."""
    case = session.scalar(select(Case).where(Case.key == key))
    if case is None:
        case = Case(key=key, created_at=now)
        session.add(case)
        session.flush()
    if case.archived_at is not None:
        return 0
    digest = _digest(new, pictures)
    loaded = (
        select(CaseVersion.content_hash)
        .where(CaseVersion.case_id == case.id, CaseVersion.content_hash != "")
        .order_by(CaseVersion.number.desc())
        .limit(1)
    )
    if session.scalar(loaded) == digest or _is_published(session, case.id, new, pictures):
        return 0
    version = CaseVersion(
        case_id=case.id,
        number=publishing.next_number(session, case.id),
        state=CaseState.DRAFT,
        content_hash=digest,
        created_at=now,
    )
    new.write_to(version)
    session.add(version)
    session.flush()
    if pictures is None:
        copying.from_published(session, version)
    else:
        placing.put(session, version, pictures, now)
    publishing.make_public(session, version, now)
    return 1


def _digest(new: CaseContent, pictures: Sequence[GivenFile] | None) -> str:
    """Of all that the file says."""
    if pictures is None:
        return new.digest()
    said = [new.digest(), *([one.sha256, one.alt.zh, one.alt.en] for one in pictures)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _is_published(
    session: Session, case_id: int, new: CaseContent, pictures: Sequence[GivenFile] | None
) -> bool:
    """Whether readers see just this already, written on screen and exported from here."""
    wanted = (CaseVersion.case_id == case_id, CaseVersion.state == CaseState.PUBLISHED)
    published = session.scalar(select(CaseVersion).where(*wanted))
    if published is None or not content.of(published).says_the_same(new):
        return False
    return pictures is None or placing.are_those(session, published, pictures)


def load_rubrics(session: Session, folder: Path, now: datetime) -> int:
    """A changed rubric gets the next number; runs keep the one they began with."""
    return sum(
        _store_rubric(session, read_rubric(path, raw), now) for path, raw in documents(folder)
    )


def read_rubric(path: Path, raw: Mapping[str, Any]) -> dict[str, Any]:
    entry = Entry(path.name, raw)
    entry.only("key", "title", "pass_mark", "criteria", "critical")
    pass_mark = entry.number("pass_mark", low=1)
    if pass_mark > 100:
        raise entry.refuse("pass_mark", "This must be 100 or less.")
    criteria = [_criterion(item) for item in entry.entries("criteria")]
    keys = [criterion["key"] for criterion in criteria]
    if sum(criterion["weight"] for criterion in criteria) != 100:
        raise entry.refuse("criteria", "The weights must add up to 100.")
    if len(set(keys)) != len(keys):
        raise entry.refuse("criteria", "Two criteria have the same key.")
    errors = entry.entries("critical") if entry.raw.get("critical") else []
    critical = [{"key": e.key(), "title": e.some_text("title")} for e in errors]
    return {
        "key": entry.key(),
        "title": Localized(**entry.some_text("title")),
        "pass_mark": pass_mark,
        "criteria": criteria,
        "critical": critical,
    }


def _criterion(entry: Entry) -> dict[str, Any]:
    levels = [level.some() for level in entry.entries("levels")]
    if len(levels) != 5:
        raise entry.refuse("levels", "A criterion has exactly five levels.")
    criterion = {
        "key": entry.key(),
        "title": entry.some_text("title"),
        "weight": entry.number("weight", low=1),
        "levels": levels,
    }
    may_be_left_out = entry.flag("na") if entry.has("na") else True
    return criterion if may_be_left_out else criterion | {"na": False}


def _mood(entry: Entry) -> int:
    mood = entry.number("start_mood", low=1) if entry.has("start_mood") else 3
    if mood > 5:
        raise entry.refuse("start_mood", "This must be between 1 and 5.")
    return mood


def latest_rubric(session: Session, key: str) -> Rubric | None:
    return session.scalar(
        select(Rubric).where(Rubric.key == key).order_by(Rubric.number.desc()).limit(1)
    )


def _store_rubric(session: Session, new: dict[str, Any], now: datetime) -> int:
    latest = latest_rubric(session, new["key"])
    if latest is not None and all(getattr(latest, name) == value for name, value in new.items()):
        return 0
    number = latest.number + 1 if latest else 1
    session.add(Rubric(**new, number=number, created_at=now))
    session.flush()
    return 1


def load_drills(session: Session, folder: Path, now: datetime) -> int:
    """Drills follow the published version of their case and the latest number of their rubric."""
    return sum(_store_drill(session, path, raw, now) for path, raw in documents(folder))


def _raters(entry: Entry) -> int:
    number = entry.number("raters", low=1)
    if number > MOST_RATERS:
        raise entry.refuse("raters", "This must be 5 or less.")
    return number


def _store_drill(session: Session, path: Path, raw: Mapping[str, Any], now: datetime) -> int:
    entry = Entry(path.name, raw)
    entry.only(
        "key",
        "case",
        "rubric",
        "title",
        "persona",
        "opening",
        "mood",
        "hidden_facts",
        "triggers",
        "script",
        "first_reply_seconds",
        "later_reply_seconds",
        "start_mood",
        "raters",
    )
    # A drill outlives the archiving of its case, and so does its file.
    in_force = CaseVersion.state.in_((CaseState.PUBLISHED, CaseState.ARCHIVED))
    version = session.scalar(
        select(CaseVersion).join(Case).where(Case.key == entry.word("case"), in_force)
    )
    rubric = latest_rubric(session, entry.word("rubric"))
    if version is None:
        raise entry.refuse("case", "There is no published case of this key.")
    if rubric is None:
        raise entry.refuse("rubric", "There is no rubric of this key.")
    new: dict[str, Any] = {
        "case_version_id": version.id,
        "rubric_id": rubric.id,
        **{n: _text(entry, n, _MAY_LACK) for n in ("title", "persona", "opening", "mood")},
        "hidden_facts": _localized(entry, "hidden_facts"),
        "triggers": _cues(entry, "triggers"),
        "script": [_node(item) for item in entry.entries("script")] if entry.has("script") else [],
        "first_reply_seconds": entry.number("first_reply_seconds", low=1),
        "later_reply_seconds": entry.number("later_reply_seconds", low=1)
        if entry.has("later_reply_seconds")
        else LATER_REPLY.get(version.channel, 60),
        "start_mood": _mood(entry),
    }
    if entry.has("raters"):  # else what was set on screen stays
        new["raters_needed"] = _raters(entry)
    try:
        checking.check(new["script"], new["triggers"])
    except DomainError as error:
        raise entry.refuse("script", error) from error
    drill = session.scalar(select(Drill).where(Drill.key == entry.key()))
    if drill is None:
        session.add(Drill(key=entry.key(), created_at=now, **new))
        session.flush()
        return 1
    changed = [name for name, value in new.items() if getattr(drill, name) != value]
    for name in changed:
        setattr(drill, name, new[name])
    return int(bool(changed))
