"""Rater science: do raters agree, how severe is each, and do they match what was agreed upon."""
