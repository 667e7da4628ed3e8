"""Run a command with TEST_POSTGRES_URL set: `python scripts/with_postgres.py -- pytest`.

Uses TEST_POSTGRES_URL if it is set already; otherwise starts a throw-away PostgreSQL from Debian's
packages (installing them when root), as an ordinary user, and removes it afterwards. It and the
command's temporary files are kept in memory where there is enough: on a disk, the thousands of
files of a database for each test take the system ten times as long.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def binaries() -> Path:
    found = _initdbs()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=True)
        found = _initdbs()
    if not found:
        sys.exit("PostgreSQL is missing: install Debian's `postgresql`, or set TEST_POSTGRES_URL.")
    return found[-1].parent


def _initdbs() -> list[Path]:
    """Debian keeps one folder per major version; the newest comes last."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return sorted(found, key=lambda path: int(path.parts[-3]))


def as_user() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package made a user for it."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if os.geteuid() == 0
        else []
    )


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


_ENOUGH = 4 * 2**30  # bytes: a whole run needs less than half of it


def in_memory() -> str | None:
    """The folder that Linux keeps in memory, if there is one with enough room."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < _ENOUGH:
        return None
    return str(folder)


# Databases for tests live for seconds and need not outlast a power cut.
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "checkpoint_timeout=1h",
    "max_wal_size=1GB",
    "shared_buffers=512MB",
    "max_connections=100",
)


def main() -> int:
    command = sys.argv[sys.argv.index("--") + 1 :]
    if os.environ.get("TEST_POSTGRES_URL"):
        return subprocess.run(command).returncode
    bin_dir, port = binaries(), free_port()
    place = Path(tempfile.mkdtemp(prefix="lms-tests-", dir=in_memory()))
    place.chmod(0o711)  # PostgreSQL's user passes through
    folder, scratch = place / "postgres", place / "tmp"
    folder.mkdir()
    scratch.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [
            *as_user(),
            bin_dir / "initdb",
            "-D",
            data,
            "-U",
            "lms",
            "-A",
            "trust",
            "--no-sync",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
        ],
        **quiet,
    )
    server = subprocess.Popen(
        [
            *as_user(),
            bin_dir / "postgres",
            "-D",
            data,
            "-p",
            str(port),
            "-k",
            folder,
            *(part for setting in _SETTINGS for part in ("-c", setting)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("w"),
        cwd=folder,
    )
    try:
        for _ in range(150):
            ready = [bin_dir / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            if subprocess.run(ready).returncode == 0:
                break
            time.sleep(0.1)
        else:
            sys.exit("PostgreSQL did not start: " + (folder / "log").read_text())
        url = f"postgresql+psycopg://lms@127.0.0.1:{port}/postgres"
        here = {"TEST_POSTGRES_URL": url, "TMPDIR": str(scratch)}
        return subprocess.run(command, env={**os.environ, **here}).returncode
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
