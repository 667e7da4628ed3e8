"""A major version of a programme that clears: those cleared by an older one do its delta, a few
steps of the new version, or their clearance rests until they have."""
