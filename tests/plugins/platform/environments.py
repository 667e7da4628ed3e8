"""Fresh Python environments beside the LMS, into which plugins are installed from their wheels."""

import site
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def build_wheel(project: Path, into: Path) -> Path:
    """Built in a copy, since setuptools leaves its own folders behind."""
    # Newer Pythons come without setuptools; then pip fetches it for the build alone.
    isolation = ["--no-build-isolation"] if find_spec("setuptools") else []
    subprocess.run(
        [*_PIP, "wheel", "--no-deps", *isolation, "--wheel-dir", into, project], check=True
    )
    [wheel] = into.glob("*.whl")
    return wheel


class Environment:
    """A virtual environment that sees the packages of the running one, and has its own."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = folder / "lib" / version / "site-packages"
        # addsitedir rather than a plain path, so that an editable LMS is found there too.
        theirs = sysconfig.get_paths()["purelib"]
        (packages / "beside.pth").write_text(f"import site; site.addsitedir({theirs!r})\n")
        assert site.ENABLE_USER_SITE is not None

    def install(self, wheel: Path) -> None:
        self._pip("install", "--no-deps", "--no-index", str(wheel))

    def uninstall(self, distribution: str) -> None:
        self._pip("uninstall", "--yes", distribution)

    def _pip(self, *arguments: str) -> None:
        subprocess.run([*_PIP, "--python", self.python, *arguments], check=True)
