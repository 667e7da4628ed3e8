"""All routes of the plugin."""

from lms.plugins.certificates import holder_views, public_views, register_views, setup_views
from lms.plugins.certificates.blueprint import bp

__all__ = ["bp", "holder_views", "public_views", "register_views", "setup_views"]
