"""Proof of what was learnt elsewhere: sent in by the learner, approved by somebody else."""
