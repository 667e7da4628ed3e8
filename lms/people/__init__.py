"""People: who they are, where they work, whether they may take customers."""

from lms.people.demo import demo_accounts

__all__ = ["demo_accounts"]
