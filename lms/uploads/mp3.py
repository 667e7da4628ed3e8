"""How long an MP3 is: it has no container that says so, but each of its frames has a length."""

from typing import IO

_VERSIONS = {3: 1, 2: 2, 0: 2.5}
_RATES = {1: (44100, 48000, 32000), 2: (22050, 24000, 16000), 2.5: (11025, 12000, 8000)}
_KBITS = {  # layer III, by MPEG 1 or a later one
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
# So much of a file may be something else, such as a picture of the cover at its end.
_MOST_ELSE = 0.1


def milliseconds(file: IO[bytes], size: int) -> int | None:
    """From frame to frame; None where they do not follow each other to the end of the sound."""
    at = begin = _sound_begins(file)
    seconds = 0.0
    while at + 4 <= size:
        file.seek(at)
        frame = _frame(file.read(4))
        if frame is None:
            break
        length, lasts = frame
        at += length
        seconds += lasts
    at = min(at, size)
    if at == begin or size - at > _MOST_ELSE * (size - begin):
        return None
    return round(1000 * seconds) or None


def _sound_begins(file: IO[bytes]) -> int:
    """Behind the title and artist (ID3), if there are any."""
    file.seek(0)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3":
        return 0
    size = 0
    for byte in head[6:]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame(head: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of the frame that begins here; None if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return None
    version, bits, rates = _VERSIONS.get(head[1] >> 3 & 3), head[2] >> 4, head[2] >> 2 & 3
    if version is None or not 0 < bits < 15 or rates == 3:
        return None
    rate, samples = _RATES[version][rates], 1152 if version == 1 else 576
    kbits = _KBITS[version == 1][bits]
    return samples // 8 * kbits * 1000 // rate + (head[2] >> 1 & 1), samples / rate
