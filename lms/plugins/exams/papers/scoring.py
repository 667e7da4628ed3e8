"""What answers earn under the exam's rules."""

from collections.abc import Iterable, Sequence

from lms.plugins.exams.papers.rules import Rules, Scoring
from lms.plugins.exams.types.base import FULL, part_of_all


def share_of_choices(chosen: Sequence[int], right: Sequence[int], scoring: str) -> int:
    """Of the points, in hundredths of a percent, for the options chosen among several right."""
    good = len(set(chosen) & set(right))
    bad = len(set(chosen) - set(right))
    if scoring == Scoring.MINUS:
        return part_of_all(max(good - bad, 0), len(right))
    if scoring == Scoring.PARTIAL:
        return 0 if bad else part_of_all(good, len(right))
    return FULL if not bad and good == len(right) else 0


def earned(share: int, points: int, is_wrong: bool, rules: Rules) -> int:
    """In ten-thousandths of a point; a wrong answer (no points, and not for a person to mark) may
    cost, no answer never does."""
    return -points * rules.negative * FULL // 100 if is_wrong else share * points


def percentage(earned: Iterable[int], points: int) -> int:
    """Of all that was earned out of all points: in hundredths of a percent, half up, from 0.

    Everything, if every question was left out of the total.
    """
    return (2 * max(sum(earned), 0) + points) // (2 * points) if points else FULL
