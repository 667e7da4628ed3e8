"""Audiences: who a programme is for, and enrolling all of them at once."""
