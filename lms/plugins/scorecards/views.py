"""Pages. The modules register their routes when they are imported."""

from lms.plugins.scorecards.blueprint import bp
from lms.plugins.scorecards.periods import spot_views
from lms.plugins.scorecards.periods import views as period_views
from lms.plugins.scorecards.supervisors import import_views
from lms.plugins.scorecards.supervisors import views as supervisor_views

__all__ = ["bp", "import_views", "period_views", "spot_views", "supervisor_views"]
