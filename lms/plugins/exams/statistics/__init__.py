"""How an exam and its questions did: the measures of classical test theory, and words for them."""
