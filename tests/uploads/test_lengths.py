"""The length of a film is in its container."""

import io

import pytest

from lms.uploads.lengths import milliseconds
from tests.uploads import samples


@pytest.mark.parametrize(
    ("kind", "content", "length"),
    [
        ("mp4", samples.mp4(90_000), 90_000),
        ("mp4", samples.mp4(90_000, version=1), 90_000),
        ("m4a", samples.mp4(1_500, brand=b"M4A "), 1_500),
        ("webm", samples.webm(61_250), 61_250),
        ("webm", samples.webm(None), None),
        ("mp4", samples.mp4(0), None),
        ("mp4", samples.MP4, None),
        ("webm", samples.WEBM, None),
        ("mp3", samples.MP3, 26),
        ("mp3", samples.MP3 * 383, 10_005),
        ("mp3", b"ID3\x04\0\0\0\0\x01\x0a" + b"a" * 138 + samples.MP3 * 39, 1_019),
        ("mp3", samples.MP3 * 39 + b"TAG" + b"\0" * 125, 1_019),
        ("mp3", samples.MP3 + b"\0" * 400, None),
        ("ogg", samples.ogg(2_500), 2_500),
        ("ogg", samples.ogg(2_500, "vorbis"), 2_500),
        ("ogg", samples.ogg(0), None),
        ("wav", samples.wav(1_250), 1_250),
        ("wav", samples.wav(1_250)[:-5_000], 625),
        ("wav", samples.wav(0), None),
        ("pdf", samples.PDF, None),
    ],
)
def test_the_length_of_a_film(kind: str, content: bytes, length: int | None) -> None:
    assert milliseconds(kind, io.BytesIO(content)) == length


@pytest.mark.parametrize("kind", ["mp4", "webm", "ogg", "wav"])
def test_a_damaged_container_has_no_length_and_does_no_harm(kind: str) -> None:
    makers = {"mp4": samples.mp4, "webm": samples.webm, "ogg": samples.ogg}
    content = makers[kind](90_000) if kind in makers else samples.wav(90)
    for end in range(0, len(content), 7):
        found = milliseconds(kind, io.BytesIO(content[:end]))
        assert found in {None, 90_000} or (kind == "wav" and found is not None and found < 90)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0xFF
        found = milliseconds(kind, io.BytesIO(changed))
        assert found is None or found > 0
