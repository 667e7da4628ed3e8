"""How long a film or a recording is, read from its container without playing it."""

import struct
from typing import IO

from lms.uploads import mp3, ogg, wav
from lms.uploads.kinds import KINDS

_UNKNOWN = (1 << 56) - 1  # what WebM writes for "until the end"


def milliseconds(kind: str, file: IO[bytes]) -> int | None:
    """None where the container does not say (a film cut into fragments does not)."""
    file.seek(0)
    if kind in {"mp4", "m4a"}:
        return _iso_media(file, _size(file))
    if kind == "mp3":
        return mp3.milliseconds(file, _size(file))
    if kind == "ogg":
        return ogg.milliseconds(file, _size(file))
    if kind == "wav":
        return wav.milliseconds(file, _size(file))
    return _webm(file) if kind == "webm" else None


def is_playable(kind: str) -> bool:
    return KINDS[kind].mimetype.startswith(("audio/", "video/"))


def _size(file: IO[bytes]) -> int:
    end = file.seek(0, 2)
    file.seek(0)
    return end


def _iso_media(file: IO[bytes], end: int) -> int | None:
    """Box by box to `moov`, and in that to `mvhd`, which has ticks and ticks a second."""
    while file.tell() + 8 <= end:
        start = file.tell()
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        if size == 0:
            size = end - start
        if not 8 <= size <= end - start:
            return None
        if name == b"mvhd":
            return _ticks(file.read(32))
        if name != b"moov":  # into that one, over all the others
            file.seek(start + size)
    return None


def _ticks(head: bytes) -> int | None:
    if len(head) < 32:
        return None
    layout = ">II" if head[0] == 0 else ">IQ"
    rate, length = struct.unpack_from(layout, head, 12 if head[0] == 0 else 20)
    return (round(1000 * length / rate) or None) if rate else None


def _webm(file: IO[bytes]) -> int | None:
    """Element by element to Segment and Info, and in that to Duration, in units of a scale."""
    scale, length = 1_000_000, None
    while (element := _element(file)) is not None:
        name, size = element
        if name in {0x18538067, 0x1549A966}:  # Segment, Info: what is sought lies in them
            continue
        if name == 0x1F43B675:  # Cluster: the film itself begins
            break
        if name == 0x2AD7B1:
            scale = int.from_bytes(file.read(size), "big")
        elif name == 0x4489 and size in {4, 8}:
            raw = file.read(size)
            length = (
                struct.unpack(">f" if size == 4 else ">d", raw)[0] if len(raw) == size else None
            )
        elif size == _UNKNOWN:
            break
        else:
            file.seek(size, 1)
    if not length or not 0 < length * scale < 1e18:
        return None
    return round(length * scale / 1_000_000) or None


def _element(file: IO[bytes]) -> tuple[int, int] | None:
    first = file.read(1)
    if not first or not first[0]:
        return None
    name = first + file.read(8 - first[0].bit_length())
    head = file.read(1)
    if not head or not head[0]:
        return None
    more = 8 - head[0].bit_length()
    size = int.from_bytes(bytes([head[0] & (0x7F >> more)]) + file.read(more), "big")
    is_unknown = size == (1 << 7 * (more + 1)) - 1
    return int.from_bytes(name, "big"), _UNKNOWN if is_unknown else size
