"""Telling plugins what happened."""

from lms.events import Event
from lms.plugins import hookspecs
from lms.plugins.manager import plugins


def emit(event: Event) -> None:
    """Call every enabled plugin's `lms_event`, each in a savepoint of the present transaction."""
    plugins().notify(hookspecs.lms_event, event)
