"""Pages: the directory, a person, oneself."""

from lms.people import own_views, person_views
from lms.people.blueprint import bp

__all__ = ["bp", "own_views", "person_views"]
