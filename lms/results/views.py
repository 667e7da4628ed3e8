"""Pages. The modules register their routes when they are imported."""

from lms.results import correcting_views, import_views, month_views, own_views, push_views
from lms.results.blueprint import bp
from lms.results.defined import views as metric_views

__all__ = [
    "bp", "correcting_views", "import_views", "metric_views", "month_views", "own_views",
    "push_views",
]  # fmt: skip
