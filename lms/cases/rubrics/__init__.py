"""Rubrics written on screen: every save is a new version, and what began with one keeps it."""
