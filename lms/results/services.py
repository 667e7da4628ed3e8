"""What other domains call: `close_month` and what it gives."""

from lms.results.closing import Closed, close_month, run_close

__all__ = ["Closed", "close_month", "run_close"]
