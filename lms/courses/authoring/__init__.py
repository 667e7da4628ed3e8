"""Programmes written on screen: drafts, what is wrong in them, and publishing."""
