"""All routes of the plugin, in one import."""

from lms.plugins.insight import training_views, trend_views
from lms.plugins.insight.blueprint import bp

__all__ = ["bp", "training_views", "trend_views"]
