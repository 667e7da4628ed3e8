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
        ("pdf", samples.PDF, None),
    ],
)
def test_the_length_of_a_film(kind: str, content: bytes, length: int | None) -> None:
    assert milliseconds(kind, io.BytesIO(content)) == length


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_damaged_container_has_no_length_and_does_no_harm(kind: str) -> None:
    content = samples.mp4(90_000) if kind == "mp4" else samples.webm(90_000)
    for end in range(0, len(content), 7):
        assert milliseconds(kind, io.BytesIO(content[:end])) in {None, 90_000}
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0xFF
        found = milliseconds(kind, io.BytesIO(changed))
        assert found is None or found > 0
