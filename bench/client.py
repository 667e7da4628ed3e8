"""A small HTTP/1.1 load client: kept-open connections, each sending as soon as it was answered."""

import asyncio
import socket
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        headers = {"Host": host, "Accept-Encoding": "identity", **self.headers}
        if self.method != "GET":
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Figures:
    """Requests per second, latencies in milliseconds, size of an answer's body in bytes."""

    per_second: float
    p50: float
    p99: float
    size: int


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def measure(
    port: int, make: Callable[[int], Request], *, connections: int = 16, seconds: float = 4.0
) -> Figures:
    """`make(n)` gives the n-th request; an answer other than 2xx or 3xx ends the measurement."""
    return asyncio.run(_measure(port, make, connections, seconds))


async def _measure(
    port: int, make: Callable[[int], Request], connections: int, seconds: float
) -> Figures:
    for warm_up in (True, False):
        times: list[float] = []
        sizes: list[int] = []
        until = time.perf_counter() + (1.0 if warm_up else seconds)
        began = time.perf_counter()
        count = iter(range(10**9))
        await asyncio.gather(
            *(_connection(port, make, count, until, times, sizes) for _ in range(connections))
        )
        spent = time.perf_counter() - began
    times.sort()
    return Figures(
        per_second=len(times) / spent,
        p50=statistics.median(times) * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
        size=max(sizes),
    )


async def _connection(port, make, count, until, times, sizes) -> None:  # type: ignore[no-untyped-def]
    host = f"127.0.0.1:{port}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (began := time.perf_counter()) < until:
            request = make(next(count))
            writer.write(request.encode(host))
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(None, 2)[1])
            length = _content_length(head)
            body = await reader.readexactly(length)
            if not 200 <= status < 400:
                raise SystemExit(f"{request.method} {request.path}: {status}\n{body[:400]!r}")
            times.append(time.perf_counter() - began)
            sizes.append(length)
    finally:
        writer.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise SystemExit(f"an answer without a length: {head!r}")
