"""Metrics that HR defines on screen: with a target, synonyms, and a place in the score if any."""
