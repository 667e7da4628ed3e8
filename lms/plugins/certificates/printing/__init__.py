"""Certificates as PDF: the sheet, and many of them in one ZIP."""
