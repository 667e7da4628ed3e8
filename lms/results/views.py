"""Pages. The modules register their routes when they are imported."""

from lms.results import correcting_views, import_views, month_views, own_views, push_views
from lms.results.blueprint import bp

__all__ = ["bp", "correcting_views", "import_views", "month_views", "own_views", "push_views"]
