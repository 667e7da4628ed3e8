"""What can be said, and when nothing can."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean as mean
from typing import NamedTuple

from lms.plugins.api import PolicyInForce, Session, policies
from lms.plugins.retraining.effect import discontinuity
from lms.plugins.retraining.effect.discontinuity import Estimate, Point
from lms.plugins.retraining.effect.policy import EFFECT
from lms.plugins.retraining.effect.sample import Line, sample

BINS = 6  # on each side


class Side(NamedTuple):
    """`people` are counted once, however many of their `months` lie near the line."""

    people: int
    months: int


class Judgement(NamedTuple):
    """`estimate` is None while there are too few on a side: then nothing can be told."""

    below: Side
    above: Side
    estimate: Estimate | None


@dataclass(frozen=True)
class Bin:
    """Mean of the next month's score of those between two distances from the line, less what their
    months differ by."""

    low: float
    high: float
    count: int
    people: int
    mean: float | None


class Effect(NamedTuple):
    policy: PolicyInForce
    lines: Sequence[Line]
    real: Judgement
    placebo: Judgement
    lost: tuple[int, int]
    bins: Sequence[Bin]


def effect(session: Session) -> Effect:
    policy = policies.in_force(session, EFFECT)
    found = sample(session, policy["band"])
    return Effect(
        policy=policy,
        lines=found.lines,
        real=judge(found.points, policy["people"]),
        placebo=judge(found.placebo, policy["people"]),
        lost=found.lost,
        bins=bins(found.points, policy["band"]),
    )


def judge(points: Sequence[Point], needed: int) -> Judgement:
    """The rule: at least `needed` people on each side, or nothing is said."""
    below, above = (
        Side(
            discontinuity.people_on(points, below=side),
            sum(point.is_below is side for point in points),
        )
        for side in (True, False)
    )
    is_enough = min(below.people, above.people) >= needed
    return Judgement(below, above, discontinuity.estimate(points) if is_enough else None)


def bins(points: Sequence[Point], band: float) -> list[Bin]:
    """From the farthest below to the farthest above, each month's scores moved to one level."""
    width = band / BINS
    months = defaultdict[int, list[float]](list)
    for p in points:
        months[p.month].append(p.after)
    every = mean(p.after for p in points) if points else 0.0
    levels = {month: mean(scores) - every for month, scores in months.items()}
    found = []
    for place in range(-BINS, BINS):
        there = [p for p in points if _place(p, width) == place]
        here = [p.after - levels[p.month] for p in there]
        people = len({p.person_id for p in there})
        middle = mean(here) if here else None
        found.append(Bin(place * width, (place + 1) * width, len(here), people, middle))
    return found


def _place(point: Point, width: float) -> int:
    """Which bin; the outer edges belong to the last ones."""
    place = int(point.distance // width)
    return max(-BINS, min(BINS - 1, place))
