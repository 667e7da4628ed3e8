"""Live drills: a trainer plays the customer, an agent answers, observers read along.

All over plain HTTP: each message carries a key of its own, so that sending it again changes
nothing, and whoever is in the room asks now and then for what came after the last they have.
"""
