"""Which uploads prove which step."""

from sqlalchemy import ForeignKey, Index

from lms.db import Mapped, Model, Pk, mapped_column


class StepEvidence(Model):
    """Goes with its upload: when that is let go, or its person erased."""

    __tablename__ = "step_evidence"
    __table_args__ = (Index("ix_step_evidence_step", "enrolment_id", "step_id"),)
    id: Mapped[Pk]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id"))
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), unique=True)
