"""People sitting an exam, who do what `static/exams.js` does: send an answer again, with the same
sequence number, until the server has it. They keep a log of what was acknowledged."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.client import Request, _content_length
from bench.exam_site import OPTIONS, Paper

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch"}


@dataclass
class Sitter:
    """`sent`: by position and sequence the options as numbered on the page; `acknowledged`: by
    position the latest sequence that the server said it has. Times in seconds."""

    paper: Paper
    port: int
    chance: random.Random
    sent: dict[int, dict[int, list[int]]] = field(default_factory=dict)
    acknowledged: dict[int, int] = field(default_factory=dict)
    is_handed_in: bool = False
    saves: list[float] = field(default_factory=list)
    hand_ins: list[float] = field(default_factory=list)
    failures: int = 0
    _sequence: int = 0
    _wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def sit(self, every: float, until: float) -> None:
        """An answer each `every` seconds, through the paper and round again; then hands in."""
        at = time.perf_counter() + self.chance.random() * every
        position = 0
        while at < until:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            position = position % self.paper.questions + 1
            chosen = sorted(self.chance.sample(range(OPTIONS), 2 if position % 3 == 0 else 1))
            if not await self.save(position, chosen):
                return
            at = max(at + every, time.perf_counter())
        await asyncio.sleep(max(0.0, until - time.perf_counter()))
        await self.hand_in()

    async def save(self, position: int, chosen: Sequence[int]) -> bool:
        """Until it is answered; False once the attempt takes no more answers. It is acknowledged
        unless a later one, from another device, was there already."""
        self._sequence += 1
        sequence = self._sequence
        self.sent.setdefault(position, {})[sequence] = list(chosen)
        fields = [("csrf_token", self.paper.csrf), (f"s{position}", str(sequence))]
        fields += [(f"a{position}", str(option)) for option in chosen]
        while (answer := await self._send("answers", fields, self.saves)) is None:
            await asyncio.sleep(0.1 + 0.2 * self.chance.random())
        status, body = answer
        if status == 200 and not json.loads(body)["older"]:
            self.acknowledged[position] = sequence
        return status == 200

    async def hand_in(self) -> None:
        fields = [("csrf_token", self.paper.csrf)]
        while await self._send("submit", fields, self.hand_ins) is None:
            await asyncio.sleep(0.1 + 0.2 * self.chance.random())
        self.is_handed_in = True
        await self.leave()

    async def leave(self) -> None:
        if self._wire is not None:
            self._wire[1].close()
            self._wire = None

    async def _send(
        self, what: str, fields: Sequence[tuple[str, str]], took: list[float]
    ) -> tuple[int, bytes] | None:
        """The server's answer; None if there was none."""
        path = f"/exams/attempts/{self.paper.attempt_id}/{what}"
        headers = {**_FORM, "Cookie": self.paper.cookie}
        began = time.perf_counter()
        try:
            request = Request("POST", path, headers, urlencode(fields).encode())
            status, body = await asyncio.wait_for(self._exchange(request), 30)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.failures += 1
            await self.leave()
            return None
        if status not in (200, 302, 409):
            raise SystemExit(f"{path}: {status}\n{body[:400]!r}")
        took.append(time.perf_counter() - began)
        return status, body

    async def _exchange(self, request: Request) -> tuple[int, bytes]:
        if self._wire is None:
            self._wire = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._wire
        writer.write(request.encode(f"127.0.0.1:{self.port}"))
        head = await reader.readuntil(b"\r\n\r\n")
        return int(head.split(None, 2)[1]), await reader.readexactly(_content_length(head))
