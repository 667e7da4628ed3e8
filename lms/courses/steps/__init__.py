"""The core's own kinds of step."""
