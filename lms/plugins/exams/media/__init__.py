"""Pictures and recordings of questions: each version keeps its own, and whoever may see the
question now may see them."""
