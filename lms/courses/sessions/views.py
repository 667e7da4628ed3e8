"""Pages of sessions: planning them, booking a place, being there; the calendar."""

from lms.courses.sessions import attendance_views, booking_views, calendar_views, plan_views

__all__ = ["attendance_views", "booking_views", "calendar_views", "plan_views"]
