"""Feedback about a course: asked without a name, shown as counts."""
