"""What a reviewer says about a field or a line of a draft, its answers, and what is still open.

A comment keeps the words it was made about: it follows its line when lines are moved, and says what
stood there once they were changed. What is open when a version is published is seen again in the
next draft.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms import audit
from lms.audit import Actor
from lms.cases.content import TEXTS, CaseContent
from lms.cases.duplicates.family import family
from lms.cases.models import CaseComment, CaseState, CaseVersion
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound
from lms.people.notices import notify

LISTS = ("dialogue", "handling")
SECTIONS = ("tags", *TEXTS, *LISTS)
MAX_LENGTH = 2000
Rows = Mapping[str, Sequence[str]]  # the words of each section, a field being a list of one


class Thread(NamedTuple):
    """A comment where it stands now; `was`: the words it is about, where they changed since."""

    comment: CaseComment
    section: str
    row: int  # from 0
    was: str


def rows_of(case: CaseContent) -> Rows:
    fields = {name: [words(getattr(case, name))] for name in TEXTS}
    tags = [", ".join(tag for side in ("zh", "en") for tag in case.tags.get(side, ()))]
    lines = {
        "dialogue": [words(Localized(line.zh, line.en)) for line in case.dialogue],
        "handling": [words(step) for step in case.handling],
    }
    return {**fields, "tags": tags, **lines}


def words(text: Localized) -> str:
    return "\n".join(side for side in (text.zh, text.en) if side)


def threads(
    session: Session, version: CaseVersion, rows: Rows
) -> dict[tuple[str, int], list[Thread]]:
    """By section and row: the version's comments, and those left open in earlier versions and in
    cases merged into this one."""
    wanted = (
        select(CaseComment)
        .join(CaseVersion, CaseVersion.id == CaseComment.version_id)
        .where(
            CaseVersion.case_id.in_(family(version.case_id)),
            CaseComment.parent_id.is_(None),
            or_(CaseComment.version_id == version.id, CaseComment.done_at.is_(None)),
        )
        .options(
            joinedload(CaseComment.author),
            joinedload(CaseComment.done_by),
            selectinload(CaseComment.answers).joinedload(CaseComment.author),
        )
        .order_by(CaseComment.id)
    )
    found: dict[tuple[str, int], list[Thread]] = defaultdict(list)
    for comment in session.scalars(wanted):
        thread = _placed(comment, rows.get(comment.section, [""]))
        found[thread.section, thread.row].append(thread)
    return dict(found)


def _placed(comment: CaseComment, rows: Sequence[str]) -> Thread:
    same = [at for at, text in enumerate(rows) if text == comment.quote]
    if same:
        row, was = min(same, key=lambda at: abs(at - comment.row)), ""
    else:
        row, was = max(0, min(comment.row, len(rows) - 1)), comment.quote
    return Thread(comment, comment.section, row, was)


def add(
    session: Session,
    version: CaseVersion,
    section: str,
    row: int,
    text: str,
    *,
    rows: Rows,
    actor: Actor,
    now: datetime,
) -> CaseComment:
    """A comment on a field (`row` 0) or a line of a draft; sent twice it is one."""
    _refuse_closed(version)
    if section not in SECTIONS or not 0 <= row < len(rows[section]):
        raise Conflict("This does not stand in the case any more.")
    quote = rows[section][row]
    return _store(session, version, None, section, row, quote, text, actor=actor, now=now)


def answer(
    session: Session, comment_id: int, text: str, *, actor: Actor, now: datetime
) -> CaseComment:
    """An answer; under a comment that was done it opens the comment again."""
    comment = one(session, comment_id)
    place = comment.section, comment.row, comment.quote
    found = _store(session, comment.version, comment.id, *place, text, actor=actor, now=now)
    comment.done_at = comment.done_by_id = None
    return found


def done(session: Session, comment_id: int, *, actor: Actor, now: datetime) -> None:
    comment = one(session, comment_id)
    if comment.done_at is not None:
        return
    comment.done_at, comment.done_by_id = now, actor.person_id
    audit.record(
        session, actor, "case.comment_done", _subject(comment.version), now=now, comment=comment.id
    )


def one(session: Session, comment_id: int) -> CaseComment:
    """A comment (not an answer), for change."""
    wanted = select(CaseComment).where(
        CaseComment.id == comment_id, CaseComment.parent_id.is_(None)
    )
    found = session.scalar(wanted.with_for_update())
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def how_many_open(session: Session, version: CaseVersion) -> int:
    """Open comments made on this version."""
    wanted = select(func.count(CaseComment.id)).where(
        CaseComment.version_id == version.id,
        CaseComment.parent_id.is_(None),
        CaseComment.done_at.is_(None),
    )
    return session.scalar(wanted) or 0


def _store(
    session: Session,
    version: CaseVersion,
    parent_id: int | None,
    section: str,
    row: int,
    quote: str,
    text: str,
    *,
    actor: Actor,
    now: datetime,
) -> CaseComment:
    text = text.replace("\0", "").strip()
    if not text:
        raise DomainError("Write something first.", field="text")
    if len(text) > MAX_LENGTH:
        raise DomainError("At most %(count)s characters.", field="text", count=MAX_LENGTH)
    new = {
        "version_id": version.id, "parent_id": parent_id, "section": section, "row": row,
        "author_id": actor.person_id, "text": text,
    }  # fmt: skip
    present = session.scalar(select(CaseComment).filter_by(**new, quote=quote).limit(1))
    if present is not None and present.done_at is None:
        return present
    found = CaseComment(**new, quote=quote, at=now)
    session.add(found)
    session.flush()
    audit.record(session, actor, "case.comment", _subject(version), now=now, comment=found.id)
    _tell(session, version, found, now)
    return found


def _tell(session: Session, version: CaseVersion, new: CaseComment, now: datetime) -> None:
    """Whoever writes the draft and whoever spoke in the thread; in review, when it is sent back."""
    people = set(version.editor_ids) if version.state == CaseState.DRAFT else set()
    if new.parent_id is not None:
        said = or_(CaseComment.id == new.parent_id, CaseComment.parent_id == new.parent_id)
        people |= set(session.scalars(select(CaseComment.author_id).where(said)))
    text = Localized(
        f"案例“{version.title.pick('zh')}”有新批注：{new.text[:120]}",
        f"A comment on “{version.title.pick('en')}”: {new.text[:120]}",
    )
    told = sorted(people - {None, new.author_id})
    notify(session, told, "case.comment", text, f"/cases/draft/{version.id}", now)


def _refuse_closed(version: CaseVersion) -> None:
    if version.state not in (CaseState.DRAFT, CaseState.IN_REVIEW):
        raise Conflict("This case is not waiting for review any more.")


def _subject(version: CaseVersion) -> tuple[str, int]:
    return ("case_version", version.id)
