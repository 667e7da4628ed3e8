"""The app as a production install runs it: `rich`, which structlog would load to colour its lines,
comes with a tool of the developers and is not there."""

import sys

sys.modules["rich"] = None  # type: ignore[assignment]

from lms.wsgi import app  # noqa: E402

__all__ = ["app"]
