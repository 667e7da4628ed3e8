"""People in drill rooms, who do what `static/rooms.js` does: ask now and then for what is new, and
send what they write again, with the same key, until the server has it."""

import asyncio
import json
import random
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.client import Request, _content_length
from bench.room_site import Seat

_LINE = re.compile(r'data-seq="(\d+)".*?class="say-text">([^<]*)<', re.S)


@dataclass
class Person:
    """`sent` and `seen`: the time of each message by its text; `got`: in the order of arrival."""

    seat: Seat
    port: int
    writes_every: float
    asks_every: float  # seconds, ± a tenth
    chance: random.Random
    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    got: list[tuple[int, str]] = field(default_factory=list)
    last: int = 0
    failures: int = 0
    took: list[float] = field(default_factory=list)
    _wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def converse(self, until: float) -> None:
        """Until then writes now and then; asks until it has what others wrote a little later."""
        unsent: list[str] = []
        writes_at = time.perf_counter() + self.chance.random() * self.writes_every
        if not self.seat.is_host:
            writes_at += 2 * self.asks_every  # the customer begins
        while (now := time.perf_counter()) < until or unsent:
            may_write = self.seat.is_host or self.got
            if may_write and now >= writes_at and now < until:
                who = "host" if self.seat.is_host else "agent"
                text = f"r{self.seat.room_id}-{who}-{len(self.sent)}"
                self.sent[text] = now
                unsent.append(text)
                writes_at = now + self.writes_every * (0.5 + self.chance.random())
            if unsent:
                if await self._say(unsent[0]):
                    unsent.pop(0)
                    continue
            else:
                await self.ask()
            await asyncio.sleep(self.asks_every * (0.9 + 0.2 * self.chance.random()))

    async def ask(self) -> bool:
        path = f"/drills/rooms/{self.seat.room_id}/messages?after={self.last}&state=open"
        return await self._send(Request("GET", path, {"Cookie": self.seat.cookie}))

    async def leave(self) -> None:
        if self._wire is not None:
            self._wire[1].close()
            await self._wire[1].wait_closed()

    async def _say(self, text: str) -> bool:
        fields = {
            "text": text, "client_key": text, "after": str(self.last),
            "csrf_token": self.seat.csrf,
        }  # fmt: skip
        headers = {
            "Cookie": self.seat.cookie, "X-Requested-With": "fetch",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        path = f"/drills/rooms/{self.seat.room_id}/messages"
        return await self._send(Request("POST", path, headers, urlencode(fields).encode()))

    async def _send(self, request: Request) -> bool:
        """Whether the server answered; what it says is kept."""
        began = time.perf_counter()
        try:
            status, body = await asyncio.wait_for(self._exchange(request), 10)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.failures += 1
            if self._wire is not None:
                self._wire[1].close()
                self._wire = None
            return False
        self.took.append(time.perf_counter() - began)
        if status not in (200, 204):
            raise SystemExit(f"{request.method} {request.path}: {status}\n{body[:400]!r}")
        if status == 200:
            self._read(json.loads(body))
        return True

    async def _exchange(self, request: Request) -> tuple[int, bytes]:
        if self._wire is None:
            self._wire = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._wire
        writer.write(request.encode(f"127.0.0.1:{self.port}"))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(None, 2)[1])
        body = b"" if status == 204 else await reader.readexactly(_content_length(head))
        return status, body

    def _read(self, news: dict[str, str]) -> None:
        now = time.perf_counter()
        for seq, text in _LINE.findall(news["lines"]):
            if int(seq) > self.last:
                self.got.append((int(seq), text))
                self.seen.setdefault(text, now)
        self.last = max(self.last, int(news["last"]))
