"""What the demo organisation shows of this: papers in words that wait to be marked, and an exam
that is over, with results to look into."""

from datetime import datetime

from lms.plugins.api import Session
from lms.plugins.exams.demo import sat, written


def make(session: Session, now: datetime) -> None:
    """Nothing where the starter exams, banks or the demo's people are not there."""
    sat.make(session, now)
    written.make(session, now)
