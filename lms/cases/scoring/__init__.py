"""Scoring of runs: what raters give, when it is final, and what follows from it.

With one rater (the default) a rating is final at once. With several they do not see each other's,
the mean counts, and raters further apart than `adjudication_points` need one more, whose word is
final.
"""

from lms.cases.scoring.drafts import draft_of, keep_draft
from lms.cases.scoring.marks import COMMENT_UP_TO, LineNote, Marks, check, points
from lms.cases.scoring.policy import SCORING, raters_needed
from lms.cases.scoring.rating import amend, rate
from lms.cases.scoring.reading import acknowledge, full_run

__all__ = [
    "COMMENT_UP_TO",
    "SCORING",
    "LineNote",
    "Marks",
    "acknowledge",
    "amend",
    "check",
    "draft_of",
    "full_run",
    "keep_draft",
    "points",
    "rate",
    "raters_needed",
]
