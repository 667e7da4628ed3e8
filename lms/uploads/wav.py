"""How long a WAV recording is: what its sound weighs, by what a second of it weighs."""

import struct
from typing import IO


def milliseconds(file: IO[bytes], size: int) -> int | None:
    """Chunk by chunk to the sound; a file cut short has as much of it as is there."""
    at, rate = 12, 0
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt " and length >= 16 and at + 24 <= size:
            (rate,) = struct.unpack("<8xI", file.read(12))
        if name == b"data":
            sound = min(length, size - at - 8)
            return (round(1000 * sound / rate) or None) if rate else None
        at += 8 + length + length % 2
    return None
