"""Make sure of Chromium and CJK fonts: install Debian's packages when root, else say what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def missing() -> list[str]:
    packages = []
    if not shutil.which("chromium"):
        packages.append("chromium")
    fonts = Path("/usr/share/fonts")
    if not any(fonts.rglob("NotoSansCJK*")):
        packages.append("fonts-noto-cjk")
    return packages


def main() -> None:
    packages = missing()
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"The browser tests need: {' '.join(packages)} (Debian: apt-get install them).")
    print("Installing", *packages, "…", flush=True)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(install, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, **quiet)
    if missing():
        sys.exit("Chromium or its fonts could not be installed.")


if __name__ == "__main__":
    main()
