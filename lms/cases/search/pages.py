"""The bytes of the index: for each token, in which cases of a segment it stands.

The cases of a segment are counted from 0 up, in the order of their places. Where a token stands is
kept as the numbers of its cases, two bytes each, or, where these are not few, as a bit for each
case of the segment, which is quicker to read. Many tokens, in order, make a page: a row of a table,
on which a word stands with its marks.
"""

import struct
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, compress, islice
from operator import add

from lms.cases.search.tokens import TAGS, TITLE

# Two of them fit on a page of SQLite, four on one of PostgreSQL, which keeps longer ones elsewhere.
_PAGE = 1800
_HEAD = struct.Struct("<HH")  # how many tokens, bytes of their names
_FEW = 300  # cases that are found one by one in less time than all are looked through
_DIGITS = bytes.maketrans(b"01", b"\0\1")
_BETWEEN = b"\n"  # no token has one

Page = tuple[str, bytes]  # its first token, its bytes


def packed(kept: Sequence[tuple[str, bytes]]) -> list[Page]:
    """The pages of a segment, from what is kept of each token, in order."""
    if not kept:
        return [("", _page([], []))]
    ordered, stands = zip(*kept, strict=True)
    encoded = "\n".join(ordered).encode().split(_BETWEEN)
    # Where each token ends, were they all on one page: a name, a separator, a size, the cases.
    ends = list(accumulate(map(add, map(len, encoded), map(len, stands))))
    ends = list(map(add, ends, range(3, 3 * len(ends) + 3, 3)))
    pages: list[Page] = []
    start, before = 0, 0
    while start < len(ends):
        end = max(bisect_right(ends, before + _PAGE), start + 1)
        while end < len(ends) and ordered[end][-1] in (TITLE, TAGS):
            end += 1
        pages.append((ordered[start], _page(encoded[start:end], stands[start:end])))
        start, before = end, ends[end - 1]
    # Whatever is looked for, there is a page that would have it.
    return [("", pages[0][1]), *pages[1:]]


def _page(names: Sequence[bytes], kept: Sequence[bytes]) -> bytes:
    joined, sizes = _BETWEEN.join(names), struct.pack(f"<{len(kept)}H", *map(len, kept))
    return b"".join((_HEAD.pack(len(names), len(joined)), sizes, joined, *kept))


def stored(numbers: Collection[int], cases: int) -> bytes:
    """What is kept of a token that stands in these cases."""
    width = (cases + 7) // 8
    if 8 * len(numbers) < width:
        return struct.pack(f"<{len(numbers)}H", *sorted(numbers))
    digits = bytearray(b"0") * cases
    for number in numbers:
        digits[-1 - number] = 49
    return int(digits, 2).to_bytes(width, "little")


def bits(stored: bytes, cases: int) -> int:
    """A bit for each case that has the token, the first case the lowest."""
    if len(stored) == (cases + 7) // 8:
        return int.from_bytes(stored, "little")
    found = 0
    for number in struct.unpack(f"<{len(stored) // 2}H", stored):
        found |= 1 << number
    return found


def find(body: bytes, token: bytes) -> bytes:
    """What a page keeps of a token; nothing if the token is not there."""
    count, length = _HEAD.unpack_from(body)
    start = _HEAD.size + 2 * count
    names = b"\n%b\n" % body[start : start + length]
    at = names.find(b"\n%b\n" % token)
    if at < 0:
        return b""
    before = names.count(_BETWEEN, 0, at)
    sizes = struct.unpack_from(f"<{before + 1}H", body, _HEAD.size)
    start += length + sum(sizes[:-1])
    return body[start : start + sizes[-1]]


def unpacked(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each token of a page, and what is kept of it."""
    count, length = _HEAD.unpack_from(body)
    start = _HEAD.size + 2 * count
    names = body[start : start + length].decode().split("\n")
    at = start + length
    for name, size in zip(names, struct.unpack_from(f"<{count}H", body, _HEAD.size), strict=False):
        yield name, body[at : at + size]
        at += size


def last(found: int, most: int) -> Iterator[int]:
    """The numbers of up to so many cases, the last ones first."""
    if found.bit_count() > _FEW:
        digits = f"{found:b}".encode().translate(_DIGITS)
        yield from islice(compress(range(len(digits) - 1, -1, -1), digits), most)
        return
    while found and most:
        number = found.bit_length() - 1
        yield number
        found ^= 1 << number
        most -= 1
