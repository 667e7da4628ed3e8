"""Files that people send in: checked by what is in them, kept under LMS_HOME by their hash."""
