"""Service Academy 客服学堂: a learning-management system for customer-service teams."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.app import create_app as create_app

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # Lazy, so that `lms.db` and the like can be imported without building the whole application.
    if name == "create_app":
        from lms.app import create_app

        return create_app
    raise AttributeError(name)
