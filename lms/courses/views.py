"""Pages: the learner's own, and those of the people who look after learners."""

from lms.courses import cohort_views, gap_views, learner_views, single_views, team_views
from lms.courses.audience import views as audience_views
from lms.courses.authoring import draft_views, part_views, preview_views, publish_views
from lms.courses.authoring import views as authoring_views
from lms.courses.blueprint import bp
from lms.courses.deadlines import views as deadline_views
from lms.courses.evidence import views as evidence_views
from lms.courses.home_views import more_of_today, today
from lms.courses.lessons import views as lesson_views
from lms.courses.sessions import views as session_views
from lms.courses.surveys import views as survey_views

__all__ = [
    "audience_views",
    "authoring_views",
    "bp",
    "cohort_views",
    "deadline_views",
    "draft_views",
    "evidence_views",
    "gap_views",
    "learner_views",
    "lesson_views",
    "more_of_today",
    "part_views",
    "preview_views",
    "publish_views",
    "session_views",
    "single_views",
    "survey_views",
    "team_views",
    "today",
]
