"""Rooms in a real server that is killed in the middle: nothing lost, doubled or out of order.

The same people as in `python -m bench.rooms`, fewer and in less time.
"""

import socket
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench import room_site, rooms
from lms.cases.rooms.models import DrillRoomMessage
from lms.db import db

SERVE = """
import sys
from lms.cli.serving import make_server
from lms.wsgi import app
make_server(app, "127.0.0.1", int(sys.argv[1]), threads=4).run()
"""


def test_nothing_is_lost_when_the_server_is_killed(app: Flask, tmp_path: Path) -> None:
    seats = room_site.build(app, 5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = rooms.Server(tmp_path, ("-c", SERVE, str(port)), LMS_SECRET_KEY="test")
    try:
        found = rooms.run(seats, server, port, seconds=2, every=0.3, asks_every=0.2)
    finally:
        server.kill()
    assert (found.lost, found.doubled, found.disordered) == (0, 0, 0)
    assert found.failures and found.sent > 5
    db.session.rollback()
    assert db.session.scalar(select(func.count(DrillRoomMessage.id))) == found.sent
