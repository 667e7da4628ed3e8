"""Small files of each kind, as true as the checks look at them."""

import struct
import zlib


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + b"\x20\x80\xc0" * width) * height if width * height < 1_000_000 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg(width: int = 3, height: int = 2) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + b"\xff\xff\xc4\x00\x03\x00"  # a fill byte, and a marker that is no frame
        + b"\xff\xc2" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"
    )  # fmt: skip


def gif(width: int = 3, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + b"\0" * 6 + b";"


def webp(form: bytes = b"VP8X", width: int = 3, height: int = 2) -> bytes:
    bodies = {
        b"VP8X": b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        b"VP8L": b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0" * 5,
        b"VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }
    body = b"WEBP" + form + struct.pack("<I", 10) + bodies[form]
    return b"RIFF" + struct.pack("<I", len(body)) + body


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP3 = b"\xff\xfb\x90\x44" + b"\0" * 413
M4A = struct.pack(">I", 20) + b"ftypM4A \0\0\0\0mp42" + b"\0" * 8
MP4 = struct.pack(">I", 20) + b"ftypisom\0\0\2\0mp41" + b"\0" * 8
WEBM = b"\x1a\x45\xdf\xa3\x8b\x42\x86\x81\x01\x42\x82\x84webm" + b"\0" * 8


def ogg(milliseconds: int, codec: str = "opus") -> bytes:
    """Its first page and its last one."""
    heads = {
        "opus": b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 44100, 0, 0),
        "vorbis": b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, 44100, 0, 0, 0, 0xB8, 1),
        "theora": b"\x80theora" + b"\0" * 35,
    }
    rate, skipped = (48000, 312) if codec == "opus" else (44100, 0)

    def page(samples: int, body: bytes) -> bytes:
        head = b"OggS\0\2" + struct.pack("<qIIIBB", samples, 7, 0, 0, 1, len(body))
        return head + body

    last = milliseconds * rate // 1000 + skipped
    return page(0, heads[codec]) + page(last, b"\0" * 40)


def wav(milliseconds: int, rate: int = 8000) -> bytes:
    """Eight bits and one channel, with a chunk before the sound that says who made it."""
    sound = b"\x80" * (milliseconds * rate // 1000)
    parts = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate, 1, 8)
    parts += b"LIST" + struct.pack("<I", 3) + b"abc\0"
    parts += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


ALL = {
    "png": png(), "jpeg": jpeg(), "webp": webp(), "gif": gif(), "pdf": PDF,
    "mp3": MP3, "m4a": M4A, "ogg": ogg(1000), "wav": wav(1000), "mp4": MP4, "webm": WEBM,
}  # fmt: skip


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(milliseconds: int, version: int = 0, brand: bytes = b"isom") -> bytes:
    """With `moov` at the end, behind what would be the film, as cameras write it."""
    times = struct.pack(">II", 0, 0) if version == 0 else struct.pack(">QQ", 0, 0)
    length = struct.pack(">II" if version == 0 else ">IQ", 600, milliseconds * 600 // 1000)
    mvhd = _box(b"mvhd", bytes([version, 0, 0, 0]) + times + length + b"\0" * 80)
    ftyp = _box(b"ftyp", brand + b"\0\0\2\0mp41")
    wide = struct.pack(">I4sQ", 1, b"mdat", 16 + 1000) + b"\0" * 1000
    return ftyp + wide + _box(b"moov", _box(b"udta", b"") + mvhd)


def _element(name: int, body: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else struct.pack(">Q", len(body) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def webm(milliseconds: int | None) -> bytes:
    """As a recorder in a browser writes it, of unknown length where that is None."""
    info = _element(0x2AD7B1, (1_000_000).to_bytes(3, "big")) + _element(0x4D80, b"app")
    if milliseconds is not None:
        info += _element(0x4489, struct.pack(">d", milliseconds))
    parts = _element(0xEC, b"\0" * 30) + _element(0x1549A966, info)
    cluster = _element(0x1F43B675, b"\0" * 50, unknown=True)
    head = b"\x1a\x45\xdf\xa3\x8b\x42\x86\x81\x01\x42\x82\x84webm"
    return head + _element(0x18538067, parts + cluster, unknown=True)
