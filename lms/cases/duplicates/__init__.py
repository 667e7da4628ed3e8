"""Cases that tell the same: found while one writes, and merged."""
