"""Telling that PostgreSQL's sessions wait for each other."""

import time

from sqlalchemy import text

from lms.db import db


def waiting_for_a_lock(number: int) -> bool:
    """Whether so many of the database's sessions come to wait for another's lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(100):
        with db.engine.connect() as connection:
            if connection.scalar(waits) == number:
                return True
        time.sleep(0.1)
    return False
