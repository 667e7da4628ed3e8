"""Pictures in cases: screenshots, a torn parcel; each version keeps its own."""
