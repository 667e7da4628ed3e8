"""A published case grows old: who looks after it, when it is read again, and how it is archived."""
