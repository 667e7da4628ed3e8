"""Where cases that share wording are looked up."""

from sqlalchemy import ForeignKey

from lms.db import Mapped, Model, mapped_column


class CaseFingerprint(Model):
    """A published version has a few dozen marks (see `fingerprints`); whoever shares one is looked
    at. One without words has the mark -1 alone."""

    __tablename__ = "case_fingerprint"
    mark: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("case_version.id"), primary_key=True, index=True
    )
