"""Pages of the case library, drills and scoring."""

from lms.cases import (
    comment_views,
    drill_views,
    editor_views,
    library_views,
    run_views,
    scoring_views,
)
from lms.cases.blueprint import bp
from lms.cases.duplicates import views as duplicate_views
from lms.cases.files import views as file_views
from lms.cases.lifecycle import views as lifecycle_views
from lms.cases.pictures import views as picture_views
from lms.cases.practice import views as practice_views
from lms.cases.raters import views as rater_views
from lms.cases.rooms import views as room_views
from lms.cases.rubrics import views as rubric_views
from lms.cases.uses import views as use_views

__all__ = [
    "bp",
    "comment_views",
    "drill_views",
    "duplicate_views",
    "editor_views",
    "file_views",
    "library_views",
    "lifecycle_views",
    "picture_views",
    "practice_views",
    "rater_views",
    "room_views",
    "rubric_views",
    "run_views",
    "scoring_views",
    "use_views",
]
