"""Files that were taken out of a draft, or whose draft is gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.cases.models import CasePicture
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.models import Step
from lms.db import Session
from lms.uploads import services
from lms.uploads.models import Upload


def forget_unused(session: Session, files: Mapping[str, Any], now: datetime) -> None:
    """Let go of those of the `files`, by name, that no version and no draft has (any more)."""
    unused = {found["sha256"] for found in files.values()}
    if not unused:
        return
    of_drafts = select(ProgrammeDraft.files)
    of_lessons = select(Step.config["media"]).where(Step.kind == "lesson")
    for wanted in (of_drafts, of_lessons):
        for named in session.scalars(wanted):
            unused -= {found["sha256"] for found in (named or {}).values()}
    of_cases = select(CasePicture.id).where(CasePicture.upload_id == Upload.id)
    rows = select(Upload).where(
        Upload.sha256.in_(unused),
        Upload.person_id.is_(None),
        Upload.keeper == "",
        ~of_cases.exists(),
    )
    services.forget(session, session.scalars(rows), now)
