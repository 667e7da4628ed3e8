"""What a file is comes from what is in it."""

import io

import pytest

from lms.errors import DomainError
from lms.uploads import images
from lms.uploads.kinds import KINDS, Family, recognise
from lms.uploads.services import check_kind, clean_name
from tests.uploads import samples


def test_every_kind_is_recognised_and_nothing_else() -> None:
    assert set(samples.ALL) == set(KINDS)
    for code, content in samples.ALL.items():
        found = recognise(content)
        assert found is not None and found.code == code


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>", b"<!DOCTYPE html>", b"<?xml version='1.0'?><svg/>",
        b"<svg onload='alert(1)'/>", b"\x7fELF", b"MZ", b"PK\x03\x04", b"#!/bin/sh", b"GIF88a",
        b"\n%PDF-1.4", b"\x89PNG", b"RIFF\0\0\0\0AVI ", b"\0\0\0\x14ftypqt  ",
        b"\0\0\0\x14ftypheic", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", b"\xff\xfb\xf0\x44",
        b"\xff\xfe<\0h\0t\0m\0l\0", b" ", samples.ogg(1000, "theora"), b"OggS",
    ],
)  # fmt: skip
def test_what_a_browser_could_run_or_nobody_knows_is_no_kind(content: bytes) -> None:
    assert recognise(content) is None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("proof.pdf", samples.png(), "is not what its name says: what is in it is PNG"),
        ("photo.jpg", samples.PDF, "what is in it is PDF"),
        ("photo.png.exe", samples.png(), "what is in it is PNG"),
        ("photo.png", b"<svg/>", "is no file of these kinds: PNG, JPEG, WebP, GIF, PDF"),
        ("film.mp4", samples.MP4, "is no file of these kinds"),
        ("proof.pdf", b"", "is empty"),
    ],
)
def test_a_file_that_lies_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(DomainError, match=why) as refused:
        check_kind(content, name, (Family.IMAGE, Family.DOCUMENT))
    assert refused.value.field == "file"


def test_a_name_in_capitals_or_without_a_suffix_is_no_lie() -> None:
    assert check_kind(samples.jpeg(), "A.JPG", tuple(Family)).code == "jpeg"
    assert check_kind(samples.PDF, "证明", tuple(Family)).code == "pdf"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"), (r"C:\proofs\a.pdf", "a.pdf"), ("证明 1.pdf", "证明 1.pdf"),
        ("a\u202efdp.exe", "afdp.exe"), ("a\r\nb.pdf", "ab.pdf"), ("", "file"), ("/", "file"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"), ("." + "x" * 300, "." + "x" * 149),
    ],
)  # fmt: skip
def test_a_name_is_shown_and_never_a_path(name: str, clean: str) -> None:
    assert clean_name(name) == clean


PICTURES = [
    ("png", samples.png(640, 480)), ("jpeg", samples.jpeg(640, 480)),
    ("gif", samples.gif(640, 480)), *(
        ("webp", samples.webp(form, 640, 480)) for form in (b"VP8X", b"VP8L", b"VP8 ")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), PICTURES)
def test_the_size_of_a_picture_is_read_from_its_header(kind: str, content: bytes) -> None:
    assert images.dimensions(kind, io.BytesIO(content)) == (640, 480)
    for end in (9, 12, 20, 24):
        assert images.dimensions(kind, io.BytesIO(content[:end])) in {None, (640, 480)}


def test_a_header_that_says_nothing_sensible_is_damaged() -> None:
    assert images.dimensions("png", io.BytesIO(samples.png(0, 7))) is None
    assert images.dimensions("jpeg", io.BytesIO(b"\xff\xd8\xff\xe0\x00\x00")) is None
    assert (
        images.dimensions("jpeg", io.BytesIO(b"\xff\xd8\xff\xe0\x00\x04ab\x00\x00\x00\x00")) is None
    )
