"""Quarters and years of people, and the spot checks that enter them."""
