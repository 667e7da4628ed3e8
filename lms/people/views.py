"""Pages: the directory, a person, oneself, the working calendar."""

from lms.people import calendar_views, leaving_views, own_views, person_views
from lms.people.blueprint import bp

__all__ = ["bp", "calendar_views", "leaving_views", "own_views", "person_views"]
