"""What lessons show besides their text, and how far somebody has watched it."""
