"""Supervisors' months: who supervised whom, what HR enters, the score and its revisions."""
