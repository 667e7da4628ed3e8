"""Where a lesson comes from, for whoever writes in it."""

from collections.abc import Sequence
from typing import NamedTuple

from lms.cases.models import CaseVersion
from lms.cases.uses import lessons, reading
from lms.cases.uses.models import CaseUse
from lms.db import Session


class Origin(NamedTuple):
    """The case version it was made from, and the major ones since, newest first."""

    use: CaseUse
    version: CaseVersion
    changes: Sequence[CaseVersion]

    @property
    def renew_url(self) -> str:
        """From the newest of them."""
        newest = self.changes[0] if self.changes else self.version
        return self.use.renew_url.replace("{version}", str(newest.id))


def of_lesson(session: Session, programme_key: str, step_key: str) -> Origin | None:
    use = lessons.of_step(session, programme_key, step_key)
    if use is None:
        return None
    version = session.get_one(CaseVersion, use.version_id)
    changes = reading.changes_since(session, version)
    return Origin(use, version, changes)
