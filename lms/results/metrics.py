"""The metrics, as the scoring policy defines them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.db import Localized

# Kinds of unit, and what may stand in a file for each.
SECONDS, MINUTES, RATIO, STARS, POINTS, SIGNED, COUNT = (
    "seconds", "minutes", "ratio", "stars", "points", "signed", "count",
)  # fmt: skip
COMPONENTS = ("service", "feedback", "training")
CHANNELS = ("online", "phone", "email")
# What a figure in each unit can be, as stored.
RANGES = {
    SECONDS: (0, 10**7), MINUTES: (0, 10**6), RATIO: (0, 1), STARS: (1, 5),
    POINTS: (0, 100), SIGNED: (-100, 100), COUNT: (0, 10**9),
}  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """`targets` by channel; `component` and `weight` say where it enters the score, if it does.

    `scale`: the value that is full attainment whatever the target (feedback, exam: 100).
    """

    code: str
    label: Localized
    unit: str
    higher: bool
    component: str | None
    weight: float
    scale: float | None
    targets: Mapping[str, float]
    required: bool
    names: tuple[str, ...]

    def target(self, channel: str | None) -> float | None:
        return self.targets.get(channel or "")


def metrics(policy: Mapping[str, Any]) -> list[Metric]:
    """The metrics of a policy's parameters, in their order; those without a target included."""
    return [_metric(entry, policy) for entry in policy["metrics"]]


def by_code(found: Iterable[Metric]) -> dict[str, Metric]:
    return {metric.code: metric for metric in found}


def _metric(entry: Mapping[str, Any], policy: Mapping[str, Any]) -> Metric:
    code = entry["code"]
    targets: dict[str, float] = {}
    for channel in CHANNELS:
        for name in (f"target_{code}_{channel}", f"target_{code}"):
            if name in policy:
                targets[channel] = float(policy[name])
                break
    return Metric(
        code=code,
        label=Localized.of(entry["label"]),
        unit=entry["unit"],
        higher=entry["better"] == "higher",
        component=entry.get("component"),
        weight=float(entry.get("weight", 1)),
        scale=entry.get("scale"),
        targets=targets,
        required=bool(policy.get(f"required_{code}", False)),
        names=tuple(entry["names"]),
    )
