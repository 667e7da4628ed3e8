"""Certificates as PDF: the font, the sheet, and many of them in one ZIP."""
