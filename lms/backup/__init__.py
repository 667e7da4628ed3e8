"""The site in one file, and back."""
