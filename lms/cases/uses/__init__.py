"""What is made from a case: each remembers its version, and is looked at after a major change."""
