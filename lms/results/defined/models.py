"""What HR said of a metric, version by version; nothing is edited."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint

from lms.clock import Month
from lms.db import Code, Localized, Mapped, Model, Pk, mapped_column


class MetricVersion(Model):
    """A metric from a month on. In a month the highest number that has begun holds.

    `targets` by channel; under "" the one of channels without one of their own. `names`: headers
    besides code and label. A retired one is measured no more from its month on.
    """

    __tablename__ = "metric_version"
    __table_args__ = (UniqueConstraint("code", "number"),)
    id: Mapped[Pk]
    code: Mapped[Code]
    number: Mapped[int]
    from_month: Mapped[Month]
    is_retired: Mapped[bool]
    label: Mapped[Localized]
    unit: Mapped[Code]
    better: Mapped[Code]
    names: Mapped[list[Any]]
    component: Mapped[str | None]
    weight: Mapped[float]
    is_required: Mapped[bool]
    targets: Mapped[dict[str, Any]]
    reason: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
