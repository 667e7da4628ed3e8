"""How large a picture says it is, read from its header without decoding it.

A few kilobytes can unpack to gigabytes of pixels in the reader's browser: that is refused before
anybody opens it.
"""

from typing import IO

MOST_PIXELS = 50_000_000
MOST_ON_A_SIDE = 16_000


def dimensions(kind: str, file: IO[bytes]) -> tuple[int, int] | None:
    """Width and height in pixels; None if the header is damaged or says nothing sensible."""
    file.seek(0)
    found = _READERS[kind](file)
    return found if found and min(found) > 0 else None


def is_too_large(width: int, height: int) -> bool:
    return max(width, height) > MOST_ON_A_SIDE or width * height > MOST_PIXELS


def _png(file: IO[bytes]) -> tuple[int, int] | None:
    head = file.read(24)
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(file: IO[bytes]) -> tuple[int, int] | None:
    head = file.read(10)
    if len(head) < 10:
        return None
    return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def _webp(file: IO[bytes]) -> tuple[int, int] | None:
    head = file.read(30)
    if len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if head[12:16] == b"VP8L" and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = head[26:28], head[28:30]
        return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    return None


# The start-of-frame markers; C4, C8 and CC in their range mean something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(file: IO[bytes]) -> tuple[int, int] | None:
    """From segment to segment to the first start of frame, each telling its own length."""
    file.seek(2)
    while True:
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return None
        if head[1] == 0xFF:  # a fill byte before the marker
            file.seek(-3, 1)
            continue
        length = int.from_bytes(head[2:4], "big")
        if length < 2:
            return None
        if head[1] in _JPEG_FRAMES:
            frame = file.read(5)
            if len(frame) < 5:
                return None
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        file.seek(length - 2, 1)


_READERS = {"png": _png, "gif": _gif, "webp": _webp, "jpeg": _jpeg}
