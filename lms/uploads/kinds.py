"""The kinds of file that are taken, recognised by how they begin, whatever they are called.

What a browser could run (HTML, SVG, XML, scripts) is no kind here, so it is refused like anything
else that is unknown.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

# So much of a file is needed to tell what it is.
HEAD_BYTES = 4096


class Family(StrEnum):
    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"


class Kind(NamedTuple):
    """`suffixes`: those a name may have, the usual one first."""

    code: str
    label: str
    family: Family
    mimetype: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _iso_media(*brands: bytes) -> Callable[[bytes], bool]:
    """The container of MP4 and M4A; QuickTime, HEIC and AVIF say other brands."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


def _webm(head: bytes) -> bool:
    """EBML whose document type is WebM; Matroska is the same but for that."""
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:64]


# An MPEG audio frame: 11 bits of sync, layer III, neither a free nor a forbidden bit rate or rate.
_FRAME = re.compile(rb"\xff[\xf2\xf3\xfa\xfb][\x10-\x1b\x20-\x2b\x30-\x3b\x40-\xeb]", re.DOTALL)


def _mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or _FRAME.match(head) is not None


def _ogg(head: bytes) -> bool:
    """Ogg whose only stream is Opus or Vorbis; with a film in it, Theora comes first."""
    return head.startswith(b"OggS") and head[28:36].startswith((b"OpusHead", b"\x01vorbis"))


_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ",
               b"MSNV", b"dash", b"3gp4", b"3gp5")  # fmt: skip

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("png", "PNG", Family.IMAGE, "image/png", ("png",), _starts(b"\x89PNG\r\n\x1a\n")),
        Kind("jpeg", "JPEG", Family.IMAGE, "image/jpeg", ("jpg", "jpeg"), _starts(b"\xff\xd8\xff")),
        Kind("webp", "WebP", Family.IMAGE, "image/webp", ("webp",), _riff(b"WEBP")),
        Kind("gif", "GIF", Family.IMAGE, "image/gif", ("gif",), _starts(b"GIF87a", b"GIF89a")),
        Kind("pdf", "PDF", Family.DOCUMENT, "application/pdf", ("pdf",), _starts(b"%PDF-")),
        Kind("mp3", "MP3", Family.AUDIO, "audio/mpeg", ("mp3",), _mp3),
        Kind("m4a", "M4A", Family.AUDIO, "audio/mp4", ("m4a",), _iso_media(b"M4A ", b"M4B ")),
        Kind("ogg", "OGG", Family.AUDIO, "audio/ogg", ("ogg", "oga", "opus"), _ogg),
        Kind("wav", "WAV", Family.AUDIO, "audio/wav", ("wav",), _riff(b"WAVE")),
        Kind("mp4", "MP4", Family.VIDEO, "video/mp4", ("mp4", "m4v"), _iso_media(*_MP4_BRANDS)),
        Kind("webm", "WebM", Family.VIDEO, "video/webm", ("webm",), _webm),
    )
}


def recognise(head: bytes) -> Kind | None:
    """The kind of a file that begins with `head` (HEAD_BYTES of it, or all there is)."""
    return next((kind for kind in KINDS.values() if kind.begins(head)), None)
