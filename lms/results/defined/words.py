"""What a version of a metric says, in a line."""

from lms.db import Localized
from lms.people.words import CHANNELS
from lms.results.defined.models import MetricVersion
from lms.results.metrics import Metric
from lms.results.words import COMPONENTS, amount


def said(version: MetricVersion, metric: Metric) -> Localized:
    """Target, place in the score, whether it is required; `metric` lends its unit."""
    every = sorted(version.targets.items())
    parts = [_target(channel, amount(target, metric)) for channel, target in every]
    if version.component:
        name = COMPONENTS[version.component]
        weight = f"{version.weight:g}"
        parts.append(Localized(f"计入{name.zh}（权重 {weight}）", f"in {name.en}, weight {weight}"))
    else:
        parts.append(Localized("不计分", "gives no points"))
    if version.is_required:
        parts.append(Localized("达标必须满足", "required for KPI met"))
    return Localized("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _target(channel: str, target: Localized) -> Localized:
    of = CHANNELS.get(channel, Localized())
    return Localized(f"{of.zh}目标 {target.zh}", f"target {of.en} {target.en}".replace("  ", " "))
