"""What services raise; views turn it into a message, the command line into exit code 1."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal with its reason, as an English message id with its parameters.

    The message is translated where it is shown, so services need no request.
    """

    def __init__(self, message: str, field: str | None = None, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.params: Mapping[str, Any] = params


class NotAllowed(DomainError):
    """The signed-in person may not do this, whatever they send."""


class NotFound(DomainError):
    """No such object, or none that this person may know of."""


class Conflict(DomainError):
    """Somebody else was there first; what is stored has not changed."""
