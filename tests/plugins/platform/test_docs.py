"""The documentation for plugin authors is true: generated, complete, and every snippet run."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import true

from lms.access import Viewer
from lms.cases.models import CaseVersion
from lms.clock import Month, SettableClock
from lms.events import PersonAdded
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from scripts import plugin_reference
from tests.plugins.engine import distributions
from tests.plugins.engine.test_isolation import AppWith, app_with  # noqa: F401  a fixture
from tests.plugins.platform.environments import Environment
from tests.plugins.platform.servers import COMMAND, Site

DOCS = Path(__file__).parents[3] / "docs" / "plugins"
HOOKS = plugin_reference.hooks()
SETUP = [name for name in HOOKS if getattr(hookspecs, name).__doc__.startswith("setup")]
_FENCE = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_reference_is_what_the_hookspecs_say() -> None:
    written = (DOCS / "reference.md").read_text("utf-8")
    assert written == plugin_reference.reference(), "run scripts/plugin_reference.py"


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_says_its_mode_and_has_an_example(name: str) -> None:
    mode = getattr(hookspecs, name).__doc__.partition(".")[0]
    assert mode in plugin_reference.MODES
    assert plugin_reference.example(name)


def test_the_examples_run(app_with: AppWith, clock: SettableClock) -> None:  # noqa: F811
    app: Flask = app_with(sample={"__init__.py": (DOCS / "examples.py").read_text("utf-8")})
    manager = plugins(app)
    assert not manager.failures
    viewer = Viewer(1, frozenset({"employee"}), frozenset(), {"sample.view": 1})  # type: ignore[dict-item]
    given = {
        "month": Month(24000), "first": Month(24000), "last": Month(24002), "now": clock.now(),
        "person_ids": [1, 2], "target": "senior_agent",
        "year": 2026, "person_id": 1, "action": "clear", "subject_id": None, "viewer": viewer,
        "place": "home", "subject": None, "close_id": 1, "permission": "steps.signoff",
        "scope": true(), "since": clock.now(), "version": CaseVersion(id=1),
    }  # fmt: skip
    with app.test_request_context():
        for name in HOOKS:
            spec = getattr(hookspecs, name)
            wanted = spec.__code__.co_varnames[: spec.__code__.co_argcount]
            arguments = {k: v for k, v in given.items() if k in wanted}
            if name in SETUP:
                assert manager.registered_by(spec, "sample"), name
            elif name == "lms_event":
                manager.notify(spec, PersonAdded(clock.now(), 1))
            else:
                said = manager.decide(spec, **arguments)
                assert [d.error for d in said if d.plugin == "sample"] == [""], name


def test_the_tutorial_can_be_followed(tmp_path: Path, site: Callable[..., Site]) -> None:
    """Code is added to its file, commands are run; `pip install` without the network."""
    environment = Environment(tmp_path / "venv")
    here = site(python=environment.python, path=(tmp_path / "dist",))
    project: Path | None = None
    for language, title, text in _FENCE.findall((DOCS / "tutorial.md").read_text("utf-8")):
        if title:
            assert project is not None
            with (project / title).open("a", encoding="utf-8") as file:
                file.write(text)
        for line in text.splitlines() if language == "bash" else ():
            if line.startswith("pip install -e "):
                project = tmp_path / line.split()[-1]
                here = Site(here.home, here.python, (*here.path, project))
                distributions.metadata(tmp_path / "dist", "kudos", "lms_kudos")
                continue
            words = shlex.split(line)
            command = ["-c", COMMAND, *words[1:]] if words[0] == "lms" else ["-m", "pytest", "-q"]
            variables = {**here.environment, **_postgres()}
            folder = project if words[0] == "pytest" else tmp_path
            done = subprocess.run(
                [here.python, *command], cwd=folder, env=variables, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def _postgres() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k == "TEST_POSTGRES_URL"}
