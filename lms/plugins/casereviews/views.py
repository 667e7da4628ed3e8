"""All routes of the plugin, in one import."""

from lms.plugins.casereviews import discussion_views, holding_views, review_views
from lms.plugins.casereviews.blueprint import bp

__all__ = ["bp", "discussion_views", "holding_views", "review_views"]
