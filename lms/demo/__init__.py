"""A demo organisation: 240 invented people with 18 months of figures, from a fixed seed."""
