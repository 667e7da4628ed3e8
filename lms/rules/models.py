"""What rules proposed, for which period, with which evidence, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint

from lms.clock import Month
from lms.db import Code, Localized, Mapped, Model, PersonId, Pk, mapped_column


class ProposalState(StrEnum):
    RECORDED = "recorded"  # known, with no consequence asked for (history)
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"  # a later run no longer proposes it


class RuleRun(Model):
    __tablename__ = "rule_run"
    __table_args__ = (Index("ix_rule_run_period", "rule", "period"),)
    id: Mapped[Pk]
    rule: Mapped[Code]
    period: Mapped[Month]
    close_id: Mapped[int | None] = mapped_column(ForeignKey("month_close.id"), index=True)
    policy_number: Mapped[int]
    ran_at: Mapped[datetime]
    is_current: Mapped[bool]


class Proposal(Model):
    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("run_id", "person_id"),)
    id: Mapped[Pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("rule_run.id"))
    person_id: Mapped[PersonId]
    action: Mapped[Code]
    reason: Mapped[Localized]
    evidence: Mapped[dict[str, Any]]
    state: Mapped[Code]
