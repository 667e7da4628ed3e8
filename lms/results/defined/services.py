"""Defining a metric, changing it from a month on, retiring it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.audit import Actor
from lms.clock import Month
from lms.db import Localized, Session
from lms.errors import Conflict, DomainError, NotFound
from lms.i18n import N_
from lms.results.defined.models import MetricVersion
from lms.results.defined.scoring import known_metrics
from lms.results.kpi_apply import lock_months
from lms.results.metrics import (
    CHANNELS,
    COMPONENTS,
    COUNT,
    MINUTES,
    POINTS,
    RANGES,
    RATIO,
    SECONDS,
    SIGNED,
    STARS,
)  # fmt: skip
from lms.results.models import ColumnName, MonthClose
from lms.results.sources import stop_ignoring
from lms.tabular.headers import plain
from lms.tabular.words import KPI_COLUMNS

UNITS = (RATIO, SECONDS, MINUTES, STARS, POINTS, COUNT, SIGNED)
HIGHER, LOWER = "higher", "lower"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True)
class Definition:
    """What HR fills in. `targets`: by channel, "" for all that have none of their own; `component`
    None: for information only, or to be met, without points."""

    label: Localized
    names: Sequence[str]
    component: str | None
    weight: float
    is_required: bool
    targets: Mapping[str, float]


def newest(session: Session) -> list[MetricVersion]:
    """The last version of each metric, retired ones included."""
    last = select(func.max(MetricVersion.id)).group_by(MetricVersion.code)
    found = select(MetricVersion).where(MetricVersion.id.in_(last))
    return list(session.scalars(found.order_by(MetricVersion.code)))


def history(session: Session, code: str) -> list[MetricVersion]:
    """Newest first; NotFound for a metric that nobody defined."""
    found = select(MetricVersion).where(MetricVersion.code == code)
    versions = list(session.scalars(found.order_by(MetricVersion.number.desc())))
    if not versions:
        raise NotFound("There is no such metric.")
    return versions


def first_open(session: Session) -> Month | None:
    """The month from which on a change can hold; None: any, for nothing is closed."""
    last: Month | None = session.scalar(select(func.max(MonthClose.month)))
    return None if last is None else last.plus(1)


def define(
    session: Session,
    code: str,
    unit: str,
    better: str,
    said: Definition,
    *,
    from_month: Month,
    reason: str,
    actor: Actor,
    now: datetime,
) -> MetricVersion:
    """A new metric. Key, unit and direction stay as they are for good: figures hang on them."""
    if not _KEY.fullmatch(code):
        raise DomainError(
            "The key is 2 to 30 small letters, digits and _, beginning with a letter.",
            field="code",
        )
    taken = code in {m.code for m in known_metrics(session)} or code in KPI_COLUMNS
    # "frt_online" would share the name of a target with "frt".
    taken = taken or code == "new" or code.rpartition("_")[2] in CHANNELS
    if taken:
        raise DomainError("This key is taken.", field="code")
    for field, value, choices in (("unit", unit, UNITS), ("better", better, (HIGHER, LOWER))):
        if value not in choices:
            raise DomainError("This is not one of the choices.", field=field)
    version = MetricVersion(code=code, number=1, unit=unit, better=better, is_retired=False)
    return _add(session, version, said, from_month, reason, actor, now, "metric.define")


def change(
    session: Session,
    code: str,
    base_number: int,
    said: Definition,
    *,
    from_month: Month,
    reason: str,
    actor: Actor,
    now: datetime,
) -> MetricVersion:
    """The metric's next version, which holds from a month on; a retired one is measured again."""
    last = _last(session, code, base_number)
    held = Definition(
        last.label, last.names, last.component, last.weight, last.is_required, last.targets
    )
    if held == said and not last.is_retired and from_month == last.from_month:
        raise DomainError("Nothing was changed.")
    version = _next(last, is_retired=False)
    return _add(session, version, said, from_month, reason, actor, now, "metric.change")


def retire(
    session: Session,
    code: str,
    base_number: int,
    *,
    from_month: Month,
    reason: str,
    actor: Actor,
    now: datetime,
) -> MetricVersion:
    """From the month on it is neither read nor scored; what was measured stays."""
    last = _last(session, code, base_number)
    if last.is_retired:
        raise Conflict("This metric is retired already.")
    held = Definition(
        last.label, last.names, last.component, last.weight, last.is_required, last.targets
    )
    version = _next(last, is_retired=True)
    return _add(session, version, held, from_month, reason, actor, now, "metric.retire")


def _last(session: Session, code: str, base_number: int) -> MetricVersion:
    last = history(session, code)[0]
    if last.number != base_number:
        raise Conflict("Somebody saved this metric in the meantime. Look at the new version first.")
    return last


def _next(last: MetricVersion, *, is_retired: bool) -> MetricVersion:
    return MetricVersion(
        code=last.code, number=last.number + 1, unit=last.unit, better=last.better,
        is_retired=is_retired,
    )  # fmt: skip


def _add(
    session: Session, version: MetricVersion, said: Definition, from_month: Month, reason: str,
    actor: Actor, now: datetime, action: str,
) -> MetricVersion:  # fmt: skip
    lock_months(session)
    if not version.is_retired:  # else it says nothing new
        _check(session, version, said)
    first = first_open(session)
    if first is not None and from_month < first:
        raise DomainError(
            "Months up to %(month)s are closed and stay as they are; begin later.",
            field="from_month",
            month=str(first.plus(-1)),
        )
    if not reason.strip():
        raise DomainError("Write why.", field="reason")
    version.from_month, version.label, version.names = from_month, said.label, list(said.names)
    version.component, version.weight = said.component, said.weight
    version.is_required, version.targets = said.is_required, dict(said.targets)
    version.reason, version.created_by, version.created_at = reason.strip(), actor.person_id, now
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError:
        raise Conflict(
            "Somebody saved this metric in the meantime. Look at the new version first."
        ) from None
    # Its headers were to be ignored in KPI files, while they meant nothing.
    own = (version.code, version.label.zh, version.label.en, *version.names)
    stop_ignoring(session, "kpi", {plain(word) for word in own})
    audit.record(
        session, actor, action, ("metric_version", version.id), now=now, reason=version.reason,
        code=version.code, number=version.number, unit=version.unit, better=version.better,
        from_month=str(from_month), **asdict(said),
    )  # fmt: skip
    return version


def _check(session: Session, version: MetricVersion, said: Definition) -> None:
    for side, text in (("zh", said.label.zh), ("en", said.label.en)):
        if not text.strip() or len(text) > 60:
            raise DomainError("Write a name of at most 60 characters.", field=f"label_{side}")
    if said.component is not None and said.component not in COMPONENTS:
        raise DomainError("This is not one of the choices.", field="component")
    if not 0 < said.weight <= 100:
        raise DomainError(
            "This must be between %(low)s and %(high)s.", field="weight", low=0.01, high=100
        )
    if "" not in said.targets and (said.component or said.is_required or said.targets):
        raise DomainError("What is scored or required needs a target.", field="target")
    low, high = RANGES[version.unit]
    for channel, target in said.targets.items():
        if not low <= target <= high or (version.better == HIGHER and target <= 0):
            field = f"target_{channel}" if channel else "target"
            message = (
                N_("A target that is to be reached must be above 0.")
                if low <= target <= high
                else N_("This must be between %(low)s and %(high)s.")
            )
            raise DomainError(message, field=field, low=f"{low:g}", high=f"{high:g}")
    _check_names(session, version.code, said)


def _check_names(session: Session, code: str, said: Definition) -> None:
    """No header may mean two things."""
    taken = {plain(word): word for words in KPI_COLUMNS.values() for word in words}
    taken |= {
        plain(word): word
        for metric in known_metrics(session)
        if metric.code != code
        for word in (metric.code, *metric.names)
    }
    told = select(ColumnName.name, ColumnName.code).where(
        ColumnName.kind == "kpi", ColumnName.code.not_in(("", code))
    )
    mapped = {plain(name): other for name, other in session.execute(told)}
    for field, words in (("label_zh", [said.label.zh]), ("label_en", [said.label.en]),
                         ("names", said.names), ("code", [code])):  # fmt: skip
        for word in words:
            if not plain(word):
                raise DomainError("“%(name)s” heads no column.", field=field, name=word)
            if plain(word) in taken:
                raise DomainError(
                    "A column headed “%(name)s” already means something else.",
                    field=field, name=word,
                )  # fmt: skip
            if plain(word) in mapped:
                raise DomainError(
                    "An import was told that columns headed “%(name)s” mean %(code)s.",
                    field=field, name=word, code=mapped[plain(word)],
                )  # fmt: skip
