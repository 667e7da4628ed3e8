"""How long an Ogg recording is: its last page says how many samples there were until then."""

import struct
from typing import IO

# A page is no longer than this, so the last one begins within it.
_LONGEST_PAGE = 65_307
_OPUS_RATE = 48_000


def milliseconds(file: IO[bytes], size: int) -> int | None:
    head = file.read(64)
    file.seek(max(0, size - _LONGEST_PAGE))
    tail = file.read(_LONGEST_PAGE)
    last = tail.rfind(b"OggS")
    if len(head) < 64 or last < 0 or len(tail) < last + 14:
        return None
    (samples,) = struct.unpack_from("<q", tail, last + 6)
    if head[28:36] == b"OpusHead":
        (skipped,) = struct.unpack_from("<H", head, 38)
        samples, rate = samples - skipped, _OPUS_RATE
    else:
        (rate,) = struct.unpack_from("<I", head, 40)
    if not rate or not 0 < samples < 1 << 48:
        return None
    return round(1000 * samples / rate) or None
