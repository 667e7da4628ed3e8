"""Lessons, rubrics and questions made from a case; a drill names its version itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint

from lms.db import Code, Localized, Mapped, Model, Pk, mapped_column


class CaseUse(Model):
    """`version_id`: what it was made from, or was last found right for.

    `ref` names it among its kind. `url` is where it stands; "" for what the core finds by `ref`.
    `renew_url` leads to making it anew, with `{version}` for the id of the version to make it from.
    """

    __tablename__ = "case_use"
    __table_args__ = (UniqueConstraint("kind", "ref"),)
    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"), index=True)
    kind: Mapped[Code]
    ref: Mapped[str]
    title: Mapped[Localized]
    url: Mapped[str]
    renew_url: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
