"""Two server processes on one site: what an admin decides in one holds in the other at once."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.plugins.engine import distributions
from tests.plugins.platform.broken import HEALTHY
from tests.plugins.platform.servers import Browser, Site


def seconds_until(there: bool, browser: Browser) -> float:
    start = time.monotonic()
    while ("Healthy" in browser.get("/").text) is not there:
        assert time.monotonic() - start < 10, "it never took effect"
    return time.monotonic() - start


def test_switching_takes_effect_in_every_process_within_a_second(
    tmp_path: Path, site: Callable[..., Site]
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    distributions.write(folder, "healthy", HEALTHY)
    here = site(path=(folder,))
    with here.serving_quickly() as one, here.serving_quickly() as two:
        admin, agents = one.as_person(1), (one.as_person(3), two.as_person(3))
        spent = []
        for enabled in (True, False) * 3:
            for agent in agents:
                agent.get("/")  # each process has just read the old state
            admin.post("/admin/plugins/healthy", enabled=str(int(enabled)))
            spent.append(max(seconds_until(enabled, agent) for agent in agents))
    assert median(spent) < 1  # of several, for a machine that is busy elsewhere for a moment
