"""The scoring policy of a month: its version, and in it the metrics that HR has defined.

A defined metric becomes an entry like those of the delivered ones, so that scoring, evidence and
whatever else reads a close's policy need not tell them apart; a close freezes it with the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, literal, select, union_all

from lms import policies
from lms.clock import Month
from lms.db import Session
from lms.policies import PolicyInForce, PolicyVersion
from lms.results.defined.models import MetricVersion
from lms.results.metrics import Metric, metrics
from lms.results.scoring_policy import SCORING


def scoring_policy(session: Session, month: Month) -> PolicyInForce:
    """What a close of the month would be computed under."""
    return scoring_policies(session)(month)


def scoring_policies(session: Session) -> Callable[[Month], PolicyInForce]:
    """The same for any number of months, in one query."""
    held_, versions = _both(session)

    def of(month: Month) -> PolicyInForce:
        held = [p for p in held_ if p.from_month is None or p.from_month <= month]
        begun = _newest(v for v in versions if v.from_month <= month)
        return _with_defined(_last(held), [v for v in begun if not v.is_retired])

    return of


def known_metrics(session: Session, *, retired: bool = True) -> list[Metric]:
    """Every metric a column can mean, as last defined, whatever the month; retired ones or not."""
    held_, versions = _both(session)
    newest = [v for v in _newest(versions) if retired or not v.is_retired]
    return metrics(_with_defined(_last(held_), newest).params)


def _last(versions: Sequence[PolicyVersion]) -> PolicyInForce:
    return policies.held_by(SCORING, max(versions, key=lambda v: v.number, default=None))


def _with_defined(policy: PolicyInForce, found: Sequence[MetricVersion]) -> PolicyInForce:
    params = dict(policy.params)
    params["metrics"] = [*params["metrics"], *(_entry(v) for v in found)]
    for v in found:
        params[f"required_{v.code}"] = v.is_required
        for channel, target in v.targets.items():
            params["_".join(filter(None, ("target", v.code, channel)))] = target
    return PolicyInForce(policy.name, policy.number, params)


def _entry(v: MetricVersion) -> Mapping[str, Any]:
    entry = {
        "code": v.code,
        "label": {"zh": v.label.zh, "en": v.label.en},
        "unit": v.unit,
        "better": v.better,
        "names": [v.label.zh, v.label.en, *v.names],
        "version": v.number,
    }
    return entry if v.component is None else {**entry, "component": v.component, "weight": v.weight}


def _both(session: Session) -> tuple[list[PolicyVersion], list[MetricVersion]]:
    """The policy's versions and those of the metrics, in one query: there are few of either."""
    # One below the other, not each beside each.
    kind = union_all(select(literal(1).label("one")), select(literal(2))).subquery("kind")
    rows = session.execute(
        select(PolicyVersion, MetricVersion)
        .select_from(kind)
        .outerjoin(PolicyVersion, and_(kind.c.one == 1, PolicyVersion.name == SCORING.name))
        .outerjoin(MetricVersion, kind.c.one == 2)
    ).all()
    return [row[0] for row in rows if row[0]], [row[1] for row in rows if row[1]]


def _newest(versions: Iterable[MetricVersion]) -> list[MetricVersion]:
    """Of each metric the highest number, in the order in which they were first defined."""
    held: dict[str, MetricVersion] = {}
    for version in sorted(versions, key=lambda v: (v.number, v.id)):
        held[version.code] = version
    return list(held.values())
