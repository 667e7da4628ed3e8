"""KPI figures as imported, month closes with their frozen inputs, and monthly results."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from lms.clock import Month
from lms.db import Code, Mapped, Model, PartialIndex, PersonId, Pk, mapped_column
from lms.jobs import OutboxItem


class ImportState(StrEnum):
    """A large file is read, and its rows are taken, by a job: READING and TAKING."""

    READING = "reading"
    FAILED = "failed"  # cannot be read: `problem` says why
    PREVIEW = "preview"
    TAKING = "taking"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ImportRun(Model):
    """A file that came in (KPI, roster, leave), its parsed rows and what was refused and why.

    `problem`: {message, params}, why a job could not read it or take its rows.
    """

    __tablename__ = "import_run"
    id: Mapped[Pk]
    kind: Mapped[Code]
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    state: Mapped[Code]
    rows: Mapped[list[Any]] = mapped_column(deferred=True)  # there may be a hundred thousand
    refused: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)  # while it can be read again
    problem: Mapped[dict[str, Any] | None]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_item.id"))
    job: Mapped[OutboxItem | None] = relationship()


class ColumnName(Model):
    """What HR said last that a column of a kind of file means, for whatever source; an empty code
    means: ignore it. It holds for files whose source is not known."""

    __tablename__ = "column_name"
    __table_args__ = (UniqueConstraint("kind", "name"),)
    id: Mapped[Pk]
    kind: Mapped[Code]
    name: Mapped[str]
    code: Mapped[Code]


class ImportSource(Model):
    """What HR said of the columns of the files with one header row (see lms.results.sources).

    `header`: what such rows have in common; `columns`: code by name; `percent`: codes of metrics.
    """

    __tablename__ = "import_source"
    __table_args__ = (UniqueConstraint("kind", "header"),)
    id: Mapped[Pk]
    kind: Mapped[Code]
    header: Mapped[str]
    columns: Mapped[dict[str, Any]]
    percent: Mapped[list[Any]]


class KpiValue(Model):
    """The figure that holds for a person, month and metric, and the row it came from."""

    __tablename__ = "kpi_value"
    __table_args__ = (
        UniqueConstraint("month", "person_id", "metric"),
        Index("ix_kpi_value_person", "person_id", "month"),
    )
    id: Mapped[Pk]
    month: Mapped[Month]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    metric: Mapped[Code]
    value: Mapped[float]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    source_row: Mapped[int | None]


class KpiRow(Model):
    """That a person had a row in a month's file at all, even one without any figure."""

    __tablename__ = "kpi_row"
    __table_args__ = (UniqueConstraint("month", "person_id"),)
    id: Mapped[Pk]
    month: Mapped[Month]
    person_id: Mapped[PersonId]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    source_row: Mapped[int | None]


class KpiCorrection(Model):
    """A different figure for a closed month, held until HR makes a new revision."""

    __tablename__ = "kpi_correction"
    id: Mapped[Pk]
    month: Mapped[Month] = mapped_column(index=True)
    person_id: Mapped[PersonId]
    metric: Mapped[Code]
    old: Mapped[float | None]
    new: Mapped[float]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    source_row: Mapped[int | None]
    created_at: Mapped[datetime]
    applied_close_id: Mapped[int | None] = mapped_column(ForeignKey("month_close.id"))


class MonthClose(Model):
    """A revision of a month's result; the highest revision holds, all are kept.

    `summary` counts what is frozen below it (see lms.results.summary).
    """

    __tablename__ = "month_close"
    __table_args__ = (UniqueConstraint("month", "revision"),)
    id: Mapped[Pk]
    month: Mapped[Month]
    revision: Mapped[int]
    is_current: Mapped[bool] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    policy: Mapped[dict[str, Any]]
    policy_number: Mapped[int]
    ranked: Mapped[int] = mapped_column(default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MonthFigure(Model):
    """A frozen input of a close. `attainment` is in units of 1e-12 (0 to 10**12).

    Integers, because who attained *strictly* more must not hang on the last bit of a double.
    """

    __tablename__ = "month_figure"
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    metric: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[float]
    target: Mapped[float | None]
    attainment: Mapped[int | None] = mapped_column(BigInteger)
    is_met: Mapped[bool | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    source_row: Mapped[int | None]


class NotRanked(StrEnum):
    """In the order in which they are looked at: the first that applies is the reason."""

    LEVEL = "level"
    NOT_CLEARED = "not_cleared"
    LEAVE = "leave"
    TENURE = "tenure"
    NO_SCORE = "no_score"


class MonthResult(Model):
    """A person's result in a close. Scores in hundredths; components None where no data.

    The score of those not ranked is kept too, where there is one: it is theirs to see.
    """

    __tablename__ = "month_result"
    __table_args__ = (
        Index("ix_month_result_person", "person_id", "close_id"),
        # The ranking, page by page, and that of one team, without reading the rows themselves.
        PartialIndex(
            "ix_month_result_ranking", "close_id", "rank", "person_id", "team_id",
            where="rank IS NOT NULL",
        ),
    )  # fmt: skip
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    level: Mapped[str | None]
    channel: Mapped[str | None]
    leave_days: Mapped[int]
    has_row: Mapped[bool]  # stood in the month's KPI file
    score: Mapped[int | None]
    service: Mapped[int | None]  # components, in hundredths of a percent of full attainment
    feedback: Mapped[int | None]
    training: Mapped[int | None]
    is_partial: Mapped[bool]
    kpi_met: Mapped[bool]
    not_ranked: Mapped[str | None]
    rank: Mapped[int | None]
    csat_rank: Mapped[int | None]


class MonthOrder(Model):
    """A thousand people of a close in the order of one column, those ranked or the others.

    `ids`: four bytes each. `names`: in which state of the people's names it was made
    (lms.people.names), where it hangs on them.
    """

    __tablename__ = "month_order"
    close_id: Mapped[int] = mapped_column(ForeignKey("month_close.id"), primary_key=True)
    sort: Mapped[Code] = mapped_column(primary_key=True)
    is_ranked: Mapped[bool] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ids: Mapped[bytes]
    names: Mapped[int | None]


class KpiPush(Model):
    """What another system sent and was answered: the same key again gets the same answer."""

    __tablename__ = "kpi_push"
    __table_args__ = (UniqueConstraint("token_id", "key"),)
    id: Mapped[Pk]
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    sha256: Mapped[str]
    import_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
