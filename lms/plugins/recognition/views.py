"""All routes of the plugin, in one import."""

from lms.plugins.recognition import page_views, points_views, qualification_views, year_views
from lms.plugins.recognition.blueprint import bp

__all__ = ["bp", "page_views", "points_views", "qualification_views", "year_views"]
