"""The scripted customer: what they say, what they listen for, how their mood moves them.

A drill keeps its script as rows (see `nodes`); `checking` refuses one that cannot be played,
`playing` plays it, `notation` is how trainers write key points and choices, `drafting` makes a
script from a case.
"""
