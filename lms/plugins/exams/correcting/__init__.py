"""What may still change in a result: a corrected key, and an appeal about an answer."""
