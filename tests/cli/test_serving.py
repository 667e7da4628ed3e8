"""What is too large is refused by the server that `lms run` starts before it is sent."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.cli.serving import make_server


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = make_server(app, "127.0.0.1", 0, threads=1)
    threading.Thread(target=server.run, daemon=True).start()
    yield int(server.effective_port)
    server.close()


def begin(port: int, length: int) -> bytes:
    """Send the head of a request and a little of its body; what the server says to that."""
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Length: {length}\r\n"
    )
    kind = "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sent:
        sent.sendall(f"{head}{kind}--x".encode())
        answer = b""
        while part := sent.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize("length", [20 * 1024 * 1024 + 1, 2 * 1024**3])
def test_two_gigabytes_get_a_page_at_once_and_nothing_is_kept(
    app: Flask, port: int, tmp_path: Path, length: int
) -> None:
    answer = begin(port, length).decode()
    assert answer.startswith("HTTP/1.1 413") and "Connection: close" in answer
    assert "larger than this site accepts (20 MB)" in answer and "<html" in answer
    assert not (tmp_path / "uploads").exists()
