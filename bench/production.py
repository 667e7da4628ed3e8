"""`lms run` as in production: two processes, and without `rich`.

structlog would load it to colour its lines; here it comes with a tool of the developers.
"""

import sys

SERVE = ("-m", "bench.production", "run", "--workers", "2", "--threads", "3", "--port")


def main() -> None:
    sys.modules["rich"] = None  # type: ignore[assignment]
    from lms.cli import main

    main()


if __name__ == "__main__":
    main()
