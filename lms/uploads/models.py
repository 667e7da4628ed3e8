"""What was uploaded; the bytes lie in `LMS_HOME/uploads` (see store.py)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String

from lms.db import Code, Mapped, Model, Pk, mapped_column


class Upload(Model):
    """One file of one person; without a person it belongs to the courses' content.

    Rows with the same `sha256` share one file on the disk. `kind` is a code of kinds.py, `size` in
    bytes, `name` what the sender called it: shown, never a path. `keeper`: the part of the site
    that alone decides when it goes (a plugin's name); courses and cases have none.
    """

    __tablename__ = "upload"
    id: Mapped[Pk]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[Code]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str]
    uploaded_at: Mapped[datetime]
    keeper: Mapped[Code] = mapped_column(default="", server_default="")
