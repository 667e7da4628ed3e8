"""The core's migrations; `lms upgrade` runs them, then each plugin's own history."""
