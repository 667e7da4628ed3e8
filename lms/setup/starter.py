"""Loading the starter content from the browser, in the background: it takes some seconds."""

import shutil
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import select

from lms import audit, jobs
from lms.audit import Actor
from lms.content_files import documents, load_content, starter_content
from lms.db import Localized, Session
from lms.errors import DomainError
from lms.jobs import OutboxItem

JOB = "setup.load_content"
_PROGRAMMES = "programmes"


class Offer(NamedTuple):
    """A programme of the starter content; `folder` is what it is chosen by."""

    folder: str
    title: Localized
    kind: str


class Loading(NamedTuple):
    """The last asking: it waits or runs, is done, or failed with `error`."""

    is_done: bool
    error: str


def offers() -> list[Offer]:
    return [
        Offer(path.parent.name, Localized.of(document["title"]), str(document["kind"]))
        for path, document in documents(starter_content() / _PROGRAMMES, "*/programme.yaml")
    ]


def ask(session: Session, chosen: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Load these programmes soon, with all that they need: cases, drills, banks and exams."""
    known = {offer.folder for offer in offers()}
    if not chosen:
        raise DomainError("Choose at least one programme.", field="programmes")
    if not set(chosen) <= known:
        raise DomainError("This is not one of the choices.", field="programmes")
    present = loading(session)
    if present is not None and not present.is_done and not present.error:
        return  # pressed twice
    jobs.enqueue(session, JOB, {"programmes": sorted(chosen)}, due_at=now)
    subject = ("organisation", 1)
    audit.record(session, actor, "setup.content", subject, now=now, programmes=sorted(chosen))


def loading(session: Session) -> Loading | None:
    last = session.scalar(
        select(OutboxItem).where(OutboxItem.job == JOB).order_by(OutboxItem.id.desc()).limit(1)
    )
    return None if last is None else Loading(last.done_at is not None, last.error)


def load(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The job. Loading what is there already changes nothing."""
    with TemporaryDirectory(prefix="lms-starter-") as made:
        folder, source = Path(made), starter_content()
        for part in source.iterdir():
            if part.is_dir() and part.name != _PROGRAMMES:
                (folder / part.name).symlink_to(part)
        for name in payload["programmes"]:
            shutil.copytree(source / _PROGRAMMES / name, folder / _PROGRAMMES / name)
        load_content(session, folder, now)
