"""Cases, rubrics and drills as the files they are loaded from (see docs/content-format.md).

Written is what is in force: a case's published version, a rubric's latest. Drafts stay here.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from lms.cases import content, drills
from lms.cases.drills import LATER_REPLY
from lms.cases.models import Case, CasePicture, CaseState, CaseVersion, Drill, Rubric
from lms.content_files import sides, write_document
from lms.db import Session
from lms.errors import DomainError
from lms.uploads import store
from lms.uploads.kinds import KINDS

_OPTIONAL = ("category", "result", "pictures")


def dump_cases(session: Session, folder: Path) -> int:
    """One file for each published case, by its key; returns how many."""
    found = published_cases(session)
    for version in found:
        write_document(folder, version.case.key, case_document(version))
        write_pictures(folder, version)
    return len(found)


def published_cases(session: Session) -> Sequence[CaseVersion]:
    """With their cases and pictures, by key."""
    return session.scalars(
        select(CaseVersion)
        .join(CaseVersion.case)
        .where(CaseVersion.state == CaseState.PUBLISHED)
        .options(
            joinedload(CaseVersion.case),
            selectinload(CaseVersion.pictures).joinedload(CasePicture.upload),
        )
        .order_by(Case.key)
    ).all()


def case_document(version: CaseVersion) -> dict[str, Any]:
    """A version as a content file has it."""
    texts = {name: sides(getattr(version, name)) for name in content.TEXTS}
    document = {
        "key": version.case.key,
        "stage": version.stage,
        "channel": version.channel,
        "complaint_level": version.complaint_level,
        "outcome": version.outcome,
        "category": texts["category"],
        "tags": {side: list(version.tags.get(side, ())) for side in ("zh", "en")},
        "title": texts["title"],
        "pictures": [{"file": file, **sides(one.alt)} for file, one in pictures_of(version)],
        "scenario": texts["scenario"],
        "dialogue": [{"who": line["who"], **sides(line)} for line in version.dialogue],
        "handling": _texts(version.handling),
        "result": texts["result"],
        "lessons": texts["lessons"],
    }
    return {k: v for k, v in document.items() if v or k not in _OPTIONAL}


def pictures_of(version: CaseVersion) -> list[tuple[str, CasePicture]]:
    """Each with the file that it gets beside the case's."""
    return [
        (f"pictures/{version.case.key}-{n}.{KINDS[one.upload.kind].suffixes[0]}", one)
        for n, one in enumerate(version.pictures, 1)
    ]


def stored(version: CaseVersion, picture: CasePicture) -> Path:
    """Where its bytes lie; DomainError if they are lost: half a case is no copy of it."""
    path = store.path_of(picture.upload.sha256)
    if not path.is_file():
        raise DomainError(
            "The picture %(name)s of the case %(key)s is not on the disk. Put it back from a "
            "backup, or take it out of the case.",
            name=picture.upload.name, key=version.case.key,
        )  # fmt: skip
    return path


def write_pictures(folder: Path, version: CaseVersion) -> int:
    """Returns how many."""
    for file, picture in pictures_of(version):
        (folder / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(stored(version, picture), folder / file)
    return len(version.pictures)


def dump_rubrics(session: Session, folder: Path) -> int:
    found = drills.rubrics(session)
    for rubric in found:
        write_document(folder, rubric.key, _rubric(rubric))
    return len(found)


def _rubric(rubric: Rubric) -> dict[str, Any]:
    return {
        "key": rubric.key,
        "title": sides(rubric.title),
        "pass_mark": rubric.pass_mark,
        "criteria": [
            {
                "key": criterion["key"],
                "title": sides(criterion["title"]),
                "weight": criterion["weight"],
                "levels": _texts(criterion["levels"]),
                **({} if criterion.get("na", True) else {"na": False}),
            }
            for criterion in rubric.criteria
        ],
        "critical": [
            {"key": error["key"], "title": sides(error["title"])} for error in rubric.critical
        ],
    }


def dump_drills(session: Session, folder: Path) -> int:
    """One file for each drill whose case is written too: an archived one is not."""
    wanted = (
        select(Drill)
        .join(Drill.case_version)
        .join(CaseVersion.case)
        .where(Case.archived_at.is_(None))
        .options(
            contains_eager(Drill.case_version).contains_eager(CaseVersion.case),
            joinedload(Drill.rubric),
        )
        .order_by(Drill.key)
    )
    found = session.scalars(wanted).all()
    for drill in found:
        write_document(folder, drill.key, _drill(drill))
    return len(found)


# What a drill without it begins with (see `loading`).
_USUAL_MOOD = 3


def _later_reply(drill: Drill) -> int | None:
    """Only where it is not its channel's own."""
    usual = LATER_REPLY.get(drill.case_version.channel, 60)
    return None if drill.later_reply_seconds == usual else drill.later_reply_seconds


def _drill(drill: Drill) -> dict[str, Any]:
    document = {
        "key": drill.key,
        "case": drill.case_version.case.key,
        "rubric": drill.rubric.key,
        **{name: sides(getattr(drill, name)) for name in ("title", "persona", "opening", "mood")},
        "hidden_facts": _texts(drill.hidden_facts),
        "triggers": [_whole(row) for row in drill.triggers],
        "script": [_whole(row) for row in drill.script],
        "first_reply_seconds": drill.first_reply_seconds,
        "later_reply_seconds": _later_reply(drill),
        "start_mood": None if drill.start_mood == _USUAL_MOOD else drill.start_mood,
        "raters": drill.raters_needed,
    }
    return {name: value for name, value in document.items() if value}


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the script, or a cue, in the order in which people write it."""
    order = ("key", "zh", "en", "words", "mood", "to", "points", "choices", "next")
    found = {name: row[name] for name in order if row.get(name)}
    for name in ("points", "choices"):
        if name in found:
            found[name] = [_whole(cue) for cue in found[name]]
    return found


def _texts(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [sides(row) for row in rows]
