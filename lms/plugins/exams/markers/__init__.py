"""Answers in words, marked by people who do not see whose they are."""
