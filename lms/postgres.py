"""PostgreSQL's connections, so that a page costs what its statements cost."""

import time
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

# So long a connection is taken to be there after it was asked: what stands between the machines may
# forget one that lies unused, without a word.
_TRUSTED_SECONDS = 10.0


class LastingConnection(psycopg.Connection[Any]):
    """One that keeps the statements it has prepared when a transaction is rolled back.

    psycopg forgets them all, in case a table that was made meanwhile is gone again. Every page ends
    with a rollback, so the server would parse and plan each statement anew for each page. After an
    error they are forgotten: those of a table whose columns were changed fail from then on.
    """

    _trusted_until = 0.0

    def rollback(self) -> None:
        if self.pgconn.transaction_status == TransactionStatus.INTRANS:
            with self.lock:
                done = self.pgconn.exec_(b"ROLLBACK")
            if done.status == ExecStatus.COMMAND_OK:
                return
        super().rollback()

    def check(self) -> None:
        """DisconnectionError if the server has closed it; now and then the server is asked, which
        takes as long as a small query."""
        try:
            self.pgconn.consume_input()  # the server's last words, if any
            self.pgconn.consume_input()  # and that nothing follows
            at = time.monotonic()
            if at >= self._trusted_until:
                if self.pgconn.exec_(b"").status != ExecStatus.EMPTY_QUERY:
                    raise DisconnectionError
                self._trusted_until = at + _TRUSTED_SECONDS
        except psycopg.OperationalError as gone:
            raise DisconnectionError from gone


@event.listens_for(Pool, "checkout")
def _on_checkout(connection: object, _record: object, _proxy: object) -> None:
    if isinstance(connection, LastingConnection):
        connection.check()
