"""Questions written and changed on screen."""
