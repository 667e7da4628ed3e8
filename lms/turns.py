"""Whose turn it is to write to a SQLite file.

SQLite's own way of waiting for its write lock is to sleep and look again, ever longer: under load
whoever came last goes first, and somebody waits for a second. Here the threads of a process wait in
a line, and the first of it for those of other processes, woken as soon as they are done. It is an
order only: what keeps writers apart is SQLite's lock, and who waited long enough goes without it.
"""

import os
import sqlite3
import sys
import threading

_PATIENCE = 5  # seconds


class Turns:
    """Of one file in one process."""

    def __init__(self, path: str) -> None:
        self._line = threading.Lock()
        self._path, self._file = path, -1

    def take(self) -> bool:
        """False if it took too long, or where files cannot be locked: go on without."""
        if not self._line.acquire(timeout=_PATIENCE):
            return False
        try:
            self._lock()
        except OSError:
            self._line.release()
            return False
        return True

    def give(self) -> None:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._line.release()

    def _lock(self) -> None:
        if sys.platform != "win32":
            import fcntl

            if self._file == -1:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                self._file = os.open(f"{self._path}-turn", flags, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)


# By process too: what a fork has from its parent it shares with it, its locks included.
_of_files: dict[tuple[int, str], Turns] = {}


class FairConnection(sqlite3.Connection):
    """One that takes its turn before it writes, and gives it when the transaction has ended."""

    _turns: Turns | None = None
    _has_turn = False

    def stand_in_line(self) -> None:
        if self._turns is None:
            path = self.execute("PRAGMA database_list").fetchone()[2]
            self._turns = _of_files.setdefault((os.getpid(), path), Turns(path))
        if not self._has_turn:
            self._has_turn = self._turns.take()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._give()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give()

    def close(self) -> None:
        super().close()
        self._give(is_closed=True)

    def _give(self, *, is_closed: bool = False) -> None:
        if self._has_turn and self._turns is not None and (is_closed or not self.in_transaction):
            self._has_turn = False
            self._turns.give()
