"""Pages: the learner's own, and those of the people who look after learners."""

from lms.courses import cohort_views, gap_views, learner_views, single_views, team_views
from lms.courses.audience import views as audience_views
from lms.courses.blueprint import bp
from lms.courses.deadlines import views as deadline_views
from lms.courses.home_views import more_of_today, today
from lms.courses.sessions import views as session_views

__all__ = [
    "audience_views",
    "bp",
    "cohort_views",
    "deadline_views",
    "gap_views",
    "learner_views",
    "more_of_today",
    "session_views",
    "single_views",
    "team_views",
    "today",
]
