"""A process that has imported nothing else yet: the order of imports is the application's own."""

import os
import subprocess
import sys
from pathlib import Path

MAKE = (
    "from lms import create_app; print(*create_app(pages={pages}).extensions['lms_plugins'].loaded)"
)


def test_every_plugin_loads_with_pages_and_for_commands(tmp_path: Path) -> None:
    environment = {**os.environ, "LMS_HOME": str(tmp_path), "LMS_PLUGINS_STRICT": "1"}
    for pages in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", MAKE.format(pages=pages)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "casereviews" in done.stdout and "exams" in done.stdout
